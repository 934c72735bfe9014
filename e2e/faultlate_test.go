package e2e

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A carrier passes on what clients send, and with the lines of runs does what may happen on the way: they arrive twice, at
// once or one after the other, the answer is lost, and what was given up arrives all the same, after what was sent later.
type carrier struct {
	t      *testing.T
	addr   string
	target string
	pass   http.Handler

	mu     sync.Mutex
	random *rand.Rand
	next   []string // what becomes of the next requests
	fates  map[string]int
	late   sync.WaitGroup
}

func newCarrier(t *testing.T, target string) *carrier {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	pass := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: target})
	c := &carrier{t: t, addr: freeAddr(t), target: target, pass: pass, random: rand.New(rand.NewPCG(seed, 0)), fates: map[string]int{}}
	srv := &http.Server{Addr: c.addr, Handler: c}
	go func() { _ = srv.ListenAndServe() }()
	t.Cleanup(func() { _ = srv.Close() })
	return c
}

func (c *carrier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/file_stream") {
		c.pass.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	again := func() { c.deliver(r, body) }
	r.Body = io.NopCloser(bytes.NewReader(body))
	fate, wait := c.fate()
	switch fate {
	case "late":
		c.after(wait, again)
		w.WriteHeader(http.StatusBadGateway)
		return
	case "at once":
		c.after(0, again)
	case "again, later":
		c.after(wait, again)
	case "lost answer":
		again()
		panic(http.ErrAbortHandler)
	}
	c.pass.ServeHTTP(w, r)
}

var fates = []string{"well", "late", "at once", "again, later", "lost answer"}

// fate is what becomes of a request.
func (c *carrier) fate() (what string, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.next) == 0 {
		c.next = slices.Clone(fates)
		c.random.Shuffle(len(c.next), func(i, j int) { c.next[i], c.next[j] = c.next[j], c.next[i] })
	}
	what, c.next = c.next[0], c.next[1:]
	c.fates[what]++
	return what, time.Duration(c.random.Int64N(int64(2 * time.Second)))
}

func (c *carrier) after(wait time.Duration, do func()) {
	c.late.Go(func() {
		time.Sleep(wait)
		do()
	})
}

// deliver sends what a client sent before.
func (c *carrier) deliver(was *http.Request, body []byte) {
	r, err := http.NewRequestWithContext(c.t.Context(), was.Method, "http://"+c.target+was.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return
	}
	r.Header = was.Header.Clone()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		c.t.Errorf("lines that arrive again are answered %d", answer.StatusCode)
	}
}

// However often and late its requests arrive, a run holds what its script logged, and ends with what it said last.
func TestRequestsThatComeTwiceAndLate(t *testing.T) {
	t.Parallel()
	comesTwiceAndLate(t, newest)
}

func comesTwiceAndLate(t *testing.T, client string) {
	t.Helper()
	addr := freeAddr(t)
	c := newCarrier(t, addr)
	s := &server{t: t, program: program, data: filepath.Join(t.TempDir(), "data"), addr: addr, public: c.addr}
	if err := letIn(filepath.Dir(filepath.Dir(s.data))); err != nil {
		t.Fatal(err)
	}
	s.start()
	r := deskOf(t, s, s.newPerson("ada"), client, quick...).run(preamble + `
import time
run = wandb.init(project="cats", id="late")
for i in range(400):
    run.log({"i": i})
    print("line", i)
    time.sleep(0.02)
run.finish()
print("LOGGED", flush=True)
input()
r = wandb.Api().run("cats/late")
printed = [l for l in open(r.file("output.log").download(replace=True).name).read().split("\n") if l.startswith("line ")]
tell(state=r.state, points=[[h["_step"], h["i"]] for h in r.scan_history()] == [[i, i] for i in range(400)], charted=[h["i"] for h in r.scan_history(keys=["i"])] == list(range(400)),
    last=[r.summary["i"], r.summary["_step"], r.lastHistoryStep], printed=printed == [f"line {i}" for i in range(400)])
`)
	r.says("LOGGED")
	c.late.Wait()
	r.goOn()
	tells(t, "after requests that came twice and late, the run", r, said{"state": "finished", "points": true, "charted": true, "last": []any{399.0, 399.0, 399.0}, "printed": true})
	t.Logf("what became of requests: %v", c.fates)
	for _, what := range fates {
		if c.fates[what] == 0 {
			t.Errorf("no request met the fate %q", what)
		}
	}
}
