package userclient

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
)

// An App is what Kith is to Telegram.
type App struct {
	ID      int
	Hash    string
	Version string // of Kith

	test *testServer // nil for Telegram itself
}

// A testServer stands in for Telegram.
type testServer struct {
	dc2 tg.DCOption
	key telegram.PublicKey
}

// On returns the App on a test server: the address of data centre 2 there, and
// the path of the server's public key, as PEM.
func (a App) On(addr, keyFile string) (App, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return a, fmt.Errorf("address of the MTProto server: %w", err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return a, fmt.Errorf("port of the MTProto server: %w", err)
	}
	key, err := readKey(keyFile)
	if err != nil {
		return a, fmt.Errorf("public key of the MTProto server: %w", err)
	}
	a.test = &testServer{dc2: tg.DCOption{ID: 2, IPAddress: host, Port: number, Static: true}, key: telegram.PublicKey{RSA: key}}
	return a, nil
}

func readKey(path string) (*rsa.PublicKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is no PEM file")
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if rsaKey, ok := key.(*rsa.PublicKey); ok {
		return rsaKey, nil
	}
	return nil, errors.New("it is no RSA key")
}

// options are those of every client. Known is the session it begins with, if any.
func (a App) options(known *session.Data) telegram.Options {
	o := telegram.Options{
		// What the user reads in the list of their devices.
		Device: telegram.DeviceConfig{
			DeviceModel: "Kith", SystemVersion: "Server", AppVersion: a.Version, SystemLangCode: "en", LangCode: "en",
		},
		ReconnectionBackoff: patiently,
	}
	if a.test == nil {
		return o
	}
	o.PublicKeys = []telegram.PublicKey{a.test.key}
	o.DCList = dcs.List{Options: []tg.DCOption{a.test.dc2}}
	if known != nil {
		for _, dc := range known.Config.DCOptions {
			if dc.ID != a.test.dc2.ID {
				o.DCList.Options = append(o.DCList.Options, dc)
			}
		}
	}
	return o
}

// patiently is how a lost connection is made again: after a second, then ever
// later up to a minute, each time a little at random.
func patiently() backoff.BackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(time.Second), backoff.WithMaxInterval(time.Minute), backoff.WithMaxElapsedTime(0))
}
