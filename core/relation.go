package core

import "strings"

// inverses says what the other is to somebody who is that to them. A relation
// that both are to each other is its own inverse.
var inverses = map[string]string{
	"parent": "child", "mother": "child", "father": "child", "mum": "child", "mom": "child", "dad": "child",
	"child": "parent", "son": "parent", "daughter": "parent",
	"sibling": "sibling", "brother": "sibling", "sister": "sibling", "twin": "twin",
	"half-brother": "half-sibling", "half-sister": "half-sibling", "half-sibling": "half-sibling",
	"spouse": "spouse", "husband": "spouse", "wife": "spouse", "partner": "partner", "fiancé": "fiancée", "fiancée": "fiancé",
	"boyfriend": "partner", "girlfriend": "partner", "ex": "ex", "ex-husband": "ex", "ex-wife": "ex", "ex-partner": "ex",
	"grandparent": "grandchild", "grandmother": "grandchild", "grandfather": "grandchild",
	"grandchild": "grandparent", "grandson": "grandparent", "granddaughter": "grandparent",
	"aunt": "niece or nephew", "uncle": "niece or nephew", "aunt or uncle": "niece or nephew",
	"niece": "aunt or uncle", "nephew": "aunt or uncle", "niece or nephew": "aunt or uncle",
	"cousin": "cousin", "relative": "relative",
	"stepparent": "stepchild", "stepmother": "stepchild", "stepfather": "stepchild",
	"stepchild": "stepparent", "stepson": "stepparent", "stepdaughter": "stepparent",
	"stepbrother": "stepsibling", "stepsister": "stepsibling", "stepsibling": "stepsibling",
	"parent-in-law": "child-in-law", "mother-in-law": "child-in-law", "father-in-law": "child-in-law",
	"child-in-law": "parent-in-law", "son-in-law": "parent-in-law", "daughter-in-law": "parent-in-law",
	"brother-in-law": "sibling-in-law", "sister-in-law": "sibling-in-law", "sibling-in-law": "sibling-in-law",
	"godparent": "godchild", "godmother": "godchild", "godfather": "godchild",
	"godchild": "godparent", "godson": "godparent", "goddaughter": "godparent",
	"manager": "report", "boss": "report", "report": "manager", "employer": "employee", "employee": "employer",
	"mentor": "mentee", "mentee": "mentor", "teacher": "student", "student": "teacher", "coach": "client", "client": "provider",
	"provider": "client", "doctor": "patient", "patient": "doctor", "landlord": "tenant", "tenant": "landlord",
	"friend": "friend", "best friend": "best friend", "colleague": "colleague", "coworker": "coworker", "neighbour": "neighbour",
	"neighbor": "neighbor", "roommate": "roommate", "flatmate": "flatmate", "classmate": "classmate", "teammate": "teammate",
	"business partner": "business partner", "co-founder": "co-founder", "acquaintance": "acquaintance",
}

// InverseOf returns what the other is to somebody who is label to them, and
// reports whether that is known: "parent" gives "child", "parent of" "child of".
func InverseOf(label string) (string, bool) {
	word, of := strings.CutSuffix(strings.ToLower(label), " of")
	inverse, known := inverses[word]
	if known && of {
		inverse += " of"
	}
	return inverse, known
}
