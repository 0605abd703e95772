package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

const fileSuffix = "_FILE"

// sources are the settings as text, with where each came from, before they
// are read as values.
type sources struct {
	values   map[string]string
	from     map[string]string // by name: "environment", ".env" or the file's path
	mistakes []string
	warnings []string
}

// gather collects what the environment and, in development, the file at
// dotenv say. An empty value is one that is not set.
func gather(environment []string, dotenv string) *sources {
	s := &sources{values: map[string]string{}, from: map[string]string{}}
	for _, pair := range environment {
		if name, value, ok := strings.Cut(pair, "="); ok && value != "" {
			s.values[name], s.from[name] = value, "environment"
		}
	}
	if env := environ(s.values["KITH_ENV"]); env == "" || env == envDevelopment {
		s.addDotenv(dotenv)
	}
	s.warnOfUnknown()
	s.readFiles()
	return s
}

// addDotenv adds what the file at path says and the environment does not.
func (s *sources) addDotenv(path string) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	values, parseErr := godotenv.UnmarshalBytes(text)
	// What these errors quote may be a secret.
	if err != nil || parseErr != nil {
		s.mistakes = append(s.mistakes, ".env: cannot be read; write NAME=value on each line")
		return
	}
	for name, value := range values {
		base := strings.TrimSuffix(name, fileSuffix)
		if value == "" || s.from[base] == "environment" || s.from[base+fileSuffix] == "environment" {
			continue
		}
		s.values[name], s.from[name] = value, ".env"
	}
	if env := environ(s.values["KITH_ENV"]); s.from["KITH_ENV"] == ".env" && env != envDevelopment {
		s.mistakes = append(s.mistakes, "KITH_ENV: only the environment can set it to another than development, because .env is read in development only")
	}
}

// orNone are the secrets of which an empty file says that there is none. Of any
// other it is a mistake: without its key a backup could be read by everybody.
func orNone() []string { return []string{"KITH_BACKUP_TO", "KITH_SECRET_KEY_PREVIOUS"} }

// readFiles reads the secrets that are given by the path of a file.
func (s *sources) readFiles() {
	for _, name := range secretNames() {
		path, ok := s.values[name+fileSuffix]
		if !ok {
			continue
		}
		if _, both := s.values[name]; both {
			s.mistakes = append(s.mistakes, fmt.Sprintf("%s: is set, and %s%s too; set one of them", name, name, fileSuffix))
			continue
		}
		text, err := os.ReadFile(path)
		value := strings.TrimSpace(string(text))
		switch {
		case err != nil:
			s.mistakes = append(s.mistakes, fmt.Sprintf("%s%s: cannot read %s: %v", name, fileSuffix, path, errors.Unwrap(err)))
		case value == "" && slices.Contains(orNone(), name):
			delete(s.from, name+fileSuffix)
		case value == "":
			s.mistakes = append(s.mistakes, fmt.Sprintf("%s%s: %s is empty", name, fileSuffix, path))
		default:
			s.values[name], s.from[name] = value, path
		}
	}
}

// warnOfUnknown warns of variables that look like Kith's and are not.
func (s *sources) warnOfUnknown() {
	known := knownNames()
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if slices.Contains(known, name) {
			continue
		}
		near := nearest(name, known)
		switch {
		case near != "":
			s.warnings = append(s.warnings, fmt.Sprintf("%s is not a setting of Kith; did you mean %s?", name, near))
		case strings.HasPrefix(name, "KITH_"):
			s.warnings = append(s.warnings, name+" is not a setting of Kith and changes nothing.")
		}
	}
}

// nearest returns the known name that is at most two typos away from name, or
// "" when there is none.
func nearest(name string, known []string) string {
	best, near := 3, ""
	for _, candidate := range known {
		if d := distance(name, candidate); d < best {
			best, near = d, candidate
		}
	}
	return near
}

// distance counts the letters to add, drop or change on the way from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
