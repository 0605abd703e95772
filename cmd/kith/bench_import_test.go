package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/exchange"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

// benchImport measures how fast the chats of an export, and the people of a
// Telegram account, are kept, beside COPY of the same rows into the same table
// without its keys, and how much memory that takes. Doing it again may add
// nothing. Notes are made of chats later, day by day, which is not measured.
func benchImport(b *testing.B, w *workbench) []result {
	const chats, each, known = 200, 1000, 50_000
	address := besides(b, w.url, "imports")
	if err := store.Migrate(b.Context(), address); err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), address, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	pool := barePool(b, address)
	const beside = "COPY of the same rows"
	messages := result{what: "import: 200,000 messages of an export", beside: beside, unit: "/s", aim: 0.35}
	persons := result{what: "import: 50,000 people of an account", beside: beside, unit: "/s", aim: 0.35}
	memory := result{what: "import: most memory at a time", unit: "MB", aim: 150, less: true}
	for run := range repeats("import: messages and people") {
		user, err := db.AddUser(b.Context(), core.User{TelegramID: 1 + run, Name: "Kim", Role: core.RoleUser, Timezone: "UTC"})
		if err != nil {
			b.Fatal(err)
		}
		chatting := func() error {
			_, err := exchange.ImportTelegram(b.Context(), db, user.ID, export(chats, each))
			return err
		}
		took, most := peak(b, chatting)
		messages.own = append(messages.own, chats*each/took.Seconds())
		messages.limit = append(messages.limit, chats*each/copied(b, pool, "chat_messages", user.ID).Seconds())
		progress("… %.0f messages/s; again", messages.own[run])
		twice(b, pool, "chat_messages", user.ID, chatting)
		meeting := func() error {
			_, err := link.SyncPeople(b.Context(), db, user.ID, people(known))
			return err
		}
		took, mostPeople := peak(b, meeting)
		memory.own = append(memory.own, max(most, mostPeople))
		persons.own = append(persons.own, known/took.Seconds())
		persons.limit = append(persons.limit, known/copied(b, pool, "contacts", user.ID).Seconds())
		progress("… %.0f people/s; again", persons.own[run])
		twice(b, pool, "contacts", user.ID, meeting)
	}
	return []result{messages, memory, persons}
}

// export is that of Telegram Desktop, written while it is read.
func export(chats, each int) io.Reader {
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, `{"chats":{"list":[`)
		for c := range chats {
			fmt.Fprintf(w, `%s{"name":"Ana %d","type":"personal_chat","id":%d,"messages":[`, strings.Repeat(",", min(c, 1)), c, c+1)
			for m := range each {
				fmt.Fprintf(w, `%s{"id":%d,"type":"message","date_unixtime":"%d","from_id":"user%d","text":"See you at the station at nine, I bring the tickets"}`,
					strings.Repeat(",", min(m, 1)), c*each+m+1, 1_700_000_000+m*1800, c+1)
			}
			fmt.Fprint(w, `]}`)
		}
		fmt.Fprint(w, `]}}`)
		w.Close()
	}()
	return r
}

// people are those of a Telegram account.
func people(n int) []core.TelegramPerson {
	list := make([]core.TelegramPerson, n)
	for i := range list {
		list[i] = core.TelegramPerson{ID: int64(1_000_000 + i), FirstName: firstNames[i%200], LastName: fmt.Sprint(lastNames[i/200%500], i), Phone: fmt.Sprintf("3519%08d", i)}
	}
	return list
}

// peak does something, and returns how long that took, and how many megabytes it
// took at most beyond what was taken before.
func peak(b *testing.B, do func() error) (took time.Duration, megabytes float64) {
	runtime.GC() // what was copied before is still around
	before, done := taken(), make(chan struct{})
	most := make(chan uint64)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var top uint64
		for {
			select {
			case <-tick.C:
				top = max(top, taken())
			case <-done:
				most <- max(top, taken())
				return
			}
		}
	}()
	begun := time.Now()
	err := do()
	took = time.Since(begun)
	close(done)
	top := <-most
	if err != nil {
		b.Fatal(err)
	}
	return took, float64(max(top, before)-before) / 1e6
}

func taken() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// copied copies a user's rows of a table into one like it, and returns how long
// that took.
func copied(b *testing.B, pool *pgxpool.Pool, table string, userID int64) time.Duration {
	conn, err := pool.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	rows, err := conn.Query(b.Context(), "SELECT * FROM "+table+" WHERE user_id = $1", userID)
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, f := range rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	values, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		b.Fatal(err)
	}
	execute(b, conn.Conn(), "DROP TABLE IF EXISTS bare_rows")
	execute(b, conn.Conn(), "CREATE TABLE bare_rows AS SELECT * FROM "+table+" WITH NO DATA")
	begun := time.Now()
	if _, err := conn.Conn().CopyFrom(b.Context(), pgx.Identifier{"bare_rows"}, names, pgx.CopyFromRows(values)); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun)
}

// twice does again what was done, which may add no row.
func twice(b *testing.B, pool *pgxpool.Pool, table string, userID int64, do func() error) {
	count := func() (n int) {
		if err := pool.QueryRow(b.Context(), "SELECT count(*) FROM "+table+" WHERE user_id = $1", userID).Scan(&n); err != nil {
			b.Fatal(err)
		}
		return n
	}
	before := count()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	if after := count(); after != before || before == 0 {
		b.Errorf("again, there are %d rows of %s, want %d as before", after, table, before)
	}
}
