package main

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
)

// A setting is one variable as it is in force. Its value is fit to be shown.
type setting struct{ name, value, from string }

// String returns "NAME=value  # from".
func (s setting) String() string {
	value := s.value
	if strings.ContainsAny(value, " \t\n\"#") {
		value = fmt.Sprintf("%q", value)
	}
	return fmt.Sprintf("%-58s # %s", s.name+"="+value, s.from)
}

// settings lists every variable as it is in force, secrets masked.
func (c Config) settings() []setting {
	var all []setting
	for name, value := range c.fields() {
		s := setting{name: name, value: fmt.Sprint(value), from: c.from[name]}
		switch {
		case s.value == "":
			s.from = "not set"
		case s.from == "":
			s.from = "default"
		}
		all = append(all, s)
	}
	return all
}

// passwords returns every text in c that must not appear in a log.
func (c Config) passwords() []string {
	var found []string
	for _, value := range c.fields() {
		if s, ok := value.(interface{ passwords() []string }); ok {
			found = append(found, s.passwords()...)
		}
	}
	return found
}

// fields yields the variables in their order, with what was read for each.
func (c Config) fields() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		v := reflect.ValueOf(c)
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("env")
			if name != "" && !yield(name, v.Field(i).Interface()) {
				return
			}
		}
	}
}

// knownNames lists the variables that Kith reads.
func knownNames() []string {
	var names []string
	for name := range (Config{}).fields() {
		names = append(names, name)
	}
	for _, name := range secretNames() {
		names = append(names, name+fileSuffix)
	}
	return names
}

// secretNames lists the variables that may be given as the path of a file.
func secretNames() []string {
	var names []string
	for name, value := range (Config{}).fields() {
		if _, ok := value.(interface{ reveal() string }); ok {
			names = append(names, name)
		}
	}
	return names
}

type configCmd struct{}

// Help says how to read and change the settings.
func (configCmd) Help() string {
	return `Passwords, tokens and keys are masked, so the output can be shown to others.

A secret can also be given as the path of a file that holds it, in a variable of the same name with _FILE after it, such as TELEGRAM_BOT_TOKEN_FILE=/run/secrets/token. An empty file is a mistake, but that of KITH_BACKUP_TO or KITH_SECRET_KEY_PREVIOUS says that there is none. The file .env in the current directory is read in development only; the environment overrides it.`
}

// Run prints every setting that is in force.
func (configCmd) Run(t *terminal) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	for _, s := range c.settings() {
		if _, err := fmt.Fprintln(t.stdout, s); err != nil {
			return err
		}
	}
	return nil
}
