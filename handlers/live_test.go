package handlers_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"greenroom/registry"
)

// A run's page is told what its script logs as it comes, those who may not look are not.
func TestRunPageIsTold(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	const path = "/vision/digits/runs/r1/live"
	h.as("vera").get(path).is(http.StatusServiceUnavailable) // the hub is not started: the page asks by itself
	h.as("olga").get(path).is(http.StatusNotFound)
	h.as("bob").get("/vision/digits/runs/none/live").is(http.StatusNotFound)
	h.browser().get(path).leadsTo("/login?next=" + strings.ReplaceAll(path, "/", "%2F"))

	h.live.Start(t.Context())
	vera := h.as("vera")
	server := httptest.NewServer(h.e)
	defer server.Close()
	defer h.live.Stop()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range vera.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	told := bufio.NewScanner(res.Body)
	await := func(word string) {
		t.Helper()
		for told.Scan() {
			switch what, is := strings.CutPrefix(told.Text(), "data: "); {
			case is && what == "all": // so it begins, and again once the database is followed
				h.run("digits", "r1", registry.RunEdit{}, lines([]string{`{"acc":1,"_step":9}`}, nil))
			case is && strings.Contains(what, word):
				return
			}
		}
		t.Fatalf("nobody tells %q: %v", word, told.Err())
	}
	await("points")
	h.run("digits", "r1", registry.RunEdit{}, registry.RunLines{Complete: true})
	await("run.ended")
}
