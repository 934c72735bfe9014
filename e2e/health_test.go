package e2e

import (
	"net/http"
	"regexp"
	"testing"
)

// The program starts on an empty folder, says that it is alive, ends well when asked to, and starts again on what it
// left, however it ended.
func TestHealth(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for _, again := range []func(){func() {}, s.restart, func() { s.kill(); s.start() }} {
		again()
		for _, path := range []string{"/healthz", "/ready"} {
			answer, err := http.Get(s.url + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Errorf("%s answers %s", path, answer.Status)
			}
		}
	}
}

// A script can set up what a person can, whether a server runs or not.
func TestUserAddPrintsAKey(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	add := func(name string) {
		t.Helper()
		if key := lastLine(greenroom(t, s.data, "user", "add", name, "--api-key")); !regexp.MustCompile("^[0-9a-f]{40}$").MatchString(key) {
			t.Errorf("the last line is %q, not a key", key)
		}
	}
	add("ada")
	s.stop()
	add("grace")
}
