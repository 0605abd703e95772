package sandbox

// A signal wakes everybody who waits for the next change of something. Its owner's
// lock guards it.
type signal struct{ next chan struct{} }

// wait returns a channel that is closed at the next fire.
func (s *signal) wait() <-chan struct{} {
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

func (s *signal) fire() {
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}
