package rules

import "strings"

// A clause is a part of a sentence that says one thing.
type clause struct {
	words  []word
	text   string // the note's words, which make the quote
	start  int    // of text in the note, in bytes
	silent bool   // a question, or somebody's words in quotation marks
	fresh  bool   // the first of its sentence
	comma  bool   // follows a comma, a dash or a line break, not "and"
	who    bool   // starts with "who", about the last person named
	ask    *request
}

// clauses cuts a note into its clauses. Where it asks for reminders, those are
// read also where they are questions.
func clauses(text string, spots []named, asks bool) []clause {
	var all []clause
	asks = asks && mayRequest.MatchString(text)
	for _, s := range sentences(text, spots) {
		cut := cutter{text: text, spots: spots, silent: s.silent, asks: asks && !s.quoted, end: s.end}
		cut.words = offset(split(text[s.start:s.end]), s.start)
		cut.names = cut.namesOfWords()
		cut.silent = s.silent || madeUp(cut.words)
		all = append(all, cut.all()...)
	}
	return all
}

// madeUp reports whether a sentence starts by saying that it is not real: "I
// dreamt that".
func madeUp(words []word) bool {
	for _, w := range words[:min(3, len(words))] {
		if madeUpWords[w.low] {
			return true
		}
	}
	return false
}

var madeUpWords = set("dreamt dreamed imagine pretend suppose hypothetically")

func offset(words []word, by int) []word {
	for i := range words {
		words[i].start += by
		words[i].end += by
		words[i].full += by
	}
	return words
}

type sentence struct {
	spot
	silent bool
	quoted bool
}

// sentences cuts at full stops, line breaks and quotation marks, but within no
// name. What is asked, or said by somebody in quotation marks, is silent.
func sentences(text string, spots []named) []sentence {
	var all []sentence
	start := 0
	quoted := false
	flush := func(end int, silent bool) {
		if strings.TrimSpace(text[start:end]) != "" {
			all = append(all, sentence{spot{start, end}, silent, quoted})
		}
	}
	for i, r := range text {
		for len(spots) > 0 && spots[0].end <= i {
			spots = spots[1:]
		}
		switch {
		case len(spots) > 0 && spots[0].start < i:
		case r == '"' || r == '“' || r == '”' || r == '«' || r == '»':
			closing := quoted
			if !closing && !closes(text[i:], r) {
				continue
			}
			flush(i, closing && strings.Count(text[start:i], " ") > 1)
			start, quoted = i, !closing
		case r == '?':
			flush(i, true)
			start = i
		case strings.ContainsRune(".!;\n…", r) && endsAt(text, i, r):
			flush(i, quoted)
			start = i
			if r == '\n' {
				quoted = false
			}
		}
	}
	flush(len(text), quoted)
	return all
}

// closes reports whether the quotation mark at the start of text is closed in its line.
func closes(text string, r rune) bool {
	line, _, _ := strings.Cut(text[len(string(r)):], "\n")
	return strings.ContainsAny(line, "\"”»")
}

// endsAt reports whether the mark at i ends a sentence: not "Dr. Lee", "3.5".
func endsAt(text string, i int, r rune) bool {
	if r != '.' {
		return true
	}
	if i+1 < len(text) && !strings.ContainsAny(text[i+1:i+2], " \n\t\"”)") {
		return false
	}
	from := strings.LastIndexAny(text[:i], " \n\t(") + 1
	w := strings.ToLower(text[from:i])
	return !titles[w] && !abbreviations[w] && (len(w) != 1 || w == "i" || w[0] >= '0' && w[0] <= '9')
}

var abbreviations = set("st jr vs e.g i.e etc approx no tel jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m inc ca")

// A cutter cuts one sentence into clauses.
type cutter struct {
	text   string
	words  []word
	spots  []named
	silent bool
	asks   bool  // may have requests
	end    int   // of the sentence
	names  []int // of each word: the spot it is part of, or -1
}

// namesOfWords finds the spot that each word is part of.
func (c cutter) namesOfWords() []int {
	names := make([]int, len(c.words))
	n := 0
	for i, w := range c.words {
		for n < len(c.spots) && c.spots[n].end <= w.start {
			n++
		}
		names[i] = -1
		if n < len(c.spots) && c.spots[n].start <= w.start && w.end <= c.spots[n].end {
			names[i] = n
		}
	}
	return names
}

func (c cutter) all() []clause {
	var all []clause
	onlyNames := true
	from, i, ask := c.request(0)
	for i++; i < len(c.words); i++ {
		onlyNames = onlyNames && (linkWords[c.words[i-1].low] || c.names[i-1] >= 0)
		if skip, ok := c.opens(i); ok && !(onlyNames && c.goesOn(i)) && !(ask != nil && c.runsOn(i)) {
			all = append(all, c.clause(from, i, ask))
			from, onlyNames = i, true
			for range skip {
				onlyNames = onlyNames && (linkWords[c.words[i].low] || c.names[i] >= 0)
				i++
			}
			var at int
			if from, at, ask = c.request(from); ask != nil {
				i = at
			}
		}
	}
	if from < len(c.words) {
		all = append(all, c.clause(from, len(c.words), ask))
	}
	return all
}

// runsOn reports whether word i follows the one before without a mark or a
// link: what is to be done goes on, as in "to tell Tom that Ana moved".
func (c cutter) runsOn(i int) bool {
	return strings.TrimSpace(c.words[i-1].after) == "" && !linkWords[c.words[i].low]
}

// request reads the request that may start at word from. It returns where its
// clause starts and the word that what is to be done starts with. "Remind me
// that" only leads to what the user tells.
func (c cutter) request(from int) (start, at int, ask *request) {
	if !c.asks || from >= len(c.words) {
		return from, from, nil
	}
	q, ok := readRequest(c.text[c.words[from].start:c.end])
	if !ok {
		return from, from, nil
	}
	q.start += c.words[from].start
	for at = from; at < len(c.words)-1 && c.words[at].start < q.start; at++ {
	}
	if q.link == "that" && q.moment == "" && !q.bare {
		from = at
	}
	return from, at, &q
}

// goesOn reports whether a list of names goes on at word i: "Ana and Mike live".
func (c cutter) goesOn(i int) bool {
	if strings.ContainsAny(c.words[i-1].after, ".;:") || c.names[i-1] < 0 {
		return false
	}
	link := linkWords[c.words[i].low] && c.words[i].low != "but"
	if andKin(c.words[i:]) > 0 {
		return true
	}
	_, named := c.spotAt(i + boolInt(link))
	return named && (link || strings.ContainsAny(c.words[i-1].after, "&+") || c.andAhead(i))
}

// andKin reads "and her husband Paul" and returns how many words that is, or 0.
func andKin(ws []word) int {
	if len(ws) < 3 || ws[0].low != "and" || !owners[ws[1].low] {
		return 0
	}
	n := 2
	for n < len(ws) && n < 4 && describing[ws[n].low] {
		n++
	}
	if n == len(ws) || !kin[ws[n].low] || ws[n].possessive {
		return 0
	}
	if n++; n < len(ws) && isKinName(ws[n]) {
		n++
	}
	return n
}

// andAhead reports whether a list of names that goes on at word i has its "and".
func (c cutter) andAhead(i int) bool {
	for i < len(c.words) && c.names[i] >= 0 {
		i++
	}
	return i < len(c.words) && c.words[i].low == "and"
}

func (c cutter) clause(from, to int, ask *request) clause {
	ws := c.words[from:to]
	start, end := ws[0].start, ws[len(ws)-1].full
	for _, sign := range []string{"€", "%", "£", "$", ")"} {
		if strings.HasPrefix(c.text[end:], sign) && (sign != ")" || strings.Contains(c.text[start:end], "(")) {
			end += len(sign)
		}
	}
	if start > 0 && strings.IndexByte("@+", c.text[start-1]) >= 0 {
		start--
	}
	cl := clause{words: ws, start: start, text: c.text[start:end], silent: c.silent && ask == nil, fresh: from == 0, ask: ask}
	if from > 0 {
		cl.comma = strings.TrimSpace(c.words[from-1].after) != ""
		cl.who = ws[0].low == "who" || ws[0].low == "whose"
	}
	return cl
}
