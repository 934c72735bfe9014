package handlers_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"greenroom/registry"
)

// The page of a project's runs is told which begin, those who may not look are not.
func TestProjectPageIsTold(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	h.as("olga").get("/vision/digits/live").is(http.StatusNotFound)
	h.as("vera").get("/vision/none/live").is(http.StatusNotFound)
	name := "r"
	await := h.listen("vera", "/vision/digits/live", func() {
		name += "9" // another one each time: what began before the database is followed, nobody hears of
		h.run("digits", name, registry.RunEdit{}, registry.RunLines{})
	})
	await("run.created")
	h.run("digits", name, registry.RunEdit{}, registry.RunLines{Complete: true})
	await("run.ended")
}

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

	await := h.listen("vera", path, func() { h.run("digits", "r1", registry.RunEdit{}, lines([]string{`{"acc":1,"_step":9}`}, nil)) })
	await("points")
	h.run("digits", "r1", registry.RunEdit{}, registry.RunLines{Complete: true})
	await("run.ended")
}

// listen starts the hub and has somebody listen to a stream of it. What is to be
// told is done whenever anything may be new: so a stream begins, and again once
// the database is followed. The func that it returns waits for a word.
func (h *home) listen(who, path string, do func()) (await func(word string)) {
	h.t.Helper()
	h.live.Start(h.t.Context())
	reader := h.as(who)
	server := httptest.NewServer(h.e)
	h.t.Cleanup(server.Close)
	h.t.Cleanup(h.live.Stop)
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for name, value := range reader.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		h.t.Fatal(res.Status)
	}
	told := bufio.NewScanner(res.Body)
	return func(word string) {
		h.t.Helper()
		for told.Scan() {
			switch what, is := strings.CutPrefix(told.Text(), "data: "); {
			case is && what == "all":
				do()
			case is && strings.Contains(what, word):
				return
			}
		}
		h.t.Fatalf("nobody tells %q: %v", word, told.Err())
	}
}
