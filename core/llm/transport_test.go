package llm

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// canned answers every request with the same status, header and body.
type canned struct {
	status     int
	retryAfter string
	body       io.Reader
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{}
	h.Set("Retry-After", c.retryAfter)
	return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(c.body), Request: r}, nil
}

func get(t *testing.T, c canned) (string, error) {
	t.Helper()
	transport := &Transport{Base: c, Header: "X-Key", Key: "secret"}
	resp, err := transport.Client().Get("http://model.test/?key=secret")
	if err != nil {
		return "", Safe(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func TestAnswerIsBounded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		size int
		want error
	}{{0, nil}, {MaxAnswer, nil}, {MaxAnswer + 1, ErrTooLarge}, {10 * MaxAnswer, ErrTooLarge}} {
		_, err := get(t, canned{status: 200, body: strings.NewReader(strings.Repeat("x", test.size))})
		if !errors.Is(err, test.want) {
			t.Errorf("%d bytes: error %v, want %v", test.size, err, test.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		canned
		text string
		want string
		kind error
	}{
		{"seconds", canned{status: 429, retryAfter: "20"}, `{}`, "rate limited for 20s", ErrRateLimited},
		{"not a number", canned{status: 429, retryAfter: "soon"}, ``, "rate limited", ErrRateLimited},
		{"past", canned{status: 429, retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT"}, ``, "rate limited", ErrRateLimited},
		{"for ever", canned{status: 429, retryAfter: "1e300"}, ``, "rate limited for 24h0m0s", ErrRateLimited},
		{"negative", canned{status: 429, retryAfter: "-5"}, ``, "rate limited", ErrRateLimited},
		{
			"RetryInfo",
			canned{status: 429},
			`{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"reason":"x"},{"retryDelay":"7s"}]}}`,
			"rate limited for 7s", ErrRateLimited,
		},
		{"key", canned{status: 401}, `{"error":{"message":"secret"}}`, "the key is refused (status 401)", ErrKeyRefused},
		{"Gemini's key", canned{status: 400}, `{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}`, "the key is refused (status 400)", ErrKeyRefused},
		{"format", canned{status: 400}, `{"error":{"message":"response_format: no"}}`, "the format is not known (status 400)", ErrFormat},
		{"code", canned{status: 404}, `{"error":{"code":"model_not_found","type":"invalid"}}`, "status 404: model_not_found", nil},
		{"status", canned{status: 404}, `{"error":{"code":404,"status":"NOT_FOUND"}}`, "status 404: NOT_FOUND", nil},
		{"a key for a code", canned{status: 500}, `{"error":{"code":"sk-1234"}}`, "status 500", nil},
		{"plain", canned{status: 502}, `<html>bad gateway, secret</html>`, "status 502", nil},
		{"redirect", canned{status: 302}, ``, "status 302", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.body = strings.NewReader(test.text)
			_, err := get(t, test.canned)
			if err == nil || err.Error() != test.want {
				t.Fatalf("error %v, want %s", err, test.want)
			}
			if test.kind != nil && !errors.Is(err, test.kind) {
				t.Errorf("error %v is no %v", err, test.kind)
			}
		})
	}
}

func TestRetryAtTime(t *testing.T) {
	t.Parallel()
	at := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	_, err := get(t, canned{status: 429, retryAfter: at, body: strings.NewReader("")})
	limit, ok := errors.AsType[*RateLimitError](err)
	if !ok || limit.RetryAfter < 59*time.Minute || limit.RetryAfter > time.Hour {
		t.Errorf("error %v, want a rest of an hour", err)
	}
}

func TestBaseIsItsOwn(t *testing.T) {
	t.Parallel()
	base := NewBase()
	if base == http.DefaultTransport || base.Proxy == nil || base.MaxResponseHeaderBytes == 0 {
		t.Errorf("%+v", base)
	}
}

func TestSafe(t *testing.T) {
	t.Parallel()
	inner := errors.New("connection refused")
	if got := Safe(&url.Error{URL: "http://x/?key=secret", Err: inner}); got != inner {
		t.Errorf("got %v, want the inner error alone", got)
	}
	if got := Safe(errors.New("unexpected: secret")); !errors.Is(got, ErrNonsense) || strings.Contains(got.Error(), "secret") {
		t.Errorf("got %v, want nonsense without its words", got)
	}
	if got := Safe(fmt.Errorf("read secret: %w", ErrTooLarge)); got != ErrTooLarge {
		t.Errorf("got %v, want it bare", got)
	}
	if got := Safe(io.ErrUnexpectedEOF); got != io.ErrUnexpectedEOF {
		t.Errorf("got %v, want it unchanged", got)
	}
}
