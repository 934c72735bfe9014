package vault

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"greenroom/registry"
)

func TestAddressesExpire(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	v := New(nil, nil, Config{BaseURL: "https://greenroom.example.com/", Key: []byte("key")})
	v.now = func() time.Time { return now }
	address := v.sign(http.MethodGet, "/-/files/runs/7/a b/ü?#%.txt")
	if !strings.HasPrefix(address, "https://greenroom.example.com/-/files/runs/7/a%20b/%C3%BC%3F%23%25.txt?e=") {
		t.Errorf("address %s", address)
	}
	check := func(method, address string) error {
		id, name, err := v.checkSigned(httptest.NewRequestWithContext(t.Context(), method, address, nil), ofRuns)
		if err == nil && (id != 7 || name != "a b/ü?#%.txt") {
			t.Errorf("%s stands for %d, %q", address, id, name)
		}
		return err
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if err := check(method, address); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
	// Python escapes what Go leaves alone, and the other way round.
	if err := check(http.MethodGet, strings.Replace(address, "/a%20b/", "/%61%20b/", 1)); err != nil {
		t.Errorf("escaped differently: %v", err)
	}
	if err := check(http.MethodPut, address); registry.KindOf(err) != registry.Denied {
		t.Errorf("PUT at a download's address: %v", err)
	}
	now = now.Add(lifetime)
	if err := check(http.MethodGet, address); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	now = now.Add(time.Second)
	if err := check(http.MethodGet, address); registry.KindOf(err) != registry.Denied || !strings.Contains(err.Error(), "expired") {
		t.Errorf("a second later: %v", err)
	}
	other := New(nil, nil, Config{BaseURL: "https://greenroom.example.com", Key: []byte("another key")})
	other.now = v.now
	if err := check(http.MethodGet, other.sign(http.MethodGet, "/-/files/runs/7/a b/ü?#%.txt")); registry.KindOf(err) != registry.Denied {
		t.Errorf("signed with another key: %v", err)
	}
}
