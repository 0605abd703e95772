package api

import (
	"context"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/kith-platform/kith/core/cache"
)

// locate finds out the address that a request comes from: the peer's, or that
// which proxies we trust pass on.
func (s *Server) locate(next http.Handler) http.Handler {
	if len(s.TrustedProxies) == 0 {
		return middleware.ClientIPFromRemoteAddr(next)
	}
	trusted := make([]string, len(s.TrustedProxies))
	for i, p := range s.TrustedProxies {
		trusted[i] = p.String()
	}
	return middleware.ClientIPFromXFF(trusted...)(next)
}

// limitAddress refuses requests of an address that sends too many. A peer on
// this machine is whoever runs it.
func (s *Server) limitAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r) && s.tooMany(w, r, "address:"+addressKey(r), s.PerAddress) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limitUser refuses requests of a user who sends too many.
func (s *Server) limitUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := callerOf(r.Context()); c.user.ID != 0 && s.tooMany(w, r, "user:"+strconv.FormatInt(c.user.ID, 10), s.PerUser) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// tooMany counts a request and reports whether it was one too many, which is
// answered then.
func (s *Server) tooMany(w http.ResponseWriter, r *http.Request, key string, limit cache.Limit) bool {
	wait := s.Limits.Take(r.Context(), key, limit)
	if wait == 0 {
		return false
	}
	w.Header().Set("Retry-After", seconds(wait))
	send(w, r, http.StatusTooManyRequests, "Too many requests. Try again in "+seconds(wait)+" s.")
	return true
}

// tooManyTries counts a try of what key names, and returns what to answer where
// it is one too many.
func (s *Server) tooManyTries(ctx context.Context, key string, limit cache.Limit) error {
	wait := s.Limits.Take(ctx, key, limit)
	if wait == 0 {
		return nil
	}
	p := newProblem(ctx, http.StatusTooManyRequests, "Too many tries. Wait "+seconds(wait)+" s.")
	p.headers = http.Header{"Retry-After": {seconds(wait)}}
	return p
}

// seconds returns wait for Retry-After: whole seconds, one at least.
func seconds(wait time.Duration) string { return strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))) }

// addressKey names the network that a request comes from: of IPv6 the /64, in
// which one client may have any address.
func addressKey(r *http.Request) string {
	addr := middleware.GetClientIPAddr(r.Context())
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// local reports whether a request comes from this machine, and was not passed on.
func local(r *http.Request) bool {
	peer, ok := directPeer(r)
	return ok && peer.IsLoopback()
}

// namesLoopback reports whether host, of a request, is a name of this machine.
// With another a page from elsewhere may have had its name point here.
func namesLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// directPeer returns the peer of a request that no proxy passed on.
func directPeer(r *http.Request) (_ netip.Addr, ok bool) {
	for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		if r.Header.Get(header) != "" {
			return netip.Addr{}, false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap(), err == nil
}
