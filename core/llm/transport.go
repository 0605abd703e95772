package llm

import (
	"io"
	"net/http"
)

// MaxAnswer is the most bytes of an HTTP answer that are read.
const MaxAnswer = 1 << 20

// A Transport carries the calls of a provider's SDK. It alone knows the key;
// it bounds every answer, and it turns a refusal into an error of this package
// before the SDK can retry the call or quote what the server said.
type Transport struct {
	Base   http.RoundTripper
	Header string // where the key goes
	Key    string // the header's value; "" sends none
}

// Client returns an HTTP client over t. It follows no redirects, which would
// carry the key to another host: RoundTrip takes them for refusals.
func (t *Transport) Client() *http.Client { return &http.Client{Transport: t} }

// RoundTrip sends r with the key. The answer of a nil error has status 2xx and
// a body that fails with ErrTooLarge past MaxAnswer.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.Key != "" {
		r = r.Clone(r.Context())
		r.Header.Set(t.Header, t.Key)
	}
	resp, err := t.Base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, refusal(resp)
	}
	resp.Body = &bounded{ReadCloser: resp.Body, left: MaxAnswer}
	return resp, nil
}

// bounded is a body that ends in an error rather than grow past its limit.
type bounded struct {
	io.ReadCloser
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	// One byte more than allowed tells a full answer from one that goes on.
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// NewBase returns a transport like net/http's default one, with connections of
// its own for its owner to close.
func NewBase() *http.Transport {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxResponseHeaderBytes = 64 << 10
	return base
}
