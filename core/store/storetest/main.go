package storetest

import (
	"log"
	"os"
	"testing"
)

// Main runs the tests of a package, stops the server they used, and exits. It
// is the body of TestMain:
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
//
// Without it the server ends with the process all the same, but its directory
// stays until another test process removes it.
func Main(m *testing.M) {
	code := m.Run()
	if err := Stop(); err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// Stop stops the server and removes its directory, for a TestMain that has more
// to do than Main does. The next New would start another.
func Stop() error {
	shared.Lock()
	defer shared.Unlock()
	c := shared.cluster
	shared.cluster, shared.err = nil, nil
	if c == nil {
		return nil
	}
	return c.stop()
}
