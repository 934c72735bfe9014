package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// Everybody has a bucket of their own; an empty one is answered with how long to
// wait, and after that there is room again.
func TestRates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rate = 2
		rates := web.NewRates(rate, rate)
		key := registry.Actor{PersonID: 1, KeyID: 5}
		take := func(by registry.Actor, ip string) error {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.RemoteAddr = ip
			e := echo.New()
			e.IPExtractor = echo.ExtractIPDirect()
			return rates.Take(e.NewContext(r, httptest.NewRecorder()), by)
		}
		spend := func(by registry.Actor, ip, who string) {
			t.Helper()
			for i := range rate * registry.RateBurst {
				if err := take(by, ip); err != nil {
					t.Fatalf("request %d: %v", i, err)
				}
			}
			if err := take(by, ip); registry.KindOf(err) != registry.Limited || !strings.Contains(err.Error(), who) {
				t.Fatalf("one too many: %v, want %q", err, who)
			}
		}
		spend(key, "1.2.3.4:1", "This key asks more than 2 times a second.")
		spend(registry.Actor{PersonID: 1}, "1.2.3.4:1", "This person")
		spend(registry.Actor{}, "1.2.3.4:1", "This address")
		spend(registry.Actor{}, "[2001:db8::1]:1", "This address")
		if take(registry.Actor{}, "[2001:db8::ffff]:1") == nil {
			t.Error("a neighbour in one network of IPv6 is another stranger")
		}
		for ip, by := range map[string]registry.Actor{"1.2.3.4:1": {PersonID: 1, KeyID: 6}, "1.2.3.5:1": {}, "[2001:db8:0:1::1]:1": {}} {
			if err := take(by, ip); err != nil {
				t.Errorf("another, %s: %v", ip, err)
			}
		}
		time.Sleep(time.Second)
		if err := take(key, "1.2.3.4:1"); err != nil {
			t.Errorf("a second later: %v", err)
		}
		time.Sleep(2 * time.Minute) // long enough to be forgotten
		spend(key, "1.2.3.4:1", "This key")
	})
	var none *web.Rates
	if err := none.Take(nil, registry.Actor{}); err != nil {
		t.Error(err)
	}
	if err := web.NewRates(0, 0).Take(echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), nil), registry.Actor{}); err != nil {
		t.Error(err)
	}
}
