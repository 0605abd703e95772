package analysis

import (
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
)

// readChat returns what the rules find in a chat: what the other one says of
// themselves and asks for, and what the user promises them.
func readChat(n Note) core.Reading {
	var all core.Reading
	for _, line := range chatLines(n) {
		mentions := rules.Mentions(line.words, n.Known)
		read := rules.ReadSaid
		if line.mine {
			read = rules.Read
		}
		for _, d := range read(line.words, n.At, mentions).Drafts {
			if d.About == "" && (!line.mine || d.Category == core.Actionable) {
				all.Drafts = append(all.Drafts, d)
			}
		}
	}
	return all
}

// A chatLine is a message in the note of a chat.
type chatLine struct {
	words string
	mine  bool // the user's
}

func chatLines(n Note) []chatLine {
	var lines []chatLine
	for text := range strings.SplitAfterSeq(n.Text, "\n") {
		if words, ok := strings.CutPrefix(text, core.ChatUser+": "); ok {
			lines = append(lines, chatLine{words: words, mine: true})
		} else if words, ok := strings.CutPrefix(text, n.Author+": "); ok || len(lines) == 0 {
			lines = append(lines, chatLine{words: words})
		} else {
			lines[len(lines)-1].words += text
		}
	}
	return lines
}
