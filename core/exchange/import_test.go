package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func texts(t *testing.T, sql *pgxpool.Pool, query string) []string {
	t.Helper()
	rows, err := sql.Query(t.Context(), query)
	check(t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(t, err)
	return list
}

func TestImportTelegram(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	user := storetest.User(t, db)
	storetest.Contact(t, db, user.ID, "Ana Torres")
	for range 2 {
		got, err := ImportTelegram(t.Context(), db, user.ID, strings.NewReader(one))
		check(t, err)
		if want := (Import{Chats: 1, Messages: 8}); got != want {
			t.Errorf("imported %+v, want %+v", got, want)
		}
	}
	got, err := ImportTelegram(t.Context(), db, user.ID, strings.NewReader(all))
	check(t, err)
	if want := "2 messages of 2 chats; 2 chats with more than one person, or none, skipped"; got.String() != want {
		t.Errorf("imported %q, want %q", got, want)
	}
	more, err := link.NoteDays(t.Context(), db, user.ID)
	if err != nil || more {
		t.Fatalf("noted, %v, %v", more, err)
	}
	if got, want := texts(t, sql, `SELECT text FROM notes ORDER BY said_at, author`), []string{
		"Ana Torres: old\n", "Ana Torres: I live in Porto\nMe: See example.com 😀\nAna Torres: the new flat\n", "Mike: hi\n",
	}; !slices.Equal(got, want) {
		t.Errorf("the notes are %q, want %q", got, want)
	}
	if got := texts(t, sql, `SELECT name FROM telegram_chats WHERE chosen`); len(got) > 0 {
		t.Errorf("the chats %q are to be read from an account by the import", got)
	}
	if got, want := texts(t, sql, `SELECT full_name || ' ' || telegram_id FROM contacts ORDER BY 1`), []string{"Ana Torres 7", "Mike 8"}; !slices.Equal(got, want) {
		t.Errorf("the contacts are %q, want %q", got, want)
	}
}

// The same chat through two lanes is there once, and the newer edit wins.
func TestTwoLanesMakeNoDuplicate(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	user := storetest.User(t, db)
	_, err := link.SyncPeople(t.Context(), db, user.ID, []core.TelegramPerson{{ID: 7, FirstName: "Ana", LastName: "T.", Username: "ana", Phone: "351912345678"}})
	check(t, err)
	storetest.Chat(t, db, user.ID, 7)
	at, edited := time.Unix(1772445600, 0), time.Unix(1772445999, 0)
	check(t, link.AddMessages(t.Context(), db, user.ID, 7, []core.ChatMessage{
		{MessageID: 1, At: at, EditedAt: &edited, Kind: core.ChatText, Text: "I live in Lisbon"},
		{MessageID: 2, Out: true, At: at.Add(time.Minute), Kind: core.ChatText, Text: "See"},
	}))
	_, err = ImportTelegram(t.Context(), db, user.ID, strings.NewReader(one))
	check(t, err)
	if got, want := texts(t, sql, `SELECT text FROM chat_messages WHERE message_id < 3 ORDER BY message_id`), []string{"I live in Lisbon", "See example.com 😀"}; !slices.Equal(got, want) {
		t.Errorf("the messages are %q, want %q", got, want)
	}
	if got, want := texts(t, sql, `SELECT full_name || ' @' || telegram_username FROM contacts`), []string{"Ana T. @ana"}; !slices.Equal(got, want) {
		t.Errorf("the contacts are %q, want %q", got, want)
	}
}

func TestWhatIsKeptOfABadFileIsSaid(t *testing.T) {
	t.Parallel()
	db, _ := storetest.Open(t)
	user := storetest.User(t, db)
	for file, want := range map[string]string{
		before(one, `"sticker"`): "The file is cut off in the middle. I kept what comes before that: 3 messages of 1 chat. Export again***",
		one[:60]:                 "The file is cut off before the first message. Please export again.",
		strings.Replace(one, `"sticker"`, `sticker`, 1):        "That is no export from Telegram Desktop.*** I kept what comes before that: 3 messages of 1 chat.",
		`{"name": "F", "type": "private_group", "messages": [`: "That is the export of a group, a channel or a bot. I only read chats with one person.",
	} {
		_, err := ImportTelegram(t.Context(), db, user.ID, strings.NewReader(file))
		begin, end, _ := strings.Cut(want, "***")
		if !errors.Is(err, core.ErrInvalid) || !strings.HasPrefix(err.Error(), begin) || !strings.HasSuffix(err.Error(), end) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What waits to be kept with more is kept when the file ends, and when it is cut
// off, too.
func TestImportOfManyMessagesKeepsAll(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"chats":{"list":[`)
	for chat := 1; chat <= 3; chat++ {
		fmt.Fprintf(&b, `%s{"name":"Ana %d","type":"personal_chat","id":%d,"messages":[`, strings.Repeat(",", min(chat-1, 1)), chat, chat)
		for m := 1; m <= 2500; m++ {
			fmt.Fprintf(&b, `%s{"id":%d,"type":"message","date_unixtime":"%d","from_id":"user%d","text":"word"}`, strings.Repeat(",", min(m-1, 1)), m, 1_700_000_000+m*60, chat)
		}
		b.WriteString(`]}`)
	}
	whole := b.String() + `]}}`
	cut := whole[:len(whole)*9/10]
	left := fmt.Sprintf("Ana 3: %d", strings.Count(cut, `"word"}`)-2*2500)
	for _, test := range []struct {
		name, file string
		cut        bool
		want       []string
	}{
		{"whole", whole, false, []string{"Ana 1: 2500", "Ana 2: 2500", "Ana 3: 2500"}},
		{"cut off", cut, true, []string{"Ana 1: 2500", "Ana 2: 2500", left}},
	} {
		db, sql := storetest.Open(t)
		user := storetest.User(t, db)
		for range 2 {
			if _, err := ImportTelegram(t.Context(), db, user.ID, strings.NewReader(test.file)); errors.Is(err, core.ErrInvalid) != test.cut {
				t.Fatalf("%s: %v", test.name, err)
			}
			got := texts(t, sql, `SELECT c.full_name || ': ' || count(*) FROM chat_messages m
				JOIN contacts c ON c.user_id = m.user_id AND c.telegram_id = m.chat_id GROUP BY c.full_name ORDER BY 1`)
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: kept %q, want %q", test.name, got, test.want)
			}
		}
	}
}
