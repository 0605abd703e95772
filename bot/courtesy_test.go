package bot

import "testing"

func TestCourtesy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"thanks": phraseThanks, "Thank you!": phraseThanks, "thank you so much 🙏": phraseThanks, "Ok, thanks": phraseThanks, "thx": phraseThanks,
		"ok": phraseFine, "OK.": phraseFine, "cool": phraseFine, "lol": phraseFine, "Haha 😂": phraseFine, "got it, Kith": phraseFine,
		"Hello!": phraseHello, "hi 👋": phraseHello, "Good morning, Kith": phraseHello, "hey there": phraseHello,
		"bye": phraseFine, "Good night!": phraseFine, "never mind": phraseFine, "no worries": phraseFine,
		"hi Ana": "", "good morning run with Ana": "", "Hey, Ana moved": "", "see you at Ana's": "", "morning coffee": "",
		"thanks Ana": "", "Ana says thanks": "", "cool guy": "", "nice to see Ana": "", "ok with Ana": "", "Nice, France": "",
		"not ok": "", "ok 5": "", "thanks for nothing, Ben": "", "no": "", "Kay": "", "": "", "👍": "",
	} {
		if got := courtesy(text); got != want {
			t.Errorf("%q is answered with %q, want %q", text, got, want)
		}
	}
}
