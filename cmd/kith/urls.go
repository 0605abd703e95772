package main

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/backup/bucket"
)

// A postgresURL is where a Postgres server is found.
type postgresURL struct{ secret }

// UnmarshalText reads the URL of a Postgres server.
func (u *postgresURL) UnmarshalText(text []byte) error {
	raw := string(text)
	scheme, _, _ := strings.Cut(raw, "://")
	if _, err := pgxpool.ParseConfig(raw); err != nil || !slices.Contains([]string{"postgres", "postgresql"}, scheme) {
		return errors.New("is not a Postgres URL; write postgres://user:password@host:5432/kith")
	}
	u.secret = secretURL(raw)
	return nil
}

// A httpURL is where a web service is found. It never ends in a slash.
type httpURL struct{ secret }

// UnmarshalText reads an http or https URL.
func (u *httpURL) UnmarshalText(text []byte) error {
	raw := strings.TrimRight(string(text), "/")
	parsed, err := url.Parse(raw)
	switch {
	case err != nil, parsed.Hostname() == "", parsed.Scheme != "http" && parsed.Scheme != "https":
		return errors.New("is not a web address; write https://host or http://host:port")
	case parsed.RawQuery != "", parsed.Fragment != "":
		return errors.New("must end with the host or a path, without ? and #")
	}
	u.secret = secretURL(raw)
	return nil
}

// A backupPlace is where backups are kept: a directory, or a bucket of an
// S3-compatible store.
type backupPlace struct{ secret }

// UnmarshalText reads a path or the URL of a bucket.
func (p *backupPlace) UnmarshalText(text []byte) error {
	raw := string(text)
	if strings.Contains(raw, "://") {
		if _, err := bucket.Open(raw); err != nil {
			return err
		}
		p.secret = secretURL(raw)
		return nil
	}
	path, err := filepath.Abs(raw)
	p.secret = secret{hidden: &path, shown: path}
	return err
}

// open returns the place.
func (p backupPlace) open() (backup.Place, error) {
	if strings.Contains(p.reveal(), "://") {
		return bucket.Open(p.reveal())
	}
	return backup.Folder(p.reveal()), nil
}

// secretURL returns a secret of which everything but passwords may be shown.
func secretURL(raw string) secret { return secret{hidden: &raw, shown: maskURL(raw)} }

// maskURL returns raw without the passwords in it.
func maskURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return mask
	}
	query := u.Query()
	for name := range query {
		if hidesSecret(name) {
			query.Set(name, mask)
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}

// urlPasswords returns what maskURL masks in raw.
func urlPasswords(raw string) []string {
	u, err := url.Parse(raw)
	if err != nil {
		return []string{raw}
	}
	var found []string
	if password, ok := u.User.Password(); ok {
		found = append(found, password)
	}
	for name, values := range u.Query() {
		if hidesSecret(name) {
			found = append(found, values...)
		}
	}
	return found
}

// hidesSecret reports whether a URL's parameter of that name has a secret.
func hidesSecret(parameter string) bool {
	for _, word := range []string{"pass", "secret", "token", "key"} {
		if strings.Contains(strings.ToLower(parameter), word) {
			return true
		}
	}
	return false
}
