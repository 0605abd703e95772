package rules

import "testing"

func TestQuestion(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"When did I last talk to Mike?":         true,
		"Who do I know in Lisbon":               true,
		"who works at stripe":                   true,
		"What did I promise Ana":                true,
		"Whose birthday is next":                true,
		"Find Ana's number":                     true,
		"show people in Berlin":                 true,
		"list everyone at Google":               true,
		"tell me about Ana":                     true,
		"Tell Ana about the party":              false,
		"does ana like sushi":                   true,
		"Is Ana allergic to nuts":               true,
		"Is it me or does Ana look tired?":      true,
		"Ana moved to Porto?":                   true,
		"my to-dos":                             true,
		"My open to-dos this week":              true,
		"my to-do list":                         true,
		"My to-do list is too long":             false,
		"my tasks for Ana: send the deck":       false,
		"Birthdays in May":                      true,
		"birthdays this week":                   true,
		"upcoming birthdays":                    true,
		"Birthday tomorrow":                     false,
		"birthdays in May are the best":         false,
		"todos":                                 false,
		"todo: call Ana":                        false,
		"Will moved to Berlin":                  false,
		"Will you remind me":                    true,
		"Will Ana come on Friday":               true,
		"Will called yesterday":                 false,
		"Will Smith is vegan":                   false,
		"Will Smith's birthday is 4 May":        false,
		"Will Smith no longer works at Google":  false,
		"Will Smith be at the party":            true,
		"Will Ana quit her job":                 true,
		"How nice: Ana got married!":            false,
		"How old is Ana":                        true,
		"What a day! Ana got married":           false,
		"Had lunch with Ana":                    false,
		"Had Ana over for dinner":               false,
		"Has a new job":                         false,
		"Is a nurse":                            false,
		"Can't stand cilantro, Ana":             false,
		"When I met Ana, she lived in Rome":     false,
		"Where does Mike live":                  true,
		"Find out what Ana likes":               false,
		"Who":                                   true,
		"":                                      false,
		"🎉":                                     false,
		"Coffee with Ana Torres":                false,
		"Did I send her the number":             true,
		"how many kids does Ana have":           true,
		"Which restaurant did Mike recommend":   true,
		"Are Ana and Mike married":              true,
		"Have you seen Ana":                     true,
		"Have to call Mike on Friday":           false,
		"Was at Ana's party":                    false,
		"Should call Ana":                       false,
		"Why":                                   true,
		"Whose coat is this":                    true,
		"What's Ana's number":                   true,
		"Wedding on Friday, what should I wear": false,

		"my reminders":             true,
		"Reminders for tomorrow":   true,
		"reminders on Friday":      true,
		"my agenda":                true,
		"anything for today":       true,
		"anything to do on Friday": true,
		"Anything goes with Ana":   false,
		"My agenda is full":        false,
		"Reminders annoy Ana":      false,

		"Can you remind me to call Paul Simon at 10pm?":          false,
		"can you remind me to call Paul":                         false,
		"Could you please remind me tomorrow to call Paul?":      false,
		"Will you remind me on Friday at 9 to call Paul?":        false,
		"Can you remind me to call Paul? Thanks":                 false,
		"Ana is ill. Can you remind me to call her?":             false,
		"Would you remind me?":                                   true,
		"Can you remind me of Tom's number?":                     true,
		"Can you remind me when Ana's birthday is?":              true,
		"Can you remind me what Tom likes":                       true,
		"Remind me who Ana is":                                   true,
		"Remind me when Ana comes back":                          false,
		"Did you remind me to call Paul?":                        true,
		"What did I ask you to remind me of?":                    true,
		"Should I remind Tom?":                                   true,
		"Paul asked: can you remind me?":                         true,
		"How do I get you to remind me to call Paul?":            true,
		"Who told you to remind me? Can you remind me of lunch?": true,
	}
	for text, want := range tests {
		if got := Question(text); got != want {
			t.Errorf("Question(%q) = %t, want %t", text, got, want)
		}
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"remind me": true, "Remind me!": true, "remind me to": true, "remind me tomorrow": true, "Remind me tomorrow at 9.": true, "remind me of something": true,
		"Can you remind me?": true, "could you remind me to do something tomorrow": false, "please remind me later": true, "remind me every Sunday": true,
		"Set a reminder": true, "set a reminder for tomorrow": true, "reminder": true, "don't let me forget": true, "remind me please": true, "remind me about": true,
		"remind me to call Ana": false, "remind me tomorrow to call Ana": false, "remind me of Ana": false, "remind Ana": false, "remind me Ana": false,
		"Reminders": false, "my reminders": false, "": false, "🎉": false, "let me forget": false, "it reminds me": false,
	} {
		if got := Unfinished(text); got != want {
			t.Errorf("Unfinished(%q) = %t, want %t", text, got, want)
		}
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]string{
		"call Tom": "Remind me to call Tom", "me to call Tom": "Remind me to call Tom", "Me To call Tom": "Remind me to call Tom", "to me to  call Tom": "Remind me to call Tom",
		"tomorrow call Tom": "Remind me tomorrow call Tom", "18:00 call Tom": "Remind me 18:00 call Tom", "me on Friday to call Tom": "Remind me on Friday to call Tom",
		"about the meeting on Friday": "Remind me about the meeting on Friday", "that Tom is allergic to nuts": "Remind me that Tom is allergic to nuts",
		"Tom's birthday": "Remind me to Tom's birthday", "meet Tom": "Remind me to meet Tom", "tomorrow": "Remind me tomorrow", "me to": "Remind me ", "call\nTom": "Remind me to call\nTom",
	} {
		if got := Request(what); got != want {
			t.Errorf("Request(%q) = %q, want %q", what, got, want)
		}
	}
}
