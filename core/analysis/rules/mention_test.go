package rules

import (
	"slices"
	"testing"
)

func TestMentions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		known []string
		want  []string
	}{
		{"Coffee with Ana Torres, she moves to Porto in March, her son Leo started piano, send her the architect's number by Friday", nil, []string{"Ana Torres"}},
		{"coffee with ana", []string{"Ana Torres"}, []string{"ana"}},
		{"coffee with ana", nil, []string{"ana"}},
		{"i will call you", []string{"Will Smith"}, nil},
		{"she may come with grace and hope", []string{"May Lee", "Grace Hall", "Hope Diaz"}, nil},
		{"she danced with grace", []string{"Grace Hall"}, nil},
		{"lunch with grace", []string{"Grace Hall"}, []string{"grace"}},
		{"Will moved to Berlin", []string{"Will Smith"}, []string{"Will"}},
		{"Will moved to Berlin", nil, []string{"Will"}},
		{"Will you call Ana?", []string{"Will Smith", "Ana"}, []string{"Ana"}},
		{"Call Will on Friday", []string{"Will Smith"}, []string{"Will"}},
		{"Mark the date", []string{"Mark Twain"}, nil},
		{"Hope she likes it", []string{"Hope Diaz"}, nil},
		{"May likes tea", []string{"May Lee"}, []string{"May"}},
		{"see you in May", []string{"May Lee"}, nil},
		{"the bill was high, art is long", []string{"Bill Gates", "Art Garfunkel"}, nil},
		{"Met Mike at the fair", nil, []string{"Mike"}},
		{"Maya's birthday is 3 May", nil, []string{"Maya"}},
		{"Ana Torres moved to Porto", nil, []string{"Ana Torres"}},
		{"Maya likes tea", nil, []string{"Maya"}},
		{"Zoë called", nil, []string{"Zoë"}},
		{"She moved in Porto, to New York, from Lisbon", nil, nil},
		{"He works at Goldman Sachs", nil, nil},
		{"She joined Stripe", nil, nil},
		{"Happy Birthday", nil, nil},
		{"Great dinner on Friday", nil, nil},
		{"Coffee was great", nil, nil},
		{"She speaks French and loves Taylor Swift", nil, nil},
		{"Bought a Tesla, reads Harry Potter", nil, nil},
		{"Ana's husband Paul joined Stripe", nil, []string{"Ana"}},
		{"my sister Maria moved to Rome", nil, []string{"Maria"}},
		{"My sister Maria moved to Rome", nil, []string{"Maria"}},
		{"Ana said her son Leo plays chess. Leo loves it", nil, []string{"Ana"}},
		{"her son Leo plays chess", []string{"Leo Klein"}, []string{"Leo"}},
		{"Ana and Mike live in Lisbon", nil, []string{"Ana", "Mike"}},
		{"Ana moved to Porto, Mike joined Stripe", nil, []string{"Ana", "Mike"}},
		{"dinner with Ana, Mike and Zoë", nil, []string{"Ana", "Mike", "Zoë"}},
		{"Talked to Sean O'Brien and Marco D'Angelo", nil, []string{"Sean O'Brien", "Marco D'Angelo"}},
		{"Met Jan van der Berg yesterday", nil, []string{"Jan van der Berg"}},
		{"Met María de la Cruz", nil, []string{"María de la Cruz"}},
		{"Lunch with Dr. Sarah Lee", nil, []string{"Sarah Lee"}},
		{"Dr. Lee called", nil, []string{"Lee"}},
		{"Met J. R. Smith", nil, []string{"J. R. Smith"}},
		{"Met Анна Петрова", nil, []string{"Анна Петрова"}},
		{"Call with Jean-Luc", nil, []string{"Jean-Luc"}},
		{"COFFEE WITH ANA TORRES TODAY", []string{"Ana Torres"}, []string{"ANA TORRES"}},
		{"Ana called. Ana Torres is great", nil, []string{"Ana Torres"}},
		{"dinner with @ana_t", nil, []string{"@ana_t"}},
		{"mail ana@example.com", nil, nil},
		{"Ana: moved to Porto", nil, []string{"Ana"}},
		{"Shopping: milk", nil, nil},
		{"she flew to Florence", []string{"Florence Pugh"}, nil},
		{"Call with Google", nil, nil},
		{"Works with Stripe", nil, nil},
		{"Monday was fine", nil, nil},
		{"Sana moved to Rome", nil, []string{"Sana"}},
		{"Bumped into Kofi at the gym", nil, []string{"Kofi"}},
		{"Say hi to Ana", nil, []string{"Ana"}},
		{"Gift for Maya", nil, []string{"Maya"}},
		{"Maya is pregnant", nil, []string{"Maya"}},
		{"Porto is nice", nil, nil},
		{"ana moved to berlin, works at stripe now", []string{"Ana Torres"}, []string{"ana"}},
		{"Sofia's email is sofia@rossi.it, she's vegetarian", nil, []string{"Sofia"}},
		{"Victoria Hall is a lawyer", nil, []string{"Victoria Hall"}},
		{"Jordan Smith likes tea", nil, []string{"Jordan Smith"}},
		{"Florence Nguyen moved to Rome", nil, []string{"Florence Nguyen"}},
		{"April Jones is a nurse", nil, []string{"April Jones"}},
		{"Will Smith is vegan", nil, []string{"Will Smith"}},
		{"May Chen has two kids", nil, []string{"May Chen"}},
		{"Coffee with Jordan", nil, []string{"Jordan"}},
		{"Visited Florence, Georgia and Armenia are nice", nil, nil},
		{"Virginia Beach is great, April was cold", nil, nil},
		{"Kim is my best friend", nil, []string{"Kim"}},
		{"Rita lent me her drill", nil, []string{"Rita"}},
		{"David from work is leaving for Google next month", nil, []string{"David"}},
		{"Remember Nina Kowalski: speaks Polish", nil, []string{"Nina Kowalski"}},
		{"Jean‑Luc Picard likes tea", []string{"Jean-Luc Picard"}, []string{"Jean‑Luc Picard"}},
		{"Sean O’Brien likes tea", []string{"Sean O'Brien"}, []string{"Sean O’Brien"}},
		{"Actually Mike plays the piano", []string{"Mike Chen"}, []string{"Mike"}},
		{"Nope Mike plays the piano", []string{"Mike Chen"}, []string{"Mike"}},
		{"Sadly Mike Chen left", nil, []string{"Mike Chen"}},
		{"Poor Zbyszek broke his leg", nil, []string{"Zbyszek"}},
		{"Emily Stone likes tea", nil, []string{"Emily Stone"}},
		{"I told Kate I'd lend her my bike", nil, []string{"Kate"}},
		{"Mom called", nil, []string{"Mom"}},
		{"lunch with my mom yesterday", nil, []string{"mom"}},
		{"my sister is pregnant", nil, []string{"sister"}},
		{"my sister is pregnant", []string{"Rita Torres", "sister"}, []string{"sister"}},
		{"Mom told Ana", nil, []string{"Ana"}},
		{"Mom told Ana", []string{"Mom"}, []string{"Mom", "Ana"}},
		{"sister act was fun, a dad joked, her mom called, call the grandma", []string{"Mom", "Dad", "Grandma", "sister"}, nil},
		{"MOM CALLED ME TODAY", nil, nil},
		{"Lunch with Elizabeth (Liz) Carter. Liz likes tea", nil, []string{"Elizabeth (Liz) Carter"}},
		{`Robert "Bob" Miller moved to Rome`, nil, []string{`Robert "Bob" Miller`}},
		{"Robert (Bob) Miller likes tea", []string{"Robert Miller"}, []string{"Robert (Bob) Miller"}},
		{"Dinner with Ana (Stripe) and Mike (Porto)", nil, []string{"Ana", "Mike"}},
		{"Lunch with Ana (Monday) Torres was late", nil, []string{"Ana"}},
		{`Ana said "Great" Yesterday`, []string{"Ana"}, []string{"Ana"}},
		{"Thanks to Ana Torres for the help", nil, nil},
	}
	for _, c := range tests {
		var got []string
		for _, m := range Mentions(c.text, c.known) {
			got = append(got, m.Name)
			if c.text[m.Start:m.End] != m.Name {
				t.Errorf("%q: %q is not at %d", c.text, m.Name, m.Start)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Mentions(%q, %q) = %q, want %q", c.text, c.known, got, c.want)
		}
	}
}
