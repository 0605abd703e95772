package rules

import "testing"

func TestContinues(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"Loves sailing":                              true,
		"moved to Porto":                             true,
		"likes strong coffee":                        true,
		"she moved":                                  true,
		"She's vegetarian, her sister too":           true,
		"His birthday is 4 May":                      true,
		"Just got promoted":                          true,
		"Yesterday moved to Rome":                    true,
		"Works at Google, her boss is strict":        true,
		"Nurse at Charité":                           true,
		"Vegan":                                      true,
		"vegan, two kids":                            true,
		"allergic to nuts":                           true,
		"Doesn't drink":                              true,
		"No longer works at Google":                  true,
		"Had a baby":                                 true,
		"Used to live in Paris":                      true,
		"Birthday 3 May":                             true,
		"two kids":                                   true,
		"+49 170 1234567":                            true,
		"ana@example.com":                            true,
		"moved in with her boyfriend":                true,
		"Loves Taylor Swift":                         true,
		"I told her about the flat":                  true,
		"Send her the architect's number by Friday":  true,
		"Call back on Friday":                        true,
		"Met at the fair in 2019":                    true,
		"We met through work":                        true,
		"Lunch was great, she is moving to Porto":    true,
		"apparently pregnant":                        true,
		"From Brazil":                                true,
		"Fluent in Polish":                           true,
		"Not married":                                true,
		"Mom called. She had knee surgery last week": false,
		"My boss is leaving, he found another job":   false,
		"Wife got a raise":                           false,
		"Sofia's email is sofia@rossi.it, she's vegetarian": false,
		"sofia moved to rome":                               false,
		"Zbyszko likes tea":                                 false,
		"<b>Bob Hall</b> likes tea":                         false,
		"I am allergic to nuts":                             false,
		"I'm tired":                                         false,
		"We had dinner":                                     false,
		"The plumber costs 40 euros":                        false,
		"Plumber costs 40 euros":                            false,
		"The plumber came, he was late":                     false,
		"Had lunch with the plumber, he is moving":          false,
		"Met a guy at the fair, he sells boats":             false,
		"Call the dentist tomorrow":                         false,
		"call mom tmrw":                                     false,
		"Buy milk":                                          false,
		"Shopping: milk":                                    false,
		"Monday is a holiday":                               false,
		"Прия переехала в Берлин":                           false,
		"プリヤは東京に住んでいます":                                     false,
		"بريا تعيش في برلين":                                false,
		"Priya ist nach Berlin gezogen":                     false,
		"":                                                  false,
		"🎉":                                                 false,
	}
	for text, want := range tests {
		if got := Continues(text); got != want {
			t.Errorf("Continues(%q) = %t, want %t", text, got, want)
		}
	}
}
