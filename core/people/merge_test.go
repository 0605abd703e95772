package people_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A pair is a user who knows one person as two.
type pair struct {
	*store.Store
	t          *testing.T
	sql        *pgxpool.Pool
	user       int64
	into, from core.Contact
	bob        core.Contact
	notes      map[string]core.Note // by the name of whom they are about
}

// newPair makes two contacts that have something of everything, some of it the same.
func newPair(t *testing.T) *pair {
	t.Helper()
	db, sql := storetest.Open(t)
	p := &pair{Store: db, t: t, sql: sql, user: storetest.User(t, db).ID, notes: map[string]core.Note{}}
	p.bob, p.into = p.contact("Bob Hall"), p.contact("Ana Torres")
	cleo := p.contact("Cleo Park")
	p.from = p.contact("Ana T.") // the last, so that Cleo sees the other from the other side
	for _, c := range []core.Contact{p.into, p.from} {
		note := storetest.Note(t, db, p.user, "Met "+c.FullName+" for tea with "+p.bob.FullName, c, p.bob)
		storetest.Fact(t, db, note, c.FullName+" likes tea")
		mentions, err := db.Mentions(t.Context(), p.user, note.ID)
		check(t, err)
		check(t, db.AddMeeting(t.Context(), mentions[0], note.SaidAt.Truncate(time.Second)))
		p.notes[c.FullName] = note
		for _, owned := range []string{
			`INSERT INTO messages (user_id, chat_id, kind, contact_id) VALUES ($1, 7, 'card', $2)`,
			`INSERT INTO reminders (user_id, contact_id, text, due_at) VALUES ($1, $2, 'call', now())`,
			`INSERT INTO reaches (user_id, contact_id, kind, value) VALUES ($1, $2, 'phone', '112'), ($1, $2, 'phone', 'x' || $2)`,
			`INSERT INTO aliases (user_id, contact_id, name, source) VALUES ($1, $2, 'Nita', 'user'), ($1, $2, 'Alias ' || $2, 'correction')`,
			`WITH t AS (INSERT INTO tags (user_id, name) VALUES ($1, 'both'), ($1, 'tag ' || $2)
				ON CONFLICT (user_id, lower(name)) DO UPDATE SET name = excluded.name RETURNING id)
				INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT $1, $2::bigint, id FROM t`,
			`WITH g AS (INSERT INTO groups (user_id, name) VALUES ($1, 'both'), ($1, 'group ' || $2)
				ON CONFLICT (user_id, lower(name)) DO UPDATE SET name = excluded.name RETURNING id)
				INSERT INTO group_members (user_id, contact_id, group_id) SELECT $1, $2::bigint, id FROM g`,
		} {
			p.exec(strings.ReplaceAll(owned, "$2", "$2::bigint"), p.user, c.ID)
		}
		p.relate(c, p.bob, "friend", "friend")
	}
	p.relate(p.from, p.into, "cousin", "cousin")
	p.relate(cleo, p.from, "parent", "child")
	p.relate(cleo, p.from, "coach", "child") // becomes the same as the one above
	p.relate(p.from, cleo, "boss", "report")
	p.exec(`INSERT INTO aliases (user_id, contact_id, name, source) VALUES ($1, $2, 'ANA TORRES', 'user')`, p.user, p.from.ID)
	p.exec(`UPDATE contacts SET birthday = '--03-14', company = 'Stripe', location = 'Porto', telegram_id = 5, telegram_username = 'anat',
		is_verified = true, custom_fields = '{"team": "Blue", "dog": "Rex"}' WHERE id = $1`, p.from.ID)
	p.exec(`UPDATE contacts SET company = 'Acme', custom_fields = '{"team": "Red"}' WHERE id = $1`, p.into.ID)
	return p
}

func (p *pair) contact(name string) core.Contact {
	return storetest.Contact(p.t, p.Store, p.user, name)
}

func (p *pair) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.sql.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) relate(a, b core.Contact, label, inverse string) {
	p.t.Helper()
	p.exec(`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse) VALUES ($1, $2, $3, $4, $5)`, p.user, a.ID, b.ID, label, inverse)
}

// rows returns every row of the user's, but for what says when it last changed,
// in the words of the database.
func (p *pair) rows() map[string][]string {
	p.t.Helper()
	all := map[string][]string{}
	for _, table := range []string{
		"contacts", "last_contacts", "aliases", "reaches", "relationships", "tags", "contact_tags", "groups", "group_members",
		"notes", "mentions", "facts", "interactions", "reminders", "messages",
	} {
		all[table] = p.texts(`SELECT (to_jsonb(r) - 'updated_at')::text FROM ` + table + ` r WHERE user_id = ` + "$1 ORDER BY 1")
	}
	return all
}

func (p *pair) texts(sql string, args ...any) []string {
	p.t.Helper()
	rows, err := p.sql.Query(p.t.Context(), sql, append([]any{p.user}, args...)...)
	check(p.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(p.t, err)
	return list
}

func (p *pair) merge() int64 {
	p.t.Helper()
	id, err := people.Merge(p.t.Context(), p.Store, p.user, p.into.ID, p.from.ID)
	check(p.t, err)
	return id
}

func (p *pair) unmerge(id int64) {
	p.t.Helper()
	from, err := people.Unmerge(p.t.Context(), p.Store, p.user, id)
	check(p.t, err)
	if from != p.from.ID {
		p.t.Errorf("contact %d is back, want %d", from, p.from.ID)
	}
}

// owned says what a contact has, in tables where it may have something.
func (p *pair) owned(contact int64) string {
	p.t.Helper()
	return strings.Join(p.texts(`
		SELECT 'alias ' || name AS x FROM aliases WHERE user_id = $1 AND contact_id = $2
		UNION ALL SELECT 'reach ' || value FROM reaches WHERE user_id = $1 AND contact_id = $2
		UNION ALL SELECT 'tag ' || name FROM contact_tags c JOIN tags t ON t.id = c.tag_id WHERE c.user_id = $1 AND c.contact_id = $2
		UNION ALL SELECT 'group ' || name FROM group_members c JOIN groups g ON g.id = c.group_id WHERE c.user_id = $1 AND c.contact_id = $2
		UNION ALL SELECT CASE $2 WHEN r.contact_id THEN r.label || ' of ' ELSE r.inverse || ' of ' END || c.full_name FROM relationships r JOIN contacts c
			ON c.id = CASE $2 WHEN r.contact_id THEN r.other_id ELSE r.contact_id END WHERE r.user_id = $1 AND $2 IN (r.contact_id, r.other_id)
		UNION ALL SELECT 'mention ' || name FROM mentions WHERE user_id = $1 AND contact_id = $2
		UNION ALL SELECT 'fact ' || text FROM facts WHERE user_id = $1 AND contact_id = $2
		UNION ALL SELECT 'meeting' FROM interactions WHERE user_id = $1 AND contact_id = $2
		UNION ALL SELECT text FROM reminders WHERE user_id = $1 AND contact_id = $2
		UNION ALL SELECT kind FROM messages WHERE user_id = $1 AND contact_id = $2 ORDER BY x`, contact), "\n")
}

func TestMergeAndUnmerge(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	before := p.rows()
	id := p.merge()
	sub := strings.NewReplacer("$into", texted(p.into.ID), "$from", texted(p.from.ID))
	for contact, want := range map[int64]string{
		p.into.ID: `alias Alias $from|alias Alias $into|alias Ana T.|alias Nita|boss of Cleo Park|call|call|card|card|child of Cleo Park|cousin of Ana T.|` +
			`fact Ana T. likes tea|fact Ana Torres likes tea|friend of Bob Hall|group both|group group $from|group group $into|meeting|meeting|` +
			`mention Ana T.|mention Ana Torres|reach 112|reach x$from|reach x$into|tag both|tag tag $from|tag tag $into`,
		p.from.ID: `alias ANA TORRES|alias Nita|child of Cleo Park|cousin of Ana Torres|friend of Bob Hall|group both|reach 112|tag both`,
	} {
		if diff := cmp.Diff(sortedLines(sub.Replace(want)), sortedLines(strings.ReplaceAll(p.owned(contact), "\n", "|"))); diff != "" {
			t.Errorf("contact %d has something else (-want +got):\n%s", contact, diff)
		}
	}
	known, err := people.Known(t.Context(), p.Store, p.user, p.into.ID)
	check(t, err)
	if known.Birthday.String() != "--03-14" || known.Company != "Acme" || known.Location != "Porto" || known.TelegramID != 5 ||
		known.TelegramUsername != "anat" || !known.Verified || !cmp.Equal(known.CustomFields, map[string]string{"team": "Red", "dog": "Rex"}) {
		t.Errorf("filled in is %+v, want what it had, and what it did not have of the other's", known.Profile)
	}
	p.unmerge(id)
	if diff := cmp.Diff(before, p.rows()); diff != "" {
		t.Errorf("a merge that is undone leaves something else than was (-want +got):\n%s", diff)
	}
	if _, err := people.Unmerge(t.Context(), p.Store, p.user, id); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("undone twice: %v, want not possible", err)
	}
	p.unmerge(p.merge())
	if diff := cmp.Diff(before, p.rows()); diff != "" {
		t.Errorf("the second time it leaves something else (-want +got):\n%s", diff)
	}
}

func TestAMergeIsOneStep(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	last := p.texts(`SELECT max(id)::text FROM audit_events WHERE user_id = $1`)[0]
	p.merge()
	steps := p.texts(`SELECT DISTINCT step::text FROM audit_events WHERE user_id = $1 AND id > $2::text::bigint`, last)
	if merged := p.texts(`SELECT step::text FROM merges WHERE user_id = $1`); len(steps) != 1 || steps[0] != merged[0] {
		t.Errorf("it is the steps %q, want the one that the merge names, %q", steps, merged)
	}
}

func TestUnmergeLeavesWhatCameSince(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.merge()
	storetest.Fact(t, p.Store, storetest.Note(t, p.Store, p.user, "Ana Torres likes figs", p.into), "likes figs")
	check(t, p.AddAlias(t.Context(), p.user, p.into.ID, "Anita", "user"))
	p.exec(`UPDATE contacts SET location = 'Faro', custom_fields = custom_fields || '{"dog": "Max"}' WHERE id = $1`, p.into.ID)
	p.exec(`DELETE FROM reaches WHERE value = 'x' || $1::bigint`, p.from.ID)
	p.exec(`UPDATE facts SET contact_id = $2 WHERE text = $1`, p.from.FullName+" likes tea", p.bob.ID)
	// The other's note is read anew.
	storetest.Fact(t, p.Store, p.notes[p.from.FullName], "likes plums")
	p.unmerge(id)
	into, from := p.owned(p.into.ID), p.owned(p.from.ID)
	for _, line := range []string{"fact likes figs", "alias Anita", "mention Ana Torres"} {
		if !strings.Contains(into, line) || strings.Contains(from, line) {
			t.Errorf("%q is not the contact's that stayed, which has\n%s", line, into)
		}
	}
	if !strings.Contains(from, "fact likes plums") || strings.Contains(from+into, "reach x"+texted(p.from.ID)) || strings.Contains(from+into, "Ana T. likes tea") {
		t.Errorf("the one that is back has\n%s\nthe other\n%s", from, into)
	}
	known, err := people.Known(t.Context(), p.Store, p.user, p.into.ID)
	check(t, err)
	if known.Location != "Faro" || known.Birthday.Known() || known.TelegramID != 0 || !cmp.Equal(known.CustomFields, map[string]string{"team": "Red", "dog": "Max"}) {
		t.Errorf("filled in is %+v, want what was changed since, and nothing of the other's", known.Profile)
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	trashed := p.contact("Zed")
	check(t, people.Delete(t.Context(), p.Store, p.user, trashed.ID))
	theirs := storetest.Contact(t, p.Store, storetest.User(t, p.Store).ID, "Theirs")
	before := p.rows()
	for _, test := range []struct {
		name       string
		into, from int64
		want       error
	}{
		{"itself", p.into.ID, p.into.ID, core.ErrInvalid},
		{"somebody unknown", p.into.ID, 999_999, core.ErrNotFound},
		{"into somebody unknown", 999_999, p.into.ID, core.ErrNotFound},
		{"somebody in the trash", p.into.ID, trashed.ID, core.ErrNotFound},
		{"into somebody in the trash", trashed.ID, p.into.ID, core.ErrNotFound},
		{"somebody else's", p.into.ID, theirs.ID, core.ErrNotFound},
		{"into somebody else's", theirs.ID, p.into.ID, core.ErrNotFound},
	} {
		if _, err := people.Merge(t.Context(), p.Store, p.user, test.into, test.from); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if diff := cmp.Diff(before, p.rows()); diff != "" {
		t.Errorf("it changed something (-want +got):\n%s", diff)
	}
}

func TestUnmergeNeedsTheName(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.merge()
	again := p.contact("ANA T.")
	before := p.rows()
	_, err := people.Unmerge(t.Context(), p.Store, p.user, id)
	if taken, ok := errors.AsType[*people.TakenError](err); !ok || taken.ContactID != again.ID {
		t.Errorf("while another has the name: %v, want it taken by %d", err, again.ID)
	}
	if diff := cmp.Diff(before, p.rows()); diff != "" {
		t.Errorf("it changed something (-want +got):\n%s", diff)
	}
	check(t, people.Delete(t.Context(), p.Store, p.user, again.ID))
	p.unmerge(id)
}

// A chain of merges is undone from its end.
func TestUnmergeAfterAnotherMerge(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	before := p.rows()
	first := p.merge()
	second, err := people.Merge(t.Context(), p.Store, p.user, p.bob.ID, p.into.ID)
	check(t, err)
	if _, err := people.Unmerge(t.Context(), p.Store, p.user, first); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("the first before the second: %v, want not possible", err)
	}
	check(t, people.Restore(t.Context(), p.Store, p.user, p.into.ID)) // out of the trash: the second is undone
	if _, err := people.Unmerge(t.Context(), p.Store, p.user, second); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("the second twice: %v, want not possible", err)
	}
	p.unmerge(first)
	if diff := cmp.Diff(before, p.rows()); diff != "" {
		t.Errorf("both undone leave something else than was (-want +got):\n%s", diff)
	}
}

// Whoever a note added is not taken back with it once the user has merged them
// with somebody.
func TestMergedContactsAreNotUnused(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	a, b := p.contact("Dee"), p.contact("D.")
	id, err := people.Merge(t.Context(), p.Store, p.user, a.ID, b.ID)
	check(t, err)
	trash := func() (trashed bool) {
		check(t, p.InTx(t.Context(), func(tx *store.Store) (err error) {
			trashed, err = tx.TrashContact(t.Context(), p.user, a.ID)
			return err
		}))
		return trashed
	}
	if trash() {
		t.Error("a contact that another was merged into counts as unused")
	}
	_, err = people.Unmerge(t.Context(), p.Store, p.user, id)
	check(t, err)
	if !trash() {
		t.Error("with the merge undone it is still used")
	}
}

func texted(id int64) string { return strconv.FormatInt(id, 10) }

func sortedLines(list string) []string {
	lines := strings.Split(list, "|")
	slices.Sort(lines)
	return lines
}
