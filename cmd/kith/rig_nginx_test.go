package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// An nginx is a real one, with the files in deploy/nginx, before processes of
// Kith.
type nginx struct {
	r             *rig
	dir           string
	plain, secure string // host:port
	trusted       *x509.CertPool
}

// nginx starts one before the addresses given. Changes are pairs of what stands
// in kith.conf and what is to stand there.
func (r *rig) nginx(behind []string, changes ...string) *nginx {
	r.t.Helper()
	n := &nginx{r: r, dir: r.t.TempDir(), plain: freeAddr(r), secure: freeAddr(r)}
	for _, dir := range []string{"conf.d", "kith", "tmp", "log", "acme"} {
		r.must(os.Mkdir(filepath.Join(n.dir, dir), 0o755))
	}
	n.makeCertificate()
	n.copyFile("nginx.conf", "nginx.conf", "/tmp/", n.dir+"/tmp/", "/var/log/nginx/", n.dir+"/log/")
	n.copyFile("kith.conf", "conf.d/kith.conf", append(changes,
		"listen 80;", "listen "+n.plain+";", "listen 443 ", "listen "+n.secure+" ", "listen [::]:80;", "", "listen [::]:443 ssl http2;", "",
		"/var/log/nginx/", n.dir+"/log/", "/var/www/acme", n.dir+"/acme")...)
	n.copyFile("backends.conf", "kith/backends.conf", "127.0.0.1:5001", behind[0], "127.0.0.1:5002", behind[1])
	n.start()
	return n
}

// copyFile puts a file of deploy/nginx into its place, with each of the strings
// to be changed, which has to be there, changed into the next.
func (n *nginx) copyFile(from, to string, changes ...string) {
	n.r.t.Helper()
	text, err := os.ReadFile(filepath.Join("../../deploy/nginx", from))
	n.r.must(err)
	for i := 0; i < len(changes); i += 2 {
		if !bytes.Contains(text, []byte(changes[i])) {
			n.r.t.Fatalf("%s has no %q", from, changes[i])
		}
	}
	text = []byte(strings.NewReplacer(changes...).Replace(string(text)))
	n.r.must(os.WriteFile(filepath.Join(n.dir, to), text, 0o644))
}

func (n *nginx) makeCertificate() {
	n.r.t.Helper()
	tlsDir := filepath.Join(n.dir, "kith/tls")
	if said, err := exec.CommandContext(n.r.ctx, "sh", "../../deploy/nginx/certificate.sh", tlsDir, "kith.example.org").CombinedOutput(); err != nil {
		n.r.t.Fatalf("%v: %s", err, said)
	}
	pem, err := os.ReadFile(filepath.Join(tlsDir, "fullchain.pem"))
	n.r.must(err)
	n.trusted = x509.NewCertPool()
	n.trusted.AppendCertsFromPEM(pem)
}

// start runs nginx until the test ends.
func (n *nginx) start() {
	n.r.t.Helper()
	global := "daemon off;"
	if os.Geteuid() == 0 {
		global += " user root;" // the test's files are nobody else's
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // not on everybody's PATH
	}
	cmd := exec.CommandContext(n.r.ctx, program, "-p", n.dir, "-c", filepath.Join(n.dir, "nginx.conf"), "-g", global)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // its workers end with it
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	n.r.must(cmd.Start())
	ended := make(chan struct{})
	go func() {
		err = cmd.Wait()
		close(ended)
	}()
	n.r.t.Cleanup(func() { <-ended })
	for {
		if conn, err := net.DialTimeout("tcp", n.secure, time.Second); err == nil {
			conn.Close()
			return
		}
		select {
		case <-ended:
			n.r.t.Fatalf("nginx ended: %v: %s", err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// client returns one that asks from an address of this machine, whatever host is
// named, and trusts nginx's certificate.
func (n *nginx) client(from string) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(addr)
			return dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
		TLSClientConfig: &tls.Config{RootCAs: n.trusted}, ForceAttemptHTTP2: true,
	}
	n.r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// at returns the address of a path, as the host of that name.
func (n *nginx) at(host, path string) string {
	_, port, _ := net.SplitHostPort(n.secure)
	return "https://" + net.JoinHostPort(host, port) + path
}

// logs returns all that nginx wrote down.
func (n *nginx) logs() string {
	n.r.t.Helper()
	var all strings.Builder
	for _, name := range []string{"access.log", "error.log"} {
		text, err := os.ReadFile(filepath.Join(n.dir, "log", name))
		n.r.must(err)
		all.Write(text)
	}
	return all.String()
}
