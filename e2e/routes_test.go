package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A route is a line of the route table.
type route struct {
	method, path string
	does         string // the handler's name
}

// routeTable is what a browser can ask for.
func routeTable(t *testing.T) (all []route) {
	t.Helper()
	text, err := os.ReadFile("../handlers/handlers.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`p\.(GET|POST)\("([^"]+)", (?:h\.)?(\w+)`).FindAllStringSubmatch(string(text), -1) {
		all = append(all, route{method: m[1], path: m[2], does: m[3]})
	}
	if len(all) == 0 {
		t.Fatal("there is no route in the route table")
	}
	return all
}

// handlerOf is who answers a request, as the router decides: of the routes that fit, the one that says most about the
// address, from its beginning on. It is "" where none fits.
func handlerOf(all []route, method, path string) (does string) {
	path, _, _ = strings.Cut(path, "?")
	best := ""
	for _, r := range all {
		if open, fits := r.fits(path); fits && r.method == method && (does == "" || open < best) {
			does, best = r.does, open
		}
	}
	return does
}

// fits reports whether the route takes a path, and which of its parts it leaves open: 0 for one that is given, 1 for one that
// may be anything, 2 for the rest.
func (r route) fits(path string) (open string, fits bool) {
	parts := strings.Split(path, "/")
	for i, want := range strings.Split(r.path, "/") {
		switch {
		case i == len(parts):
			return "", false
		case want == "*":
			return open + "2", true
		case strings.HasPrefix(want, ":"):
			open += "1"
		case want == parts[i]:
			open += "0"
		default:
			return "", false
		}
	}
	return open, len(parts) == len(open)
}

// notPages are handlers that are called as if they showed a page, and what they show.
var notPages = map[string]string{
	"showPalette":      "what every page finds while one types",
	"showArrived":      "a part of the welcome page",
	"showProjectNews":  "a part of the page of a project",
	"showSettings":     "the way to the account",
	"showGalleryCurve": "what a curve of the gallery is drawn from",
}

// TestEveryPage forgets no page that there is.
func TestNoPageIsForgotten(t *testing.T) {
	t.Parallel()
	all := routeTable(t)
	unseen := map[string]string{}
	for _, r := range all {
		if r.method == "GET" && strings.HasPrefix(r.does, "show") && notPages[r.does] == "" {
			unseen[r.does] = r.path
		}
	}
	if len(unseen) < 40 {
		t.Errorf("the route table shows only %d pages", len(unseen))
	}
	for _, path := range append(pagesOf(person{name: "ada"}, "team"), openPages("token")...) {
		does := handlerOf(all, "GET", path)
		if does == "" {
			t.Errorf("no route leads to %s", path)
		}
		delete(unseen, does)
	}
	for does, path := range unseen {
		t.Errorf("nobody looks at %s (%s)", path, does)
	}
}

// Tests find the handler that the router would.
func TestHandlerOf(t *testing.T) {
	t.Parallel()
	all := routeTable(t)
	for path, want := range map[string]string{
		"/":                                   "showLanding",
		"/projects":                           "showProjects",
		"/vision":                             "showEntity",
		"/vision/cats?q=x":                    "showProject",
		"/vision/model-registry":              "showRegistry",
		"/vision/model-registry/Cats/v1":      "showVersion",
		"/vision/model-registry/Cats/-/link":  "showLink",
		"/vision/cats/runs/r1/files":          "showRunFiles",
		"/vision/cats/runs/r1/files/a/b.txt":  "sendRunFile",
		"/vision/cats/artifacts/model/net/v0": "showVersion",
		"/vision/cats/nothing/at/all/here":    "",
	} {
		if got := handlerOf(all, "GET", path); got != want {
			t.Errorf("%s is answered by %q, want %q", path, got, want)
		}
	}
}
