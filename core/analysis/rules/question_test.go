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
	}
	for text, want := range tests {
		if got := Question(text); got != want {
			t.Errorf("Question(%q) = %t, want %t", text, got, want)
		}
	}
}
