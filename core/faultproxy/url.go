package faultproxy

import (
	"net"
	"net/url"
	"path/filepath"
	"testing"
)

// Before starts a proxy before the server of a URL and returns the URL that
// leads through it. It knows postgres://, redis:// and unix:// URLs, and for
// the first sockets too.
func Before(t testing.TB, server string) (_ *Proxy, through string) {
	t.Helper()
	return BeforeOn(t, loopback(t), server)
}

// BeforeOn is Before with a listener, which may be in another network.
func BeforeOn(t testing.TB, listener net.Listener, server string) (_ *Proxy, through string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	network, target := address(u)
	p := on(t, listener, network, target)
	return p, p.lead(u)
}

// address returns where the server of a URL listens.
func address(u *url.URL) (network, target string) {
	query := u.Query()
	switch {
	case u.Scheme == "unix":
		return "unix", u.Path
	case query.Get("host") != "":
		return "unix", filepath.Join(query.Get("host"), ".s.PGSQL."+query.Get("port"))
	case u.Port() == "" && u.Scheme == "redis":
		return "tcp", net.JoinHostPort(u.Hostname(), "6379")
	case u.Port() == "":
		return "tcp", net.JoinHostPort(u.Hostname(), "5432")
	}
	return "tcp", u.Host
}

// lead returns the URL with the proxy in place of the server.
func (p *Proxy) lead(u *url.URL) string {
	through := *u
	through.Host = p.Addr()
	query := u.Query()
	switch {
	case u.Scheme == "unix":
		through.Scheme, through.Path = "redis", "/"+query.Get("db")
		query.Del("db")
	case u.Scheme != "redis":
		query.Del("host")
		query.Del("port")
		query.Set("sslmode", "disable")
	}
	through.RawQuery = query.Encode()
	return through.String()
}
