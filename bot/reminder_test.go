package bot

import (
	"testing"
	"time"
)

func TestReminderReply(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 16, 30, 0, 0, time.UTC) // a Friday
	for text, want := range map[string]string{
		"done": "done", "Done!": "done", "Yes, done, thanks": "done", "I did it": "done", "all done now": "done", "yes": "done",
		"tomorrow": "28 Nov 09:00", "in 10 minutes": "27 Nov 16:40", "snooze 15 min": "27 Nov 16:45", "2 hours": "27 Nov 18:30",
		"Remind me again on Monday at 8": "30 Nov 08:00", "later, tomorrow at 7am": "28 Nov 07:00", "today": "27 Nov 18:00", "not now, in an hour": "27 Nov 17:30",
		"He has a new number": "", "done with him": "", "not done": "", "call him tomorrow": "", "she moves tomorrow": "", "later": "", "snooze": "", "?": "", "": "",
	} {
		c, ok := reminderReply(text, at)
		got := ""
		switch {
		case ok && c.Done != nil && *c.Done && c.DueAt.IsZero():
			got = "done"
		case ok && c.Done == nil:
			got = c.DueAt.Format("2 Jan 15:04")
		}
		if got != want || ok != (want != "") {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
}
