package analysis

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/llm"
)

// maxTokens is how long a model's answer may be: a page of facts.
const maxTokens = 4096

//go:embed prompt.txt
var instructions string

// material is what a model is given to read. As JSON, no note can break out of
// its place.
type material struct {
	SaidAt    string   `json:"said_at"`
	Weekday   string   `json:"weekday"`
	Zone      string   `json:"zone"`
	WrittenBy string   `json:"written_by"`
	Known     []string `json:"known_people"`
	Others    []string `json:"other_names"`
	Note      string   `json:"note"`
}

// request returns what to ask a model about n.
func request(n Note) (llm.Request, error) {
	m := material{
		SaidAt: n.At.Format(time.RFC3339), Weekday: n.At.Weekday().String(), Zone: n.At.Location().String(),
		WrittenBy: "the user", Known: []string{}, Others: []string{}, Note: n.Text,
	}
	switch {
	case n.Chat:
		m.WrittenBy = fmt.Sprintf("%s and the user, in a chat; what the user said begins with %q", n.Author, core.ChatUser+": ")
	case n.Author != "":
		m.WrittenBy = n.Author + ", not the user"
	}
	for _, mention := range rules.Mentions(n.Text, n.Known) {
		names := &m.Others
		if mention.Known {
			names = &m.Known
		}
		if !slices.Contains(*names, mention.Name) {
			*names = append(*names, mention.Name)
		}
	}
	prompt, err := llm.Material(m)
	if err != nil {
		return llm.Request{}, err
	}
	return llm.Request{
		Operation: "extract",
		System:    system(),
		Prompt:    prompt,
		Schema:    answerSchema(),
		MaxTokens: maxTokens,
	}, nil
}

// system returns the instructions with the categories and slots in their place.
func system() string {
	var categories, slots strings.Builder
	for _, c := range core.Categories() {
		fmt.Fprintf(&categories, "- %s: %s\n", c.Name(), meanings[c])
	}
	for _, s := range slotMeanings {
		fmt.Fprintf(&slots, "- %s: %s\n", s.slot, s.meaning)
	}
	return strings.NewReplacer("{{categories}}\n", categories.String(), "{{slots}}\n", slots.String()).Replace(instructions)
}

var meanings = map[core.Category]string{
	core.Actionable:           "something the user is to do or has promised",
	core.Goals:                "what the person wants to reach",
	core.RelationshipStrategy: "how the user wants to deal with the person",
	core.Social:               "family, partner, friends, pets, occasions with others",
	core.Wellbeing:            "health, mood, diet, allergies",
	core.Avocation:            "hobbies, sport, music, books, what they like to do",
	core.Professional:         "work, employer, skills, education",
	core.Environment:          "where and how they live, moves, travels, possessions",
	core.Psychology:           "character, beliefs, what matters to them, what they dislike",
	core.Communication:        "how they talk and like to be reached",
	core.Challenges:           "what is hard for them, what they are learning",
	core.Insights:             "what lies behind what they say or do",
	core.Financial:            "money, debts, purchases",
	core.Admin:                "papers, addresses, numbers, formalities",
	core.Patterns:             "what they do again and again",
	core.Identity:             "birthday, origin, languages, faith",
	core.Gaps:                 "what the user does not know yet and wants to find out",
	core.Anchors:              "how and where the user met them, what to recognize them by",
	core.Positionality:        "their standing, influence and whom they know",
	core.Others:               "anything else worth remembering",
}

var slotMeanings = []struct {
	slot    core.Slot
	meaning string
}{
	{core.SlotHome, `where they live now; value: the place, "" when they left it`},
	{core.SlotEmployer, `where they work now; value: the employer, "" when they left it`},
	{core.SlotBirthday, "their birthday; value: empty, the date goes into birthday"},
	{core.SlotEmail, "value: the e-mail address"},
	{core.SlotPhone, "value: the phone number"},
	{core.SlotURL, "value: the web address"},
	{core.SlotKin, "a relative; value: the relative's name"},
	{core.SlotPlace, "a place that matters but is not their home yet: where they come from, where they are moving to; value: the place"},
	{core.SlotLike, "value: what they like"},
	{core.SlotDislike, "value: what they dislike"},
	{core.SlotAllergy, "value: what they must not have"},
	{noSlot, "anything else; value: empty"},
}

// noSlot stands for core.SlotNone, because Gemini refuses an empty choice.
const noSlot core.Slot = "none"
