package main

import (
	"fmt"
	"slices"
	"strings"
)

// A role is a part of Kith that a process can play.
type role string

// The roles.
const (
	roleBot        role = "bot"        // takes updates and answers them
	roleAPI        role = "api"        // serves HTTP beyond health, metrics and the webhook
	roleWorker     role = "worker"     // does background work
	roleScheduler  role = "scheduler"  // sees to it that nothing is left undone
	roleUserClient role = "userclient" // reads linked Telegram accounts
)

// roles are the roles of one process.
type roles []role

func allRoles() roles { return roles{roleBot, roleAPI, roleWorker, roleScheduler, roleUserClient} }

// UnmarshalText reads the names of roles with commas between them.
func (r *roles) UnmarshalText(text []byte) error {
	*r = nil
	for _, word := range list(string(text)) {
		if !slices.Contains(allRoles(), role(word)) {
			return fmt.Errorf("%q is no role; write some of %s", word, allRoles())
		}
		*r = append(*r, role(word))
	}
	if len(*r) == 0 {
		return fmt.Errorf("name at least one of %s", allRoles())
	}
	return nil
}

// String returns the names with commas between them.
func (r roles) String() string {
	words := make([]string, len(r))
	for i, name := range r {
		words[i] = string(name)
	}
	return strings.Join(words, ",")
}

func (r roles) has(one role) bool { return slices.Contains(r, one) }
