package userclient_test

import (
	"slices"
	"testing"

	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// Promise 28: a session that Telegram ended is asked about once more at most,
// wiped, and told of.
func TestASessionThatTelegramEndedIsNotDialledAgain(t *testing.T) {
	t.Parallel()
	for _, why := range []string{"AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "USER_DEACTIVATED", "AUTH_KEY_DUPLICATED", "forgotten"} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			there := h.telegram.Add(sam)
			h.linked(there)
			h.check(h.Store.OpenChat(t.Context(), h.user.ID, h.user.TelegramID))
			h.run("one")
			h.listens()
			before := len(h.telegram.Calls(""))
			if why == "forgotten" {
				h.telegram.Forget(there)
			} else {
				h.telegram.Refuse(there, why)
			}
			if s := h.reaches(link.StateRevoked); s.Problem == "" {
				t.Error("the user is not told why")
			}
			var sealed, told int
			h.check(h.sql.QueryRow(t.Context(), `SELECT count(session), (SELECT count(*) FROM messages) FROM links`).Scan(&sealed, &told))
			if sealed != 0 || told != 1 {
				t.Errorf("%d sessions are kept and %d messages owed, want none and one", sealed, told)
			}
			asked := slices.DeleteFunc(h.telegram.Calls("")[before:], func(c telegramtest.Call) bool {
				return c.Method == "help.getConfig" // a connection begins with it; it is no question about the account
			})
			if len(asked) > 1 {
				t.Errorf("telegram was asked %d times after it ended the session, want once at most: %+v", len(asked), asked)
			}
			if open, err := h.Store.OpenLinks(t.Context(), "two"); err != nil || len(open) > 0 {
				t.Errorf("%+v, %v is to be looked after still", open, err)
			}
		})
	}
}

// Promise 27: a key is used by one process at a time.
func TestAnAccountBelongsToOneProcessAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	there := h.telegram.Add(sam)
	h.linked(there)
	_, stop := h.run("one")
	h.connected(there)
	h.run("two")
	stop()
	h.until("the second to take over", func() bool {
		var owner string
		h.check(h.sql.QueryRow(t.Context(), `SELECT owner FROM leases`).Scan(&owner))
		return owner == "two"
	})
	h.connected(there)
	if _, most := h.telegram.Connections(there); most != 1 {
		t.Errorf("%d connections at a time under one key, want one", most)
	}
}

func TestWhoseLeaseIsGoneHangsUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	there := h.telegram.Add(sam)
	h.linked(there)
	h.run("one")
	h.connected(there)
	_, err := h.sql.Exec(t.Context(), `UPDATE leases SET owner = 'two', expires_at = now() + interval '1 hour'`)
	h.check(err)
	h.until("the first to hang up", func() bool { open, _ := h.telegram.Connections(there); return open == 0 })
}
