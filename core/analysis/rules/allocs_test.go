package rules

import "testing"

// Reading a note is what every note costs. More than this is a change to look
// into. Alone, as what others allocate would count.
func TestReadAllocates(t *testing.T) {
	const most = 500 // half of it is the race detector's, where that watches
	text := "Had coffee with Ana Torres. She moved to Lisbon in March and likes sailing. Send her the architect's number."
	got := testing.AllocsPerRun(50, func() { Read(text, said, Mentions(text, []string{"Ana Torres"})) })
	if got > most {
		t.Errorf("reading a note allocates %v times, want at most %d", got, most)
	}
}
