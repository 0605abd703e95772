package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
)

// secretWord is in every word that the others keep.
const secretWord = "Xylo"

// TestPromise30OthersButtons has users press every button that Kith knows with
// the ids of other users' rows, and reply to other users' messages: nothing of
// the others' changes, and none of their words is shown.
func TestPromise30OthersButtons(t *testing.T) {
	t.Parallel()
	attackers, victims := load(2, 10), load(2, 90)
	r := newRig(t)
	r.onCall(r.lookForSecrets(attackers))
	users := r.people(attackers + victims)
	stop := r.open()
	for i, u := range users {
		word := "Plain"
		if i >= attackers {
			word = secretWord
		}
		r.remember(u, word+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	r.settled(time.Minute)
	before := r.digest(users[attackers:])
	for i := range attackers {
		r.attack(users[i], users[attackers+i%victims])
	}
	r.settled(2 * time.Minute)
	if n := value[int](r, `SELECT count(*) FROM updates_aside`); n > 0 {
		t.Errorf("%d presses and replies broke a handler, want 0", n)
	}
	after := r.digest(users[attackers:])
	for table, was := range before {
		if after[table] != was {
			t.Errorf("rows of others changed in %s", table)
		}
	}
	r.wantOwnKeys()
	stop()
}

// lookForSecrets fails the test when one of the first users is shown what
// others keep. Their chats have the lowest ids.
func (r *rig) lookForSecrets(attackers int) func(string, map[string]any) {
	const firstUser = 1_000_000_001
	return func(method string, params map[string]any) {
		chat := integer(params["chat_id"])
		own := chat >= firstUser+int64(attackers)
		if method != "getUpdates" && !own && strings.Contains(fmt.Sprint(params), secretWord) {
			r.t.Errorf("%s shows chat %d what others keep", method, chat)
		}
	}
}

// remember gives a user people, facts, open questions and messages of all kinds.
func (r *rig) remember(u *sandbox.User, name string) {
	r.t.Helper()
	for _, text := range []string{
		name + " Torres likes " + name + "figs", name + " Petrov works at " + name + "works", name + " moved to Berlin",
		"Met " + name + " Torres and " + name + " Petrov", "/who " + name + " Torres", "/people", "/find " + name,
		"What does " + name + " Torres like?",
	} {
		r.must2(u.Send(r.ctx, text))
	}
}

// userTables returns the tables whose rows belong to users.
func (r *rig) userTables() []string {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT table_name::text FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'user_id' ORDER BY 1`)
	r.must(err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	r.must(err)
	return tables
}

// digest returns a checksum of all rows of these users', by table.
func (r *rig) digest(users []*sandbox.User) map[string]string {
	r.t.Helper()
	var ids []int64
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	sums := map[string]string{}
	for _, table := range r.userTables() {
		sums[table] = value[string](r, `SELECT count(*) || md5(COALESCE(string_agg(t::text, ',' ORDER BY t::text), '')) FROM `+table+` t
			WHERE user_id IN (SELECT id FROM users WHERE telegram_id = ANY ($1))`, ids)
	}
	return sums
}

// faces returns one of a user's messages of each kind.
func (r *rig) faces(u *sandbox.User) []int64 {
	r.t.Helper()
	return value[[]int64](r, `SELECT array_agg(id) FROM (SELECT max(id) AS id FROM messages
		WHERE user_id = (SELECT id FROM users WHERE telegram_id = $1) GROUP BY kind) f`, u.ID)
}

// ids returns the ids of a user's rows.
func (r *rig) ids(u *sandbox.User, table string) []int64 {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT id FROM `+table+` WHERE user_id = (SELECT id FROM users WHERE telegram_id = $1) ORDER BY id`, u.ID)
	r.must(err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	r.must(err)
	if len(ids) == 0 {
		r.t.Fatalf("user %d has no %s", u.ID, table)
	}
	return ids
}

// actions returns what buttons can say, "undo" last.
func actions(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("../../bot/pressed.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t"(\w+)": `).FindAllStringSubmatch(string(source), -1) {
		found[m[1]] = true
	}
	if len(found) < 15 || !found["undo"] {
		t.Fatalf("found the actions %v, want all of them", found)
	}
	delete(found, "undo")
	return append(slices.Sorted(maps.Keys(found)), "undo")
}

// attack has one user press and reply with the ids of another.
func (r *rig) attack(u, victim *sandbox.User) {
	r.t.Helper()
	theirs := map[string][]int64{}
	for _, table := range []string{"notes", "contacts", "mentions", "facts", "messages"} {
		theirs[table] = r.ids(victim, table)
	}
	own, ownMentions, ownContacts := r.faces(u), r.ids(u, "mentions"), r.ids(u, "contacts")
	for _, action := range actions(r.t) {
		for _, message := range own {
			for _, ids := range theirs {
				r.press(u, message, action, ids[0])
			}
			r.press(u, message, action, theirs["mentions"][0], ownContacts[0])
			r.press(u, message, action, ownMentions[0], theirs["contacts"][0])
			r.press(u, message, action, theirs["mentions"][0], theirs["contacts"][0])
		}
		for _, message := range r.faces(victim) {
			r.press(u, message, action, theirs["mentions"][0], theirs["contacts"][0])
			r.press(u, message, action, theirs["notes"][0])
		}
	}
	r.replyTo(u, r.shown(victim))
}

// press presses a button that only an attacker makes.
func (r *rig) press(u *sandbox.User, message int64, action string, ids ...int64) {
	r.t.Helper()
	data := strconv.FormatInt(message, 36) + ":" + action
	for _, id := range ids {
		data += ":" + strconv.FormatInt(id, 36)
	}
	r.mu.Lock()
	r.pressed++
	id := strconv.Itoa(r.pressed)
	r.mu.Unlock()
	under := &models.Message{ID: 1, Date: 1, Chat: models.Chat{ID: u.ID, Type: models.ChatTypePrivate}}
	_, err := r.tg.Inject(r.ctx, map[string]any{"callback_query": models.CallbackQuery{
		ID: id, From: u.User, Data: data, ChatInstance: "1", Message: models.MaybeInaccessibleMessage{Message: under},
	}})
	r.must(err)
}

// shown returns the numbers that Kith's messages have in a user's chat.
func (r *rig) shown(u *sandbox.User) (ids []int) {
	r.t.Helper()
	chat, err := u.Chat(r.ctx)
	r.must(err)
	for _, m := range chat {
		if m.FromBot() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// replyTo replies to messages by their numbers in another chat.
func (r *rig) replyTo(u *sandbox.User, messages []int) {
	r.t.Helper()
	chat := models.Chat{ID: u.ID, Type: models.ChatTypePrivate}
	for i, id := range messages {
		for j, text := range []string{"likes plums", "What does she like?"} {
			_, err := r.tg.Inject(r.ctx, map[string]any{"message": models.Message{
				ID: 1_000_000 + 2*i + j, Date: int(time.Now().Unix()), From: &u.User, Chat: chat, Text: text,
				ReplyToMessage: &models.Message{ID: 1_000_000 + id, Date: 1, Chat: chat},
			}})
			r.must(err)
		}
	}
}

// TestPromise30OthersTasksAndLinks names other users' tasks to the workers, and
// uses an invitation twice.
func TestPromise30OthersTasksAndLinks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(2)
	nudge := r.doorbell()
	stop := r.open(roleBot, roleWorker) // nobody else rings for the task
	r.backlog(1)
	task := r.openTasks()[0]
	right := task
	for _, u := range users {
		task.UserID = value[int64](r, `SELECT id FROM users WHERE telegram_id = $1`, u.ID)
		nudge(core.Task{UserID: task.UserID, ID: task.ID, Kind: task.Kind})
	}
	r.writeAll(users, 2, "behind the task")
	r.until(20*time.Second, "tasks behind it are done", `SELECT count(*) = 4 FROM tasks WHERE state = 'done'`)
	if n := value[int](r, `SELECT attempts FROM tasks WHERE id = $1`, task.ID); n != 0 {
		t.Errorf("a task was tried %d times in others' names, want 0", n)
	}
	nudge(right)
	r.until(20*time.Second, "the task is done for its owner", `SELECT state = 'done' FROM tasks WHERE id = $1`, right.ID)
	r.invitationTwice(users[0])
	stop()
}

func (r *rig) invitationTwice(host *sandbox.User) {
	r.t.Helper()
	r.must2(host.Send(r.ctx, "/invite"))
	chat, err := host.Wait(r.ctx, func(chat []sandbox.Message) bool { return strings.Contains(chat[len(chat)-1].Text, "?start=") })
	r.must(err)
	_, code, _ := strings.Cut(chat[len(chat)-1].Text, "?start=")
	before := value[int](r, `SELECT count(*) FROM users`)
	for _, name := range []string{"Guest", "Stranger"} {
		u, err := r.tg.AddUser(r.ctx, name)
		r.must(err)
		r.must2(u.Start(r.ctx, strings.TrimSpace(code)))
		_, err = u.Wait(r.ctx, func(chat []sandbox.Message) bool { return len(chat) > 1 })
		r.must(err)
	}
	if n := value[int](r, `SELECT count(*) FROM users`); n != before+1 {
		r.t.Errorf("one invitation let %d people in, want 1", n-before)
	}
}
