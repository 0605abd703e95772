package account_test

import (
	"testing"

	"github.com/kith-platform/kith/core/account"
)

func TestZone(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"Europe/Lisbon": "Europe/Lisbon", "lisbon": "Europe/Lisbon", " New  York ": "America/New_York", "NEW_YORK": "America/New_York",
		"Port-au-Prince": "America/Port-au-Prince", "Asia/Kolkata": "Asia/Kolkata", "UTC": "UTC", "utc": "UTC",
		"Zürich": "Europe/Zurich", "são paulo": "America/Sao_Paulo", "dar es salaam": "Africa/Dar_es_Salaam", "port of spain": "America/Port_of_Spain",
		"port-au-prince": "America/Port-au-Prince", "localtime": "", "posixrules": "", "right/UTC": "",
		"": "", "  ": "", "local": "", "Local": "", "Atlantis": "", "../etc/passwd": "", "Europe/../UTC": "", "é": "", "Lis\x00bon": "",
	} {
		zone, ok := account.Zone(place)
		if ok != (want != "") || ok && zone.String() != want {
			t.Errorf("%q is the zone %v, want %q", place, zone, want)
		}
	}
}
