package rules

import "regexp"

// afterPerson reports whether the words before i are followed by a person:
// "coffee with", "I met", "call".
func (f *finder) afterPerson(i int) bool {
	before := f.word(i - 1)
	if before.after != " " && before.after != " @" && before.after != ". " {
		return false
	}
	if titles[before.low] && i > 1 {
		before, i = f.word(i-2), i-1
	}
	two := f.word(i - 2).low
	switch before.low {
	case "with":
		return !withFirms[two]
	case "called":
		return two != "being" && two != "is" && two != "are" && two != "was"
	case "know":
		return two == "i" || two == "we"
	case "met", "meet", "meeting", "saw", "visited", "texted", "phoned", "emailed", "thank", "congratulate", "remind", "tell", "told", "ask", "asked",
		"invite", "invited", "wish", "introduce", "introduced", "dear", "text", "befriended", "promised", "messaged", "thanked", "hugged", "married":
		return true
	case "call", "email", "ping", "message", "phone", "ring", "visit", "see", "pay", "owe", "send", "give", "lend", "buy", "show", "help", "bring", "gave", "sent", "lent", "paid", "owed":
		return i == 1 || f.starts(i-1) || timeWords[two] || clockWord.MatchString(two) || two == "to" || two == "should" || two == "must" || two == "i" || two == "will" || two == "please" || two == "todo"
	case "remember":
		return f.starts(i - 1)
	case "up":
		return two == "pick" || two == "picked" || two == "picking"
	case "to":
		for back := i - 2; back >= i-5; back-- {
			if toPeople[f.word(back).low] {
				return true
			}
		}
		return false
	case "into":
		return two == "ran" || two == "bumped"
	case "name", "named":
		return two == "friend"
	case "about":
		return two == "note" || two == "news"
	case "for":
		return forPeople[two]
	case "from":
		return fromPeople[two]
	}
	return false
}

// timeWords and what clockWord finds say when to do what follows: "tomorrow call
// Ana", "9am call Ana".
var timeWords = set("tomorrow tonight morning noon afternoon evening monday tuesday wednesday thursday friday saturday sunday")

var clockWord = regexp.MustCompile(`^\d{1,2}(?:am|pm|h\d\d)?$|^[ap]m$`)

var withFirms = set(`works work working worked signed interview contract partnered partnering job deal account flies flying banks
	role position internship negotiating internship meetings fine ok okay happy done started obsessed`)

var toPeople = set(`talk talked talking speak spoke speaking write wrote writing send sent give gave introduce introduced present
	lend lent hi hello reply replied explain explained apologise apologize apologized promise promised promises say said listen return returned bring pass forward hand sold gave show explain mention
	listened listening married engaged close next related promised message email call note it report`)

var forPeople = set("gift gifts present presents cake card flowers party book surprise birthday waiting dinner")

var fromPeople = set("letter message call email text gift present news postcard heard hear card flowers regards greetings invitation borrowed note book")

// afterMyKin reports whether word i is a relative of the user, who is a
// person of their own: "my sister Maria".
func (f *finder) afterMyKin(i int) bool {
	at := i - 1
	if f.word(at).after != " " && f.word(at).after != ", " || !kin[f.word(at).low] {
		return false
	}
	for range 3 {
		at--
		switch f.word(at).low {
		case "my", "our":
			return true
		case "old", "best", "good", "new", "dear", "older", "younger", "little", "big", "close", "former", "ex", "school", "uni":
		default:
			return false
		}
	}
	return false
}

// isKin reports whether word i is a relative of somebody else: "her son Leo",
// "Ana's husband Paul", "a daughter called Mia".
func (f *finder) isKin(i int) bool {
	at := i - 1
	if w := f.word(at).low; w == "called" || w == "named" {
		at--
	}
	if low := f.word(at).low; low == "is" || low == "are" || low == "was" {
		at--
	}
	if !kin[f.word(at).low] || f.word(at).after != " " && f.word(at).after != ", " && f.word(at).after != ": " {
		back := i - 2
		if isNumber(f.word(back).low) {
			back-- // "two kids, Leo (5) and Mia (3)"
		}
		return f.word(i-1).low == "and" && f.kin[f.word(back).low]
	}
	for n := range 4 {
		w := f.word(at - 1 - n)
		switch {
		case w.possessive, w.low == "her", w.low == "his", w.low == "their", w.low == "a", w.low == "has", w.low == "have", w.low == "the":
			return true
		case w.low == "my" || w.low == "our" || w.text == "" || f.word(at-1-n).ends():
			return false
		}
	}
	return false
}

func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// isFirm reports whether the words before i are followed by a company:
// "works at", "joined".
func (f *finder) isFirm(i int) bool {
	before, two := f.word(i-1).low, f.word(i-2).low
	switch before {
	case "at":
		return !f.word(i).possessive
	case "for":
		return two == "works" || two == "work" || two == "working" || two == "worked" || two == "freelances"
	case "joined", "joins", "joining", "join", "left", "quit", "quits", "founded", "runs", "leads":
		return i > 1
	}
	return false
}

// isThing reports whether a noun after the n words at i makes them part of
// its name: "met Stripe people", "with Google Cloud".
func (f *finder) isThing(i, n int) bool {
	if before := f.word(i - 1).low; places[f.word(i).low] && (!givenNames[f.word(i).low] || before == "visit" || before == "visited") {
		return true
	}
	if f.word(i + n - 1).possessive {
		return false
	}
	switch f.word(i + n).low {
	case "people", "team", "folks", "guys", "office", "hq", "street", "university", "airport", "inc", "gmbh", "ltd":
		return true
	}
	return f.word(i-1).low == "with" && f.word(i-2).low == "call" && n == 1 && firms[f.word(i).low]
}

// firms are companies that people write about as if they were people.
var firms = set(`google microsoft apple amazon meta facebook netflix stripe tesla uber airbnb twitter linkedin openai nvidia intel ibm sap
	siemens bmw bosch oracle salesforce spotify revolut n26 klarna goldman deloitte mckinsey kpmg accenture bain zoom slack github
	gitlab shopify telegram signal whatsapp windows lufthansa ryanair tap vodafone deutsche ikea lidl aldi zara tiktok youtube reddit
	wise monzo santander commerzbank sparkasse dhl ups fedex bolt lyft zalando allianz axa edp meo nos galp bayer basf volkswagen
	porsche audi mercedes-benz toyota honda dropbox notion figma asana trello jira canva chatgpt claude gemini alexa siri
	gitlab shopify paypal visa mastercard adobe samsung sony nike adidas vodafone telekom`)

// firmEnds end the name of a company or an institution.
var firmEnds = set(`bank group gmbh inc ltd llc university hospital school club hotel college institute airlines energy pharma labs
	station tech beach airport square tower palace studios ventures capital partners systems software museum restaurant cafe bar church council ministry foundation insurance`)

// inList reports whether word i goes on a list of people: "Ana, Mike and Zoë".
func (f *finder) inList(i int) bool {
	before := f.word(i - 1)
	if f.lastEnd == 0 || f.lastEnd > i || f.word(f.lastEnd-1).possessive {
		return false
	}
	switch {
	case f.lastEnd == i && (before.after == " & " || before.after == " + "):
		return true
	case f.lastEnd == i && before.after == ", ":
		return f.listGoesOn(i)
	case before.low == "and" && before.after == " ":
		return f.lastEnd == i-1 && (f.word(i-2).after == " " || f.word(i-2).after == ", ")
	}
	return false
}

// listGoesOn reports whether the list after a comma reaches an "and": in "met
// Ana, Berlin is cold" it does not.
func (f *finder) listGoesOn(i int) bool {
	for n := range 5 {
		w := f.word(i + n)
		if w.low == "and" {
			return n > 0 && f.word(i+n+1).upper()
		}
		if !w.upper() || w.after != " " && w.after != ", " {
			return false
		}
	}
	return false
}

// addressed reports whether a common first name in the middle of a sentence
// is a person's: it owns something or is spoken of.
func (f *finder) addressed(i int) bool {
	switch f.word(i - 1).low {
	case "thanks", "hi", "hello", "congrats", "congratulations", "bye":
		return f.word(i-1).after == " "
	case "about", "without", "than", "by", "like", "miss", "and", "or", "of", "for", "from", "is", "that", "as":
		return f.word(i).possessive || f.word(i-1).low == "without" || f.word(i-1).low == "about" ||
			f.word(i-1).low == "of" && f.word(i-2).low == "me" && f.word(i-3).low == "remind"
	}
	return f.word(i).possessive && f.word(i-1).after == " "
}
