package rules

import "regexp"

var reminding = regexp.MustCompile(`(?i)\b(?:remind|nudge) me\b|\bdon['’]?t (?:let me )?forget\b|\b(?:set|add) (?:me )?a reminder\b|^reminder\b`)

// Reminds reports whether a note asks that the user be reminded of something.
func Reminds(text string) bool { return reminding.MatchString(text) }
