package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"greenroom/web"
)

// Large pages are zipped for those who can read that, and are the same pages.
func TestZippedPages(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("<tr><td>routing-baseline-1</td></tr>", 5000)
	for name, tc := range map[string]struct {
		html, accepts string
		zipped        bool
	}{
		"by browsers":       {large, "gzip, deflate, br, zstd", true},
		"by what reads so":  {large, "", false},
		"not a small piece": {"<p>Saved.</p>", "gzip", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 3 { // what zips is used again
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
				r.Header.Set("Accept-Encoding", tc.accepts)
				w := httptest.NewRecorder()
				if err := web.Render(echo.New().NewContext(r, w), http.StatusAccepted, templ.Raw(tc.html), nil); err != nil {
					t.Fatal(err)
				}
				h, body := w.Header(), io.Reader(w.Body)
				if got := h.Get("Content-Encoding") == "gzip"; got != tc.zipped {
					t.Fatalf("zipped: %t, want %t", got, tc.zipped)
				}
				if tc.zipped {
					if w.Body.Len() > len(tc.html)/10 {
						t.Errorf("%d bytes became %d", len(tc.html), w.Body.Len())
					}
					var err error
					if body, err = gzip.NewReader(body); err != nil {
						t.Fatal(err)
					}
				}
				if read, err := io.ReadAll(body); err != nil || string(read) != tc.html {
					t.Errorf("reads %d bytes, %v, want %d", len(read), err, len(tc.html))
				}
				if w.Code != http.StatusAccepted || h.Get("Content-Type") != "text/html; charset=UTF-8" || !strings.Contains(strings.Join(h.Values("Vary"), ", "), "Accept-Encoding") {
					t.Errorf("answered %d with %v", w.Code, h)
				}
			}
		})
	}
}
