package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	landingRequests = 200 // of a round, to each of both
	landingTurn     = 20  // one after the other before it is the other's turn
	landingRows     = 50  // of a page
)

var landing = work{
	name:  "landing",
	title: "The landing page",
	about: `One person who is signed in asks for the first page of the registry, again and again, on a registry of 10,000 models with
200,000 versions and on one of 100 models with 2,000 versions, in turns. A round is 200 requests to each and its figure their
median; every answer must hold its 50 models. Statements are those that Postgres logs for one request.`,
	run: measureLanding,
}

func measureLanding(ctx context.Context, b *bed) ([]figure, error) {
	var readers [2]*reader
	for i, d := range []dataset{large, small} {
		g, err := b.holding(ctx, d)
		if err != nil {
			return nil, err
		}
		if readers[i], err = b.signIn(ctx, g); err != nil {
			return nil, err
		}
	}
	many := figure{what: "10,000 models, 200,000 versions", unit: "ms", better: less, bounds: []bound{atMost(30)}}
	few := figure{what: "100 models, 2,000 versions", unit: "ms", better: less}
	growth := figure{what: "the first against the second", unit: "times", better: less, bounds: []bound{atMost(1.5)}}
	for round := range b.rounds + 1 {
		var took [2][]float64
		for range landingRequests / landingTurn {
			for i, r := range readers {
				for range landingTurn {
					ms, err := r.landing(ctx)
					if err != nil {
						return nil, err
					}
					took[i] = append(took[i], ms)
				}
			}
		}
		if round == 0 {
			continue // that was to warm up
		}
		many.ours, few.ours = append(many.ours, median(took[0])), append(few.ours, median(took[1]))
		growth.ours = append(growth.ours, median(took[0])/median(took[1]))
		b.logf("landing: round %d of %d: %.1f and %.1f ms", round, b.rounds, median(took[0]), median(took[1]))
	}
	var statements [2]figure
	for i, r := range readers {
		n, err := r.statements(ctx, "/")
		if err != nil {
			return nil, err
		}
		statements[i] = figure{unit: "statements", better: less, ours: []float64{n}}
	}
	statements[0].what, statements[1].what = many.what, few.what
	statements[0].bounds = []bound{atMost(statements[1].ours[0])}
	return []figure{many, few, growth, statements[0], statements[1]}, nil
}

// A reader is a browser in which somebody is signed in.
type reader struct {
	*greenroom
	http *http.Client
}

// signIn signs the administrator in, by a link as one gets who forgot the password.
func (b *bed) signIn(ctx context.Context, g *greenroom) (*reader, error) {
	out, err := b.command(ctx, g.data, "user", "link", admin)
	if err != nil {
		return nil, err
	}
	link := regexp.MustCompile(`/login/\w+`).FindString(out)
	if link == "" {
		return nil, fmt.Errorf("there is no link in %q", out)
	}
	r := &reader{greenroom: g, http: newHTTP()}
	if r.http.Jar, err = cookiejar.New(nil); err != nil {
		return nil, err
	}
	r.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if status, _, err := r.get(ctx, link); err != nil || status != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in: %d, %w", status, err)
	}
	return r, nil
}

// get asks for a page and reads all of it.
func (r *reader) get(ctx context.Context, path string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Accept", "text/html,*/*;q=0.8") // as browsers do
	res, err := r.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// landing asks for the landing page, checks it and returns how long it took in ms.
func (r *reader) landing(ctx context.Context) (float64, error) {
	began := time.Now()
	status, body, err := r.get(ctx, "/")
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if rows := strings.Count(body, `<td class="c-name">`); status != http.StatusOK || rows != landingRows {
		return 0, fmt.Errorf("the landing page answers %d with %d models", status, rows)
	}
	return float64(took.Microseconds()) / 1000, nil
}

// statements asks for a page while Postgres logs every statement, and returns how many it took, begin and commit not
// counted. What Greenroom does by itself now and then is logged, too, so the page is asked for several times.
func (r *reader) statements(ctx context.Context, path string) (float64, error) {
	db, err := r.connect()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	for _, q := range []string{`alter system set log_statement = 'all'`, `select pg_reload_conf()`} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return 0, err
		}
	}
	log := filepath.Join(r.data, "postgres/postgres.log")
	statement := regexp.MustCompile(`LOG:\s+(?:execute [^:]*|statement):\s*(\S+)`)
	var counts []float64
	for range 20 {
		before, err := os.ReadFile(log)
		if err != nil {
			return 0, err
		}
		if status, _, err := r.get(ctx, path); err != nil || status != http.StatusOK {
			return 0, fmt.Errorf("%s answers %d, %w", path, status, err)
		}
		after, err := os.ReadFile(log)
		if err != nil {
			return 0, err
		}
		n := 0.0
		for _, m := range statement.FindAllStringSubmatch(string(after[len(before):]), -1) {
			switch strings.ToLower(m[1]) {
			case "begin", "commit", "rollback":
			default:
				n++
			}
		}
		counts = append(counts, n)
	}
	counts = counts[5:] // sessions hear of the new setting when they are idle
	for _, q := range []string{`alter system reset log_statement`, `select pg_reload_conf()`} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return 0, err
		}
	}
	if median(counts) == 0 {
		return 0, errors.New("Postgres logs no statements")
	}
	return median(counts), nil
}
