package main

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/userclient/telegramtest"
)

// TestLogin links an account in the terminal, by phone: a wrong code is asked
// for again.
func TestLogin(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam", Code: "24680", Password: "open sesame"})
	stop := r.open(roleAPI) // makes the schema
	r.until(time.Minute, "the schema is there", `SELECT to_regclass('links') IS NOT NULL`)
	stop()
	r.people(1)
	cmd := binary(t, r.environment(), "login", "--phone", "+351 912 345 678")
	cmd.Stdin = strings.NewReader("11111\n24680\nopen sesame\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("kith login: %v\n%s", err, out)
	}
	for _, want := range []string{"The code that Telegram sent: ", "That code is not right.", "The password of your Telegram account: ", "Sam is linked."} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if open, _ := server.Connections(sam); open != 0 {
		t.Errorf("%d connections are open after it ended", open)
	}
	r.until(5*time.Second, "the account is linked, and nobody holds it", `SELECT count(*) = 1 FROM links
		WHERE NOT EXISTS (SELECT FROM leases WHERE name LIKE 'telegram/%' AND expires_at > now())`)
}

// TestLoginByQRCode scans the code that the terminal shows.
func TestLoginByQRCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam"})
	stop := r.open(roleAPI)
	r.until(time.Minute, "the schema is there", `SELECT to_regclass('links') IS NOT NULL`)
	stop()
	r.people(1)
	cmd := binary(t, r.environment(), "login")
	shown, err := cmd.StdoutPipe()
	r.must(err)
	r.must(cmd.Start())
	var screen strings.Builder
	for lines := bufio.NewScanner(shown); lines.Scan(); {
		screen.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Link Desktop Device") && !server.ScanLatest(sam) {
			t.Error("the code that was made last is not good")
		}
	}
	r.must(cmd.Wait())
	for _, want := range []string{"██ ▄▄▄▄▄ █", "Link Desktop Device", "Sam is linked."} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("it does not show %q:\n%s", want, &screen)
		}
	}
}
