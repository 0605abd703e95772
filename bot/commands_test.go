package bot

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"/note Ana likes tea":           {"note", "Ana likes tea"},
		"/note@KithBot Ana likes tea":   {"note", "Ana likes tea"},
		"/NOTE@kithbot Ana":             {"note", "Ana"},
		"/note\nAna likes tea\n":        {"note", "Ana likes tea"},
		"/note\tAna":                    {"note", "Ana"},
		"/note":                         {"note", ""},
		"/note   ":                      {"note", ""},
		"/start ABC":                    {"start", "ABC"},
		"/nonsense x":                   {"nonsense", "x"},
		"/note@OtherBot Ana likes tea":  {},
		"/@KithBot":                     {},
		"/":                             {},
		"/ note":                        {},
		"note":                          {},
		"":                              {},
		" /note Ana":                    {},
		"Ana's number is 1/2":           {},
		"/note Ana@KithBot likes /help": {"note", "Ana@KithBot likes /help"},
	} {
		if name, args := command(text, "KithBot"); name != want[0] || args != want[1] {
			t.Errorf("%q is command %q with %q, want %q with %q", text, name, args, want[0], want[1])
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, text := range []string{"/note@KithBot x", "/", "/@", "/a@b@c", "/note\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, args := command(text, "KithBot")
		if strings.ContainsAny(name, " \n\t@") || args != strings.TrimSpace(args) || name != "" && text[0] != '/' {
			t.Errorf("%q is command %q with %q", text, name, args)
		}
	})
}

// What is routed, what /help shows and what the menu offers are one.
func TestRoutesHelpAndMenuAgree(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	seen, inMenu := map[string]bool{}, map[string]string{}
	for _, c := range menu() {
		inMenu[c.Command] = c.Description
	}
	for _, r := range routes() {
		if !name.MatchString(r.name) || seen[r.name] || r.do == nil || r.about == "" || utf8.RuneCountInString(r.about) > 256 {
			t.Errorf("/%s is a command that Telegram would not take, or is there twice", r.name)
		}
		seen[r.name] = true
		for _, role := range []core.Role{core.RoleUser, core.RoleAdmin} {
			shown := regexp.MustCompile(`(?m)^/` + r.name + `\b.* – ` + regexp.QuoteMeta(esc(r.about)) + `$`).MatchString(helpText(role))
			if want := !r.admin || role == core.RoleAdmin; shown != want {
				t.Errorf("/help shows /%s to a %s: %v, want %v", r.name, role, shown, want)
			}
		}
		if _, ok := inMenu[r.name]; ok != r.inMenu || r.inMenu && r.admin {
			t.Errorf("/%s is in the menu: %v, want %v, and nothing there that is for admins alone", r.name, ok, r.inMenu)
		}
	}
	if n := len(inMenu); n < 6 || n > 10 {
		t.Errorf("the menu has %d commands, want about eight", n)
	}
}

func TestEveryPhraseHasWords(t *testing.T) {
	t.Parallel()
	for _, phrase := range []string{
		phraseStart, phraseHelp, phraseHelpAdmin, phrasePrivacy, phraseNoteUsage, phraseWhoUsage, phraseFindUsage, phraseRemindUsage, phraseInvite, phraseWeb, phraseLinked,
		phraseConnect, phraseTypedCode, phraseTypedPassword, core.PhraseSync, core.PhraseAccountLinked, core.PhraseAccountEnded, core.PhraseAccountUnlinked, core.PhraseAccountForgotten,
		phraseUndone, phraseNothingToUndo, phraseNothingOpen, phraseCancelled, phraseSticker, phraseLocation, phraseVoice, phraseFile,
		phraseWordless, phraseNobody, phraseSentence, phraseThanks, phraseTimezone, phraseHello, phraseFine,
	} {
		args := core.MessageArgs{Phrase: phrase, Sentence: "<S> & co", Name: "<N>", Ref: "REF"}
		s := phraseScreen(args)
		if strings.Contains(s.text, "REF") || s.text == "" {
			t.Errorf("%s has no words of its own", phrase)
		}
		sound(t, phrase, s.text, maxUnits, []string{s.text})
		for _, row := range s.buttons {
			for _, b := range row {
				if utf8.RuneCountInString(b.label) > 40 {
					t.Errorf("%s has a button that is too wide for a phone: %s", phrase, b.label)
				}
			}
		}
	}
	for _, phrase := range []string{phraseSorry, "of_another_kith"} {
		if got := phraseText(core.MessageArgs{Phrase: phrase, Ref: "REF"}); !strings.Contains(got, "REF") {
			t.Errorf("%s gives no reference: %s", phrase, got)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"Ana", 3, "Ana"}, {"Anna", 3, "An…"}, {"An na", 4, "An…"}, {"😀😀😀", 2, "😀…"}, {"", 5, ""},
	} {
		if got := shorten(test.text, test.limit); got != test.want {
			t.Errorf("%q within %d is %q, want %q", test.text, test.limit, got, test.want)
		}
	}
}

func TestPager(t *testing.T) {
	t.Parallel()
	row := pager("page", 1, 7)
	if row[0].ids[0] != 0 || row[1].label != "2/7" || row[1].ids[0] != 1 || row[2].ids[0] != 2 {
		t.Errorf("the second of seven pages has %v", row)
	}
	if row := pager("page", 6, 7); row[2].ids[0] != 6 {
		t.Errorf("the last page leads on to %d", row[2].ids[0])
	}
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	none := screen{}
	if got := none.markup(7); got.InlineKeyboard == nil || len(got.InlineKeyboard) != 0 {
		t.Errorf("a screen without buttons has %v, want an empty keyboard, which removes an old one", got.InlineKeyboard)
	}
	s := screen{}
	s.row()
	s.row(button("Undo", "undo"), button(strings.Repeat("x", 50), "pick", 1, 35))
	got := s.markup(36).InlineKeyboard
	want := []models.InlineKeyboardButton{
		{Text: "Undo", CallbackData: "10:undo"}, {Text: strings.Repeat("x", 39) + "…", CallbackData: "10:pick:1:z"},
	}
	if len(got) != 1 || !slices.EqualFunc(got[0], want, func(a, b models.InlineKeyboardButton) bool {
		return a.Text == b.Text && a.CallbackData == b.CallbackData
	}) {
		t.Errorf("the keyboard is %v, want %v", got, want)
	}
}
