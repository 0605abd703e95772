package bot

import "testing"

func TestCourtesy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"thanks": phraseThanks, "Thank you!": phraseThanks, "thank you so much 🙏": phraseThanks, "Ok, thanks": phraseThanks, "thx": phraseThanks,
		"ok": phraseFine, "OK.": phraseFine, "cool": phraseFine, "lol": phraseFine, "Haha 😂": phraseFine, "got it, Kith": phraseFine,
		"Hello!": phraseHello, "hi 👋": phraseHello, "Good morning, Kith": phraseHello, "hey there": phraseHello,
		"bye": phraseFine, "Good night!": phraseFine, "never mind": phraseFine, "no worries": phraseFine,
		"how are you?": phraseHello, "Hi there, how are you?": phraseHello, "What’s up?": phraseHello, "Hey Kith! How are you doing?": phraseHello,
		"Who are you?": phraseHelp, "what can you do": phraseHelp, "How do you work?": phraseHelp, "how does this work?": phraseHelp,
		"how do reminders work?": phraseHelp, "help": phraseHelp, "Help!": phraseHelp, "hi, what can you do?": phraseHelp,
		"sorry": phraseFine, "Nice to meet you!": phraseFine, "test": phraseFine, "Testing…": phraseFine,
		"how is Ana?": "", "what's up today?": "", "who are Ana's kids?": "", "what can you tell me about Ana?": "", "help Ana move": "", "how does Ana work?": "",
		"sorry to hear that Ana is ill": "", "nice to meet Ana": "", "test on Friday": "", "who is this?": "", "what do you know about Ana?": "",
		"hi Ana": "", "good morning run with Ana": "", "Hey, Ana moved": "", "see you at Ana's": "", "morning coffee": "",
		"thanks Ana": "", "Ana says thanks": "", "cool guy": "", "nice to see Ana": "", "ok with Ana": "", "Nice, France": "",
		"not ok": "", "ok 5": "", "thanks for nothing, Ben": "", "no": "", "Kay": "", "": "", "👍": "",
	} {
		if got := courtesy(text); got != want {
			t.Errorf("%q is answered with %q, want %q", text, got, want)
		}
	}
}
