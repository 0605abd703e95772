package recall

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
)

// A Passage is something known that may answer a question.
type Passage struct {
	NoteID int64  // 0 when no note says so, which is no source then
	Who    string // the person it is about; "" when that is nobody, or not known
	Text   string
	At     time.Time // when it was said, in the user's location
}

// An Answer is a sentence or two, made from passages alone.
type Answer struct {
	Text    string
	Sources []int64 // the notes it came from, at least one
	Unknown bool    // reports that the passages do not tell; there is no text then
	Engine  string  // the model that answered
}

// An Answerer has questions answered by the first of its models that can.
type Answerer struct {
	Models  []llm.Model   // in the order to be tried
	Timeout time.Duration // for each; 0 means 20 s
}

// What a model is given, and what it may say.
const (
	answerTimeout = 20 * time.Second
	maxPassages   = 20
	maxPassageLen = 2000 // characters
	maxAnswerLen  = 800  // characters
	answerTokens  = 1024
)

var (
	errNoAnswer   = errors.New("no model could answer")
	errSourceless = errors.New("the answer has no source")
)

//go:embed answer.txt
var answerInstructions string

var answerSchema = json.RawMessage(`{
	"type": "object",
	"properties": {
		"unknown": {"type": "boolean"},
		"answer": {"type": "string"},
		"sources": {"type": "array", "items": {"type": "integer"}}
	},
	"required": ["unknown", "answer", "sources"],
	"additionalProperties": false
}`)

// Answer answers a question from the best passages, which come first. An
// answer without a source among them is refused: when no model has a better
// one, the error says why, and the passages themselves are what there is.
func (a *Answerer) Answer(ctx context.Context, question string, passages []Passage) (Answer, error) {
	if len(passages) == 0 {
		return Answer{Unknown: true}, nil
	}
	passages = passages[:min(len(passages), maxPassages)]
	r, err := answerRequest(question, passages)
	if err != nil {
		return Answer{}, err
	}
	all := []error{errNoAnswer}
	for _, m := range a.Models {
		answer, err := a.ask(ctx, m, r, passages)
		if err == nil {
			return answer, nil
		}
		if ctx.Err() != nil {
			return Answer{}, ctx.Err()
		}
		all = append(all, fmt.Errorf("%s: %w", m.Name(), err))
	}
	return Answer{}, errors.Join(all...)
}

// ask has one model answer within its time, and checks what it says.
func (a *Answerer) ask(ctx context.Context, m llm.Model, r llm.Request, passages []Passage) (Answer, error) {
	timeout := a.Timeout
	if timeout == 0 {
		timeout = answerTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	said, err := m.Ask(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	answer, err := parseAnswer(said, passages)
	answer.Engine = m.Name()
	return answer, err
}

// answerRequest returns what to ask a model. Passages are numbered from 1, so
// that the ids of rows stay here.
func answerRequest(question string, passages []Passage) (llm.Request, error) {
	type numbered struct {
		Number int    `json:"number"`
		Who    string `json:"who"`
		SaidAt string `json:"said_at"`
		Text   string `json:"text"`
	}
	material := struct {
		Question string     `json:"question"`
		Passages []numbered `json:"passages"`
	}{Question: question}
	for i, p := range passages {
		material.Passages = append(material.Passages, numbered{i + 1, p.Who, p.At.Format("Monday 2006-01-02 15:04"), clip(p.Text)})
	}
	prompt, err := llm.Material(material)
	if err != nil {
		return llm.Request{}, err
	}
	return llm.Request{
		Operation: "answer",
		System:    answerInstructions,
		Prompt:    prompt,
		Schema:    answerSchema,
		MaxTokens: answerTokens,
	}, nil
}

func clip(text string) string {
	if utf8.RuneCountInString(text) <= maxPassageLen {
		return text
	}
	return string([]rune(text)[:maxPassageLen]) + "…"
}

// parseAnswer reads and checks what a model said of passages.
func parseAnswer(said llm.Response, passages []Passage) (Answer, error) {
	var a struct {
		Unknown bool   `json:"unknown"`
		Answer  string `json:"answer"`
		Sources []int  `json:"sources"`
	}
	if err := said.Decode(&a); err != nil {
		return Answer{}, err
	}
	if a.Unknown {
		return Answer{Unknown: true}, nil
	}
	answer := Answer{Text: llm.Line(a.Answer)}
	if core.Blank(answer.Text) || utf8.RuneCountInString(answer.Text) > maxAnswerLen {
		return Answer{}, llm.ErrNonsense
	}
	for _, number := range a.Sources {
		if number < 1 || number > len(passages) {
			continue
		}
		if id := passages[number-1].NoteID; id != 0 && !slices.Contains(answer.Sources, id) {
			answer.Sources = append(answer.Sources, id)
		}
	}
	if len(answer.Sources) == 0 {
		return Answer{}, errSourceless
	}
	return answer, nil
}
