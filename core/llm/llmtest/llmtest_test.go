package llmtest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// post sends body to the server, and returns the status and what came back.
func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// ask sends a prompt as a client of OpenAI's API would.
func ask(t *testing.T, s *Server, prompt string) string {
	t.Helper()
	_, text := post(t, s.OpenAI()+"/chat/completions", `{"model":"m","messages":[{"role":"user","content":"`+prompt+`"}]}`)
	return text
}

func TestObey(t *testing.T) {
	t.Parallel()
	s := New(Obey())
	defer s.Close()
	for prompt, want := range map[string]string{
		"Hello":                           `"content":"{}"`,
		`Say <<<no>>> now`:                `"content":"no"`,
		`{\"note\":\"<<<{\\\"a\\\":1}>>>`: `"content":"{\"a\":1}"`,
		"<<<unfinished":                   `"content":"{}"`,
	} {
		if got := ask(t, s, prompt); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s in it", prompt, got, want)
		}
	}
}

func TestSlowUntilReleased(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	slow := Slow(release, Text("late"))
	s := New(func(w http.ResponseWriter, r *http.Request, c Call) {
		close(asked)
		slow(w, r, c)
	})
	defer s.Close()
	answered := make(chan string)
	go func() { answered <- ask(t, s, "Hello") }()
	<-asked
	select {
	case got := <-answered:
		t.Errorf("answered %s before it was released", got)
	default:
	}
	close(release)
	if got := <-answered; !strings.Contains(got, "late") {
		t.Errorf("answered %s", got)
	}
}

func TestBehaveChanges(t *testing.T) {
	t.Parallel()
	s := New(Fail(http.StatusInternalServerError))
	defer s.Close()
	if got := ask(t, s, "Hello"); !strings.Contains(got, "internal_error") {
		t.Errorf("answered %s", got)
	}
	s.Behave(Text("well"))
	if got := ask(t, s, "Hello"); !strings.Contains(got, "well") {
		t.Errorf("answered %s", got)
	}
}

func TestUnknownRequests(t *testing.T) {
	t.Parallel()
	s := New(Text("{}"))
	defer s.Close()
	for url, want := range map[string]int{
		s.OpenAI() + "/chat/completions":                http.StatusBadRequest,
		s.Gemini() + "/v1beta/models/m:generateContent": http.StatusBadRequest,
		s.Gemini() + "/v1beta/models/m:countTokens":     http.StatusNotFound,
		s.OpenAI() + "/embeddings":                      http.StatusNotFound,
	} {
		if got, _ := post(t, url, "{"); got != want {
			t.Errorf("%s: status %d, want %d", url, got, want)
		}
	}
	if n := len(s.Calls()); n != 0 {
		t.Errorf("%d calls counted", n)
	}
}
