package analysis

import "testing"

func TestQuote(t *testing.T) {
	t.Parallel()
	p := newPage("Ana’s  “best” friend\nÉlise — a\u00a0DOCTOR… from İzmir. 田中さん said so \u202Ereally\u202C.")
	for _, test := range []struct {
		words, piece string
		exact        bool
	}{
		{"“best” friend", "“best” friend", true},
		{"  friend ", "friend", true},
		{"ana's \"BEST\" friend élise - a doctor...", "Ana’s  “best” friend\nÉlise — a\u00a0DOCTOR…", false},
		{"friend Élise", "friend\nÉlise", false},
		{`"a doctor"`, "a\u00a0DOCTOR", false},
		{"a doctor... from", "a\u00a0DOCTOR… from", false},
		{"a doctor.. from", "", false},
		{"So really", "so \u202Ereally", false},
		{"izmir", "İzmir", false},
		{"田中さん", "田中さん", true},
		{"a nurse", "", false},
		{"...", "", false},
		{"", "", false},
		{" \n", "", false},
		{"\xff", "", false},
	} {
		piece, found, exact := p.quote(test.words)
		if piece != test.piece || exact != test.exact || found != (test.piece != "") {
			t.Errorf("quote(%q) = %q, %v, %v; want %q, exact %v", test.words, piece, found, exact, test.piece, test.exact)
		}
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	p := newPage("Saw Anabel, then ANA’s mum and Jean-Luc\nPicard with 田中さん; Zoë2, 42")
	for name, want := range map[string]string{
		"Ana":             "ANA",
		"Anabel":          "Anabel",
		"Jean-Luc Picard": "Jean-Luc\nPicard",
		"Luc":             "Luc",
		"田中":              "田中",
		"Zoë":             "",
		"Bob":             "",
		"Sa":              "",
		"42":              "",
		"":                "",
	} {
		if got, ok := p.name(name); got != want || ok != (want != "") {
			t.Errorf("name(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
}

func TestPageOfBrokenText(t *testing.T) {
	t.Parallel()
	p := newPage("a\xffb \xf0\x9f Ana")
	if got, ok := p.name("ana"); got != "Ana" || !ok {
		t.Errorf("found %q", got)
	}
}
