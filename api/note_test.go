package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A note is what was made of one, as clients get it.
type note struct {
	ID             int64
	Content, State string
	Engine         string
	CreatedAt      time.Time  `json:"created_at"`
	DeletedAt      *time.Time `json:"deleted_at"`
	Mentions       []struct {
		ID          int64
		Name, State string
		ContactID   int64  `json:"contact_id"`
		ContactName string `json:"contact_name"`
	}
	Facts []struct {
		ID                              int64
		Category, Content, State, Quote string
	}
}

// whom says who a note is about: "Ana=Ana Torres, Leo?".
func (n note) whom() string {
	var list []string
	for _, m := range n.Mentions {
		if m.State == "resolved" {
			list = append(list, m.Name+"="+m.ContactName)
		} else {
			list = append(list, m.Name+" "+m.State)
		}
	}
	return strings.Join(list, ", ")
}

// facts says what is learnt from a note.
func (n note) facts() string {
	var list []string
	for _, f := range n.Facts {
		list = append(list, f.Content)
	}
	return strings.Join(list, "; ")
}

// one reads the answer that is about one note.
func (g *got) one() (n note, taskID string) {
	g.t.Helper()
	var r struct {
		Note   note
		TaskID string `json:"task_id"`
	}
	g.want(200).into(&r)
	return r.Note, r.TaskID
}

// pages returns the contents of all notes of a list that is read in pages.
func (c *client) pages(path string) (list []string) {
	c.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Notes []struct {
				ID           int64
				Content      string
				MetadataTags map[string]any `json:"metadata_tags"`
			}
			NextCursor *string `json:"next_cursor"`
		}
		c.get(path + cursor).want(200).into(&page)
		for _, n := range page.Notes {
			list = append(list, n.Content)
		}
		if page.NextCursor == nil {
			return list
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

func TestListsOfNotes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	people := ana.know("Mike Chen", "Zoe Quinn")
	bob.know("Mike Chen")
	at := time.Now()
	var all, mike []string
	for i := range 7 {
		text := fmt.Sprintf("note %d", i)
		about := people[i%2]
		storetest.NoteAt(t, h.Store, ana.user.ID, at.Add(time.Duration(i/3)*time.Minute), text, about)
		all = append([]string{text}, all...)
		if i%2 == 0 {
			mike = append([]string{text}, mike...)
		}
	}
	ana.exec(`UPDATE notes SET metadata = '{"source": "import"}'`)
	same := func(path string, want []string) {
		t.Helper()
		if got := ana.pages(path); strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s has %q, want %q", path, got, want)
		}
	}
	raw := id("/api/notes/%d/raw", people[0].ID)
	for _, limit := range []int{1, 2, 3, 200} {
		same(fmt.Sprintf("/api/notes?limit=%d", limit), all)
		same(fmt.Sprintf("%s?limit=%d", raw, limit), mike)
		same(fmt.Sprintf("/api/notes?contact_id=%d&limit=%d", people[0].ID, limit), mike)
	}
	var r struct {
		Notes []struct {
			CreatedAt    time.Time      `json:"created_at"`
			MetadataTags map[string]any `json:"metadata_tags"`
		}
	}
	ana.get(raw).want(200).into(&r)
	if got := r.Notes[0]; got.MetadataTags["source"] != "import" || !got.CreatedAt.Equal(at.Add(2*time.Minute).Truncate(time.Microsecond)) {
		t.Errorf("a note came with %v at %v", got.MetadataTags, got.CreatedAt)
	}
	if got := string(ana.get(id("/api/notes/%d/raw", ana.know("Nobody Yet")[0].ID)).want(200).body); !strings.Contains(got, `"notes":[]`) {
		t.Errorf("of nobody there are %s, want an empty list", got)
	}
	if got := bob.pages("/api/notes?limit=50"); len(got) != 0 {
		t.Errorf("somebody else has %q, want nothing", got)
	}
	bob.get(raw).says(404, "nothing here")
	bob.get(id("/api/notes?contact_id=%d", people[0].ID)).says(404, "nothing here")
	ana.get(id("/api/notes/%d/raw", 1<<40)).says(404, "nothing here")
	ana.get("/api/notes/0/raw").says(400, "contact_id: expected number >= 1")
	ana.get("/api/notes/x/raw").says(400, "contact_id: ")
	ana.get(raw+"?limit=201").says(400, "limit: expected number <= 200")
	ana.get(raw+"?limit=0").says(400, "limit: expected number >= 1")
	ana.get(raw+"?cursor=garbage").says(400, "cursor: ")
	ana.get("/api/notes?trash=true&contact_id=1").says(400, "trash: ")
	ana.get("/api/notes?colour=red").says(400, "colour")
	h.stranger(t).get(raw).says(401, "not signed in")
	h.stranger(t).get("/api/notes").says(401, "not signed in")
}

func TestNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	noteID := ana.process(mike, "Mike works at Stripe. Leo likes tea.").RawNoteID
	n, _ := ana.get(id("/api/notes/%d", noteID)).one()
	if n.ID != noteID || n.State != "done" || n.Engine != "rules" || n.Content != "Mike works at Stripe. Leo likes tea." || n.DeletedAt != nil {
		t.Errorf("the note is %+v", n)
	}
	if got, want := n.whom(), "Mike=Mike Chen, Leo asked"; got != want {
		t.Errorf("it is about %s, want %s", got, want)
	}
	for _, f := range n.Facts {
		if f.Quote == "" || !strings.Contains(n.Content, f.Quote) || f.Category == "" || f.State == "" {
			t.Errorf("a fact is %+v, want its evidence", f)
		}
	}
}

// What a message of a chat says is told with the message.
func TestAFactNamesTheMessageThatSaysIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	note := ana.process(mike, "Mike works at Stripe. He likes tea.").RawNoteID
	_, err := h.sql.Exec(t.Context(), `UPDATE facts SET message_id = 4711 WHERE text ILIKE '%stripe%'`)
	check(t, err)
	for _, path := range []string{id("/api/notes/%d", note), id("/api/contacts/%d", mike.ID)} {
		if body := string(ana.get(path).want(200).body); strings.Count(body, `"message_id":`) != 1 || !strings.Contains(body, `"message_id":4711`) {
			t.Errorf("%s answers %s, want the message of the one fact", path, body)
		}
	}
}

func TestReviseNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen", "Mike Stone")[0]
	at := id("/api/notes/%d", ana.process(mike, "Mike works at Stripe").RawNoteID)
	for _, text := range []string{"Mike works at Wise", "Works at Adyen, I hear"} {
		n, task := ana.patch(at, map[string]any{"content": text}).one()
		if n.Content != text || !strings.HasSuffix(n.whom(), "=Mike Chen") {
			t.Errorf("revised it is %q about %s, want %q about whom it was", n.Content, n.whom(), text)
		}
		ana.until(task, func(p progress) bool { return p.State == "SUCCESS" })
		n, _ = ana.get(at).one()
		if last := text[strings.LastIndex(text, " at ")+4:]; n.State != "done" || !strings.Contains(n.facts(), strings.TrimSuffix(last, ", I hear")) || strings.Contains(n.facts(), ";") {
			t.Errorf("of %q is learnt %s", text, n.facts())
		}
	}
	ana.patch(at, map[string]any{"content": ""}).says(400, "content: expected length >= 1")
	ana.patch(at, map[string]any{"content": " \n "}).says(400, "content: There's nothing")
	ana.patch(at, map[string]any{"content": "a\x00b"}).says(400, "content: ")
	ana.patch(at, map[string]any{"content": strings.Repeat("a", 20_001)}).says(400, "content: expected length <= 20000")
	ana.patch(at, map[string]any{}).says(400, "content")
}

func TestRetryNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	at := id("/api/notes/%d", ana.process(ana.know("Mike Chen")[0], "Mike works at Stripe").RawNoteID)
	ana.post(at+"/retry", nil).says(422, "could not be read")
	ana.exec(`UPDATE notes SET state = 'failed'`)
	ana.exec(`DELETE FROM facts`)
	_, task := ana.post(at+"/retry", nil).one()
	ana.until(task, func(p progress) bool { return p.State == "SUCCESS" })
	if n, _ := ana.get(at).one(); n.State != "done" || !strings.Contains(n.facts(), "Stripe") {
		t.Errorf("tried again the note is %+v", n)
	}
}

func TestDeleteNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	taskID := ana.begin(mike, "Met Zoe Quinn, she works at Stripe")
	noteID := ana.until(taskID, func(p progress) bool { return p.State == "SUCCESS" }).Result.RawNoteID
	at := id("/api/notes/%d", noteID)
	ana.delete(at).want(200)
	ana.get(at).says(404, "nothing here")
	ana.delete(at).says(404, "nothing here")
	ana.patch(at, map[string]any{"content": "Mike"}).says(404, "gone")
	ana.post(at+"/retry", nil).says(404, "gone")
	if got := ana.pages(id("/api/notes/%d/raw?limit=9", mike.ID)); len(got) != 0 {
		t.Errorf("of whom it was about there are %q, want nothing", got)
	}
	if got := ana.pages("/api/notes?trash=true"); len(got) != 1 {
		t.Errorf("in the trash there are %q, want the note", got)
	}
	if p := ana.status(taskID); p.State != "SUCCESS" || p.Result != nil || !strings.Contains(p.Status, "taken back") {
		t.Errorf("its task is %+v, want no words of it", p)
	}
	if n := ana.count(`SELECT count(*) FROM contacts WHERE full_name = 'Zoe Quinn' AND deleted_at IS NULL`); n != 0 {
		t.Error("whom the note added is still there")
	}
}

func TestAssignMention(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike, leo := ana.know("Mike Chen")[0], ana.know("Leonard Bright", "Sam One", "Sam Two")[0]
	n, _ := ana.get(id("/api/notes/%d", ana.process(mike, "Mike met Nita, who works at Stripe").RawNoteID)).one()
	at := id("/api/notes/%d/mentions/%d", n.ID, n.Mentions[1].ID)
	for _, test := range []struct {
		say  map[string]any
		want string
	}{
		{map[string]any{"contact_id": leo.ID}, "Mike=Mike Chen, Nita=Leonard Bright"},
		{map[string]any{"nobody": true}, "Mike=Mike Chen, Nita dismissed"},
		{map[string]any{"name": "Nita Rao"}, "Mike=Mike Chen, Nita=Nita Rao"},
		{map[string]any{"name": "leonard bright"}, "Mike=Mike Chen, Nita=Leonard Bright"},
	} {
		if n, _ := ana.put(at, test.say).one(); n.whom() != test.want {
			t.Errorf("after %v the note is about %s, want %s", test.say, n.whom(), test.want)
		}
	}
	ana.put(at, map[string]any{"name": "Sam"}).says(409, "name: You know several")
	ana.put(at, map[string]any{"name": " "}).says(400, "name: ")
	ana.put(at, map[string]any{"contact_id": bob.know("Eve")[0].ID}).says(404, "contact_id: ")
	ana.put(at, map[string]any{}).says(400, "say one of")
	ana.put(at, map[string]any{"nobody": true, "name": "Leo"}).says(400, "say one of")
	ana.put(id("/api/notes/%d/mentions/%d", n.ID+1, n.Mentions[1].ID), map[string]any{"nobody": true}).says(404, "nothing here")
	bob.put(at, map[string]any{"nobody": true}).says(404, "nothing here")
	if n, _ := ana.get(id("/api/notes/%d", n.ID)).one(); n.whom() != "Mike=Mike Chen, Nita=Leonard Bright" {
		t.Errorf("what was refused changed whom the note is about: %s", n.whom())
	}
}

func TestNotesOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	noteID := ana.process(ana.know("Mike Chen")[0], "Mike works at Stripe").RawNoteID
	for _, n := range []int64{noteID, 1 << 40} {
		at := id("/api/notes/%d", n)
		for what, got := range map[string]*got{
			"read": bob.get(at), "revise": bob.patch(at, map[string]any{"content": "hacked"}), "delete": bob.delete(at), "retry": bob.post(at+"/retry", nil),
		} {
			if got.status != 404 {
				t.Errorf("%s of note %d answers %d %s, want 404", what, n, got.status, got.body)
			}
		}
	}
	browser := h.stranger(t)
	browser.get(id("/api/notes/%d", noteID)).says(401, "not signed in")
	browser.delete(id("/api/notes/%d", noteID)).says(401, "not signed in")
	ana.get("/api/notes/0").says(400, "id: ")
	ana.get("/api/notes/process").says(400, "id: ")
	if n, _ := ana.get(id("/api/notes/%d", noteID)).one(); n.Content != "Mike works at Stripe" || n.State != "done" {
		t.Errorf("somebody else changed the note to %+v", n)
	}
}

// A token that may only read changes nothing.
func TestNotesWithATokenThatReads(t *testing.T) {
	t.Parallel()
	h := newHouseWith(t, analysis.ByRules{})
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	noteID := ana.process(mike, "Mike works at Stripe").RawNoteID
	ana.exec(`UPDATE tokens SET scope = 'read'`)
	at := id("/api/notes/%d", noteID)
	ana.get(at).want(200)
	body := map[string]any{"contact_id": mike.ID, "content": "Mike likes tea"}
	ana.post("/api/notes/process", body).says(403, "may only read")
	ana.post("/api/notes/batch", map[string]any{"notes": []any{body}}).says(403, "may only read")
	ana.post("/api/notes/task/x/cancel", nil).says(403, "may only read")
	ana.patch(at, map[string]any{"content": "x"}).says(403, "may only read")
	ana.delete(at).says(403, "may only read")
	ana.post(at+"/retry", nil).says(403, "may only read")
	ana.put(at+"/mentions/1", map[string]any{"nobody": true}).says(403, "may only read")
}
