package handlers_test

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// TestPagesAskAsMuchOfManyAsOfOne looks at every page of the route table in a
// house with one model of one version, and in one where there is more of
// everything than a page shows.
func TestPagesAskAsMuchOfManyAsOfOne(t *testing.T) {
	t.Parallel()
	one, many := newHome(t), newHome(t)
	one.stack(1)
	many.stack(registry.PageSize + 7)
	a, b := one.as("ada"), many.as("ada")
	pages, all := 0, int64(0)
	for _, r := range one.e.Routes() {
		path, ok := filledIn(r.Path)
		if r.Method != http.MethodGet || !ok {
			continue
		}
		pages++
		for _, query := range []string{"", "?q=digits", "?q=di"} {
			few, much := a.statements(path+query), b.statements(path+query)
			all += few
			if few != much {
				t.Errorf("%s%s takes %d statements with one of each, %d with many", path, query, few, much)
			}
		}
	}
	if n := b.statements("/"); n > 12 {
		t.Errorf("the landing page takes %d statements", n)
	}
	if pages < 30 || all < 300 {
		t.Errorf("only %d pages and %d statements were looked at", pages, all)
	}
}

// stack puts n models into a registry, one of them with n versions, and that one
// into another registry as well.
func (h *home) stack(n int) {
	h.t.Helper()
	for i := range n {
		name := "digits"
		if i > 0 {
			name = fmt.Sprintf("digits %d,", i)
		}
		for k, place := range []registry.PlaceRef{registry.Registry("acme", "model"), registry.Registry("vision", "model-registry")} {
			if k == 1 && i > 0 {
				continue
			}
			h.shelve(place, name, func(m *dbtest.Stock) {
				m.Project.Name = []string{"digits", "own"}[k]
				version := m.Versions[2]
				m.Versions = nil
				for v := range n {
					if i > 0 && v > 0 {
						break
					}
					m.Versions = append(m.Versions, version)
					if v > 0 {
						m.Versions[v].Aliases = []string{fmt.Sprint("a", v)}
					}
				}
				for f := range n {
					m.Versions[0].Files = append(m.Versions[0].Files, dbtest.StockFile{Path: fmt.Sprint("more/", f)})
				}
			})
		}
	}
}

// filledIn is the address of a route in a house with a stack; ok is false for
// files, for what is not a page of the house, and for what has no end.
func filledIn(route string) (path string, ok bool) {
	if strings.Contains(route, "*") || strings.HasSuffix(route, "/archive") || strings.HasSuffix(route, "/live") || strings.Contains(route, ":token") || strings.HasPrefix(route, "/-/") {
		return "", false
	}
	entity, name := "vision", "run-digits"
	if strings.HasPrefix(route, "/:entity/registry") || strings.HasPrefix(route, "/orgs") {
		entity = "acme"
	}
	run := md5.Sum([]byte("digits0"))
	return strings.NewReplacer(":entity", entity, ":registry", "model", ":model", "digits", ":project", "digits", ":type", "model",
		":name", name, ":version", "v0", ":run", hex.EncodeToString(run[:]), ":team", "vision").Replace(route), true
}

// statements is how many statements a page takes.
func (b *browser) statements(path string) int64 {
	b.t.Helper()
	before := b.db.Statements()
	if status := b.get(path, html).Status; status >= http.StatusBadRequest {
		b.t.Errorf("%s: %d", path, status)
	}
	return b.db.Statements() - before
}
