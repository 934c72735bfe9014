package wandb

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// streaming is a door and a run to log to.
type streaming struct {
	d    *db.DB
	h    dbtest.House
	e    *echo.Echo
	key  string
	run  registry.RunRef
	path string
}

func newStreaming(tb testing.TB) *streaming {
	tb.Helper()
	s := &streaming{d: dbtest.Open(tb), e: echo.New()}
	s.h = dbtest.Furnish(tb, s.d)
	s.key = dbtest.Key(tb, s.d, s.h.Bob)
	s.run = registry.RunRef{Place: registry.Project("vision", "digits"), Name: "r1"}
	s.path = "/files/vision/digits/r1/file_stream"
	s.addRun(tb, s.run)
	Mount(s.e, Deps{DB: s.d, Log: slog.New(slog.DiscardHandler)})
	return s
}

func (s *streaming) addRun(tb testing.TB, ref registry.RunRef) {
	tb.Helper()
	if _, _, err := s.d.UpsertRun(tb.Context(), s.h.Bob, registry.RunEdit{Run: ref}); err != nil {
		tb.Fatal(err)
	}
}

// post sends a request of a run and returns the status and the answer.
func (s *streaming) post(tb testing.TB, path, key string, body io.Reader, headers ...string) (int, string) {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, path, body)
	r.SetBasicAuth("api", key)
	r.Header.Set("X-WANDB-USERNAME", "ada")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.e.ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

// want sends a request that is to be answered with 200.
func (s *streaming) want(tb testing.TB, body string, headers ...string) string {
	tb.Helper()
	status, answer := s.post(tb, s.path, s.key, strings.NewReader(body), headers...)
	if status != http.StatusOK {
		tb.Fatalf("%d %s", status, answer)
	}
	return answer
}

func (s *streaming) history(tb testing.TB, ref registry.RunRef) []string {
	tb.Helper()
	lines, err := s.d.History(tb.Context(), s.h.Vera, ref, registry.HistoryPage{Stream: registry.HistoryStream})
	if err != nil {
		tb.Fatal(err)
	}
	return lines
}

func TestFileStream(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	const first = `{"files":{
		"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0,\"acc\":0.9,\"bad\":NaN,\"_runtime\":0.12,\"_timestamp\":1795422902.85}"]},
		"wandb-events.jsonl":{"offset":0,"content":["{\"_wandb\":true,\"_timestamp\":1,\"system.cpu\":3.1}"]},
		"wandb-summary.json":{"offset":0,"content":["{\"acc\":0.9,\"_step\":0,\"bad\":NaN,\"_wandb\":{\"runtime\":1}}"]},
		"output.log":{"offset":0,"content":["{\"ts\":\"2026-11-23T08:36:39.791260\",\"content\":\"hello\"}","plain"]},
		"else.txt":{"offset":0,"content":["?"]}},
		"uploaded":["config.yaml"],"dropped":1}`
	for range 2 {
		if answer := s.want(t, first); answer != `{"exitcode":null,"limits":{}}` {
			t.Errorf("answer %s", answer)
		}
	}
	s.want(t, `{}`)
	run, err := s.d.Run(t.Context(), s.h.Vera, s.run)
	if err != nil {
		t.Fatal(err)
	}
	p := run.Progress
	if p.HistoryLines != 1 || p.EventLines != 1 || p.OutputLines != 2 || len(p.Warnings) != 0 || p.Summary != `{"acc":0.9,"_step":0,"bad":NaN,"_wandb":{"runtime":1}}` {
		t.Errorf("progress %+v", p)
	}
	if _, err := s.d.StopRun(t.Context(), s.h.Bob, s.run); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if answer := s.want(t, `{"complete":true,"exitcode":4294967295}`); answer != `{"exitcode":null,"limits":{},"stopped":true}` {
			t.Errorf("answer %s", answer)
		}
	}
	if run, err = s.d.Run(t.Context(), s.h.Vera, s.run); err != nil || run.State != registry.Failed || *run.ExitCode != -1 {
		t.Errorf("the run is %s, %v", run.State, err)
	}
}

func TestFileStreamRefuses(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	gone := registry.RunRef{Place: s.run.Place, Name: "gone"}
	s.addRun(t, gone)
	if err := s.d.DeleteRun(t.Context(), s.h.Bob, gone); err != nil {
		t.Fatal(err)
	}
	vera, eve := dbtest.Key(t, s.d, s.h.Vera), dbtest.Key(t, s.d, s.h.Eve)
	const line = `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0}"]}}}`
	for _, tc := range []struct {
		name, path, key, body string
		want                  int
	}{
		{"no key", s.path, "", line, 401},
		{"wrong key", s.path, strings.Repeat("0", 40), line, 401},
		{"viewer", s.path, vera, line, 403},
		{"stranger", s.path, eve, line, 404},
		{"no such run", "/files/vision/digits/r2/file_stream", s.key, line, 404},
		{"no such project", "/files/vision/none/r1/file_stream", s.key, line, 404},
		{"no such entity", "/files/nobody/digits/r1/file_stream", s.key, line, 404},
		{"deleted", "/files/vision/digits/gone/file_stream", s.key, line, 410},
		{"no JSON", s.path, s.key, `hello`, 400},
		{"nothing", s.path, s.key, ``, 400},
		{"cut off", s.path, s.key, line[:40], 400},
		{"a list", s.path, s.key, `[]`, 400},
		{"lines that are no text", s.path, s.key, `{"files":{"output.log":{"content":[1]}}}`, 400},
		{"before the first line", s.path, s.key, `{"files":{"output.log":{"offset":-1,"content":["x"]}}}`, 400},
		{"deep", s.path, s.key, strings.Repeat(`{"files":`, 100_000), 400},
		{"too large", s.path, s.key, strings.Repeat(" ", registry.MaxRequest+1), 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, answer := s.post(t, tc.path, tc.key, strings.NewReader(tc.body))
			if status != tc.want {
				t.Errorf("%d %s, want %d", status, answer, tc.want)
			}
			var told struct{ Errors []struct{ Message string } }
			if err := json.Unmarshal([]byte(answer), &told); err != nil || len(told.Errors) != 1 || !strings.HasSuffix(told.Errors[0].Message, ".") {
				t.Errorf("told %s", answer)
			}
		})
	}
	if status, answer := s.post(t, s.path, s.key, io.MultiReader(strings.NewReader(line[:10]), broken{})); status != 503 {
		t.Errorf("a connection that broke: %d %s", status, answer)
	}
	if status, answer := s.post(t, s.path, s.key, strings.NewReader(line), "Content-Encoding", "gzip"); status != 400 {
		t.Errorf("not gzip: %d %s", status, answer)
	}
	if status, answer := s.post(t, s.path, s.key, zipped(t, strings.Repeat(" ", 2*registry.MaxRequest)), "Content-Encoding", "gzip"); status != 400 {
		t.Errorf("a bomb: %d %s", status, answer)
	}
	if lines := s.history(t, s.run); len(lines) != 0 {
		t.Errorf("lines got in: %q", lines)
	}
}

// broken is a connection that breaks.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

func zipped(t *testing.T, text string) io.Reader {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

// What people log oddly is answered like everything else: a 4xx would end the
// logging of the whole run.
func TestFileStreamTakesOddThings(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	for _, body := range []string{
		`{"files":null}`, `{"files":{}}`, `{"files":{"wandb-history.jsonl":{}}}`, `{"files":{"wandb-summary.json":{"offset":0,"content":[]}}}`,
		`{"files":{"wandb-summary.json":{"content":["nonsense"]}}}`, `{"exitcode":null,"complete":false,"unknown":{"a":1}}`,
		`{"files":{"wandb-history.jsonl":{"offset":7,"content":["","[]","{\"_step\":\"x\"}","{\"a\":{\"b\":NaN}}","\u0000","\ud800 \"","{\"_step\":1e400,\"x\":1}"]}}}`,
		`{"files":{"output.log":{"offset":5,"content":["\u0000\u001b[31m progress 10%\r20%\n"]}}}`,
		`{"files":{"wandb-events.jsonl":{"offset":3,"content":["{\"gpu\":Infinity}","?"]}}}`,
		"{\"files\":{\"output.log\":{\"offset\":9,\"content\":[\"\xff\xfe\"]}}}",
	} {
		s.want(t, body)
	}
	if lines := s.history(t, s.run); len(lines) != 3 || lines[1] != `{"a":{"b":NaN},"_step":1}` {
		t.Errorf("history %q", lines)
	}
	z := zipped(t, `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":9}"]}}}`)
	if status, answer := s.post(t, s.path, s.key, z, "Content-Encoding", "gzip"); status != 200 {
		t.Errorf("gzip: %d %s", status, answer)
	}
	if lines := s.history(t, s.run); len(lines) != 4 || lines[3] != `{"_step":9}` {
		t.Errorf("history %q", lines)
	}
}

func TestFileStreamOfOddlyNamedProjects(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	for _, project := range []string{"my project", "цифры", "a+b & c", "🎯", "50;off", "tab'quote\""} {
		ref := registry.RunRef{Place: registry.Project("vision", project), Name: "run 1"}
		s.addRun(t, ref)
		path := "/files/vision/" + url.PathEscape(project) + "/run%201/file_stream"
		line := fmt.Sprintf(`{"_step":0,"p":%q}`, project)
		body, err := json.Marshal(map[string]any{"files": map[string]any{"wandb-history.jsonl": map[string]any{"offset": 0, "content": []string{line}}}})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := s.post(t, path, s.key, bytes.NewReader(body)); status != 200 {
			t.Errorf("%s: %d %s", project, status, answer)
		} else if lines := s.history(t, ref); !slices.Equal(lines, []string{line}) {
			t.Errorf("%s: %q", project, lines)
		}
	}
}

func TestFileStreamOfSharedRuns(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	const body = `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"loss\":1}"]}}}`
	s.want(t, body, "X-WANDB-USE-ASYNC-FILESTREAM", "true", "X-WANDB-ASYNC-CLIENT-ID", "a")
	s.want(t, body, "X-WANDB-USE-ASYNC-FILESTREAM", "true", "X-WANDB-CLIENT-ID", "b\x00"+strings.Repeat("b", 500))
	s.want(t, body, "X-WANDB-ASYNC-CLIENT-ID", "a")
	if lines := s.history(t, s.run); !slices.Equal(lines, []string{`{"loss":1,"_step":0}`, `{"loss":1,"_step":1}`}) {
		t.Errorf("history %q", lines)
	}
}

// BenchmarkFileStream is what one run sends at full speed over HTTP, but for the
// network: requests of 1,000 rows with 20 metrics each.
func BenchmarkFileStream(b *testing.B) {
	s := newStreaming(b)
	const rows, keys = 1000, 20
	content := make([]string, rows)
	b.ResetTimer()
	for n := range b.N {
		b.StopTimer()
		for i := range content {
			step := n*rows + i
			line := fmt.Sprintf(`{"_step":%d,"_runtime":%v,"_timestamp":%v`, step, float64(step)/13, 1795422902+float64(step)/13)
			for k := range keys {
				line += fmt.Sprintf(`,"train/metric_%d":%v`, k, float64(step*k+1)/7919)
			}
			content[i] = line + "}"
		}
		body, err := json.Marshal(map[string]any{"files": map[string]any{"wandb-history.jsonl": map[string]any{"offset": n * rows, "content": content}}})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s.want(b, string(body))
	}
	b.ReportMetric(float64(b.N)*rows*keys/b.Elapsed().Seconds(), "points/s")
}
