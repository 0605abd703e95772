package main

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise06OrderWithinChats has many chats write and edit at once: what a
// chat says is dealt with in its order, and a chat that is held up holds up no
// other.
func TestPromise06OrderWithinChats(t *testing.T) {
	t.Parallel()
	chats, notes := load(20, 1000), load(9, 25)
	r := newRig(t)
	users := r.people(chats)
	r.must(r.writingAndEditing(users, notes))
	release := r.hold(users[0])
	stop := r.open()
	r.until(30*time.Second, "others are answered while one chat is held up", `SELECT count(DISTINCT user_id) >= 5 FROM messages WHERE shown > 0`)
	if n := value[int](r, `SELECT count(*) FROM notes WHERE chat_id = $1`, users[0].ID); n > 0 {
		t.Fatalf("the chat that is held up has %d notes, want 0", n)
	}
	release()
	r.must(r.writingAndEditing(users, notes))
	r.settled(time.Duration(load(2, 50)) * time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	r.wantLatestWords()
	stop()
}

// writingAndEditing has all users send notes and change every third.
func (r *rig) writingAndEditing(users []*sandbox.User, notes int) error {
	var writing errgroup.Group
	writing.SetLimit(20)
	for i, u := range users {
		writing.Go(func() error {
			for n := range notes {
				m, err := r.send(u, fmt.Sprintf("Ana likes figs, says user %d for the %dth time", i, n))
				if err == nil && n%3 == 0 {
					err = r.edit(u, m.ID, fmt.Sprintf("Ana likes plums, edited by user %d", i))
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return writing.Wait()
}

// wantLatestWords fails the test unless each note that was edited has its
// latest words, and facts of no others.
func (r *rig) wantLatestWords() {
	r.t.Helper()
	if n := value[int](r, `SELECT count(*) FROM notes WHERE text LIKE '%plums%' AND revision = 2 AND state = 'done'`); n != r.edited {
		r.t.Errorf("%d notes have their edited words, want %d", n, r.edited)
	}
	if n := value[int](r, `SELECT count(*) FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE n.text LIKE '%plums%' AND f.text LIKE '%figs%'`); n != 0 {
		r.t.Errorf("%d facts are of words that were edited away, want 0", n)
	}
}
