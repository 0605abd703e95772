package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/capture"
)

// A route is one command: how it is called, what it is for, who may use it,
// and what it does.
type route struct {
	name   string
	usage  string // what follows the name
	about  string // for /help and the menu
	inMenu bool
	admin  bool
	do     func(b *Bot, ctx context.Context, t *turn, args string) error
}

// routes returns the commands, in the order of /help and the menu.
func routes() []route {
	return []route{
		{"who", "NAME", "what I know about somebody", true, false, (*Bot).who},
		{"find", "WORDS", "search your people and notes", true, false, (*Bot).find},
		{"people", "", "everybody you know", true, false, (*Bot).people},
		{"remind", "TEXT", "say at its time what you have to do", true, false, (*Bot).remind},
		{"today", "", "birthdays, and what you have to do", true, false, (*Bot).today},
		{"note", "TEXT", "keep a note, even if it looks like a question", false, false, (*Bot).noteCommand},
		{"undo", "", "take back your last note", true, false, (*Bot).undoLast},
		{"connect", "", "read your own Telegram contacts and chats", true, false, (*Bot).connect},
		{"web", "", "a link that signs you in on the web", true, false, (*Bot).web},
		{"timezone", "CITY", "where you are, so that I know your time", false, false, (*Bot).timezone},
		{"invite", "", "make a link that lets somebody in", false, true, (*Bot).invite},
		{"privacy", "", "what I keep, and where", true, false, (*Bot).privacy},
		{"help", "", "what I can do", true, false, (*Bot).help},
		{"start", "", "how to begin", false, false, (*Bot).start},
		{"cancel", "", "leave a question open", false, false, (*Bot).cancel},
	}
}

// command runs a command. One that an ordinary user may not use does not exist
// for them.
func (b *Bot) command(ctx context.Context, t *turn, name, args string) error {
	for _, r := range routes() {
		if r.name == name && (!r.admin || t.user.Role == core.RoleAdmin) {
			return r.do(b, ctx, t, args)
		}
	}
	return core.Tell(core.ErrNotFound, "I don't know the command /%s. /help shows what I can do.", shorten(name, 32))
}

// helpText lists the commands that the user may use.
func helpText(role core.Role) string {
	var b strings.Builder
	for _, r := range routes() {
		if r.admin && role != core.RoleAdmin {
			continue
		}
		fmt.Fprintf(&b, "/%s", r.name)
		if r.usage != "" {
			b.WriteString(" " + italic(r.usage))
		}
		b.WriteString(" – " + esc(r.about) + "\n")
	}
	return b.String()
}

func (b *Bot) start(ctx context.Context, t *turn, args string) error {
	switch {
	case t.linked:
		return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phraseLinked, Name: t.user.Username}})
	case strings.HasPrefix(args, account.LinkPrefix):
		return core.Tell(core.ErrConflict, "This Telegram account has a Kith account already, and two accounts are never made one.")
	}
	return t.say(ctx, phraseStart)
}

func (b *Bot) help(ctx context.Context, t *turn, _ string) error {
	phrase := phraseHelp
	if t.user.Role == core.RoleAdmin {
		phrase = phraseHelpAdmin
	}
	return t.say(ctx, phrase)
}

func (b *Bot) privacy(ctx context.Context, t *turn, _ string) error { return t.say(ctx, phrasePrivacy) }

// noteCommand keeps what follows /note, whatever it looks like.
func (b *Bot) noteCommand(ctx context.Context, t *turn, args string) error {
	if core.Blank(args) {
		return t.say(ctx, phraseNoteUsage)
	}
	t.text = args
	return b.note(ctx, t)
}

// invite owes a link that lets one person in.
func (b *Bot) invite(ctx context.Context, t *turn, _ string) error {
	return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{
		Phrase: phraseInvite, Sentence: StartLink(b.Username, ""),
	}})
}

// web owes a link that signs the user in on the web.
func (b *Bot) web(ctx context.Context, t *turn, _ string) error {
	return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{
		Phrase: phraseWeb, Sentence: b.Pages + "/sign-in#",
	}})
}

// timezone sets the user's time zone, or tells which it is.
func (b *Bot) timezone(ctx context.Context, t *turn, place string) error {
	zone := t.user.Location()
	if !core.Blank(place) {
		var err error
		if zone, err = account.SetTimezone(ctx, t.tx, t.user.ID, place); err != nil {
			return err
		}
	}
	return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phraseTimezone, Name: zone.String()}})
}

// linkScreen shows a link with a code. The code is made as it is shown, so that
// no row of what is owed has it.
func (s *Sender) linkScreen(ctx context.Context, m core.Message) (screen, error) {
	code, err := s.code(ctx, m)
	m.Args.Sentence += code
	return phraseScreen(m.Args), err
}

func (s *Sender) code(ctx context.Context, m core.Message) (string, error) {
	if m.Args.Phrase == phraseInvite {
		return account.Invite(ctx, s.store, core.RoleUser, m.UserID)
	}
	return account.SignInCode(ctx, s.store, m.UserID)
}

// StartLink returns the address that starts a chat with the bot by a code.
func StartLink(username, code string) string {
	return "https://t.me/" + username + "?start=" + code
}

// undoLast takes the user's latest note back.
func (b *Bot) undoLast(ctx context.Context, t *turn, _ string) error {
	note, undone, err := capture.UndoLast(ctx, t.tx, t.user.ID)
	switch {
	case err != nil:
		return err
	case !undone:
		return t.say(ctx, phraseNothingToUndo)
	}
	return t.owe(ctx, core.Message{Kind: core.MessagePhrase, NoteID: note.ID, Args: core.MessageArgs{
		Phrase: phraseUndone, Name: shorten(note.Text, 80),
	}})
}
