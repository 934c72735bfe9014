package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A terminal is a shell that tests look at.
type terminal struct {
	vars map[string]string
	in   string

	mu    sync.Mutex
	out   bytes.Buffer
	lines chan string // each line of out, too, if anybody waits for it
}

// Write implements io.Writer: a line that people see.
func (o *terminal) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lines != nil {
		for line := range strings.Lines(string(b)) {
			o.lines <- line
		}
	}
	return o.out.Write(b)
}

func (o *terminal) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.String()
}

func (o *terminal) shell(t *testing.T) shell {
	t.Helper()
	env := func(name string) (string, bool) {
		value, ok := o.vars[name]
		return value, ok
	}
	return shell{env: env, in: bufio.NewReader(strings.NewReader(o.in)), out: o, log: t.Output()}
}

// greenroom runs a command to its end.
func greenroom(t *testing.T, o *terminal, args ...string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a server that should not be is stopped
	defer cancel()
	return run(ctx, args, o.shell(t))
}

// served is a server that runs until it is stopped.
type served struct {
	*terminal
	address string // the first it printed
	stop    func() error
}

func serve(t *testing.T, data string) served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := served{terminal: &terminal{lines: make(chan string, 100), vars: map[string]string{"GREENROOM_DATA": data}}}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0"}, s.shell(t)) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = s.stop() })
	for {
		select {
		case line := <-s.lines:
			if s.address = regexp.MustCompile(`http://\S+`).FindString(line); s.address != "" {
				return s
			}
		case err := <-ended:
			t.Fatalf("the server ended: %v", err)
		case <-time.After(time.Minute):
			t.Fatal("the server prints no address")
		}
	}
}

func get(t *testing.T, c *http.Client, url string) (status int, at, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Request.URL.Path, string(text)
}

func TestServe(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := serve(t, data)
	link, base := s.address, s.address[:strings.Index(s.address, "/login/")]
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	for _, path := range []string{"/healthz", "/ready"} {
		if status, _, body := get(t, c, base+path); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	status, at, body := get(t, c, link)
	if status != http.StatusOK || at != "/welcome" || !strings.Contains(body, "export WANDB_BASE_URL="+base) {
		t.Errorf("the link leads to %s, %d:\n%s", at, status, body)
	}
	css := regexp.MustCompile(`/static/[0-9a-f]+/app\.css`).FindString(body)
	if status, _, _ := get(t, c, base+css); status != http.StatusOK {
		t.Errorf("%s: %d", css, status)
	}
	if status, _, _ := get(t, &http.Client{}, link); status != http.StatusGone {
		t.Errorf("the link works again: %d", status)
	}

	// A command attaches to the Postgres that runs, and leaves it running.
	o := &terminal{vars: map[string]string{"GREENROOM_DATA": data}}
	if err := greenroom(t, o, "user", "add", "ada", "--api-key"); err != nil {
		t.Fatal(err)
	}
	if status, _, body := get(t, c, base+"/ready"); status != http.StatusOK {
		t.Errorf("after a command: %d %s", status, body)
	}
	if err := s.stop(); err != nil {
		t.Errorf("the server did not end well: %v", err)
	}

	info, err := os.Stat(filepath.Join(data, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret is %v, %v", info, err)
	}
	// Everything is as it was: the session too, as the secret is the same.
	s = serve(t, data)
	if strings.Contains(s.address, "/login/") {
		t.Errorf("a second start prints %s", s)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/settings/account", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
	res, err := (&http.Client{}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Request.URL.Path != "/settings/account" || res.StatusCode != http.StatusOK {
		t.Errorf("the session leads to %s, %d", res.Request.URL.Path, res.StatusCode)
	}
}

func TestCommandsWithoutServer(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"GREENROOM_DATA": t.TempDir()}
	ok := func(in string, args ...string) string {
		t.Helper()
		o := &terminal{vars: vars, in: in}
		if err := greenroom(t, o, args...); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		lines := strings.Split(strings.TrimSpace(o.String()), "\n")
		return lines[len(lines)-1]
	}
	refused := func(words, in string, args ...string) {
		t.Helper()
		o := &terminal{vars: vars, in: in}
		if err := greenroom(t, o, args...); err == nil || !strings.Contains(sentence(err), words) {
			t.Errorf("%v: %v, want %q in it", args, err, words)
		}
	}
	refused("no organization yet", "", "user", "add", "bob")
	ok("", "org", "add", "acme")
	refused("taken", "", "org", "add", "ACME")
	given := "local-" + strings.Repeat("a", 40)
	ok("correct horse battery\n"+given+"\n", "user", "add", "bob", "--full-name", "Bob Ó Briain", "--email", "bob@acme.example", "--password-stdin", "--api-key-stdin")
	if key := ok("", "user", "add", "ada", "--admin", "--api-key"); !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(key) {
		t.Errorf("the last line is %q", key)
	}
	ok("", "user", "add", "alone", "--no-org")
	ok("", "team", "add", "vision", "--member", "ada=admin", "--member", "bob=member")
	refused("no person called \"carl\"", "", "team", "add", "ears", "--member", "carl=admin")
	refused("no role called \"boss\"", "", "team", "add", "ears", "--member", "ada=boss")
	ok("", "team", "add", "ears") // nothing was left of what was refused
	refused("Greenroom's own addresses", "", "user", "add", "login")
	refused("Greenroom's own addresses", "", "team", "add", "Settings")
	refused("at least 10 characters", "short\n", "user", "add", "carl", "--password-stdin")
	refused("at least 40 characters", "abc\n", "user", "add", "carl", "--api-key-stdin")
	refused("ended before the line", "", "user", "add", "carl", "--password-stdin")
	refused("not an e-mail address", "", "user", "add", "carl", "--email", "carl")
	if line := ok("", "user", "link", "bob"); !strings.HasPrefix(line, "http://127.0.0.1:8080/login/") {
		t.Errorf("the link is %q", line)
	}
	refused("no person called", "", "user", "link", "acme")
	ok("", "org", "add", "rivals", "--empty")
	refused("--org", "", "user", "add", "carl")
	ok("", "user", "add", "carl", "--org", "rivals")
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		vars  map[string]string
		args  []string
		words string
	}{
		{"open to others without an address", nil, []string{"--addr", "0.0.0.0:0"}, "set GREENROOM_URL"},
		{"all interfaces without an address", nil, []string{"--addr", ":0"}, "set GREENROOM_URL"},
		{"an address with a path", map[string]string{"GREENROOM_URL": "https://example.com/greenroom"}, nil, "without a path"},
		{"an address that is none", map[string]string{"GREENROOM_URL": "example.com"}, nil, "http:// or https://"},
		{"a shared database without a secret", map[string]string{"DATABASE_URL": "postgres://nowhere/x"}, nil, "set GREENROOM_SECRET"},
		{"a secret that is none", map[string]string{"GREENROOM_SECRET": "secret"}, nil, "at least 16 characters"},
		{"fewer requests than none", nil, []string{"--key-rate=-1"}, "use 0 for any number"},
		{"a port in use", nil, []string{"--addr", taken.Addr().String()}, "is in use"},
		{"a folder that cannot be", nil, []string{"--data", filepath.Join(file, "data")}, "choose another with --data"},
		{"a flag there is not", nil, []string{"--nonsense"}, "unknown flag --nonsense"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := &terminal{}
			o.vars = map[string]string{"GREENROOM_ADDR": "127.0.0.1:0", "GREENROOM_DATA": filepath.Join(t.TempDir(), "data")}
			maps.Copy(o.vars, tc.vars)
			if err := greenroom(t, o, append([]string{"serve"}, tc.args...)...); err == nil || !strings.Contains(sentence(err), tc.words) {
				t.Errorf("%v, want %q in it", err, tc.words)
			}
			if o.String() != "" {
				t.Errorf("printed %q", o)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"serve", "org add", "team add", "user add"}},
		{[]string{"serve", "--help"}, []string{"[GREENROOM_ADDR]", "[GREENROOM_DATA]", "[GREENROOM_URL]", "[DATABASE_URL]", "[GREENROOM_SECRET]", "[GREENROOM_KEY_RATE]", "[GREENROOM_ADDRESS_RATE]", `"127.0.0.1:8080"`}},
		{[]string{"--version"}, []string{"greenroom"}},
	} {
		o := &terminal{}
		if err := greenroom(t, o, tc.args...); err != nil {
			t.Errorf("%v: %v", tc.args, err)
		}
		for _, words := range tc.want {
			if !strings.Contains(o.String(), words) {
				t.Errorf("%v lacks %q:\n%s", tc.args, words, o)
			}
		}
	}
}

// What a secret is made into for one purpose says nothing about another's.
func TestDerive(t *testing.T) {
	t.Parallel()
	if bytes.Equal(derive("secret", "cookie"), derive("secret", "seals")) || !bytes.Equal(derive("secret", "cookie"), derive("secret", "cookie")) {
		t.Error("purposes share a key, or one has two")
	}
}

// Processes that start at once agree on the secret.
func TestSecretOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secrets := make([]string, 8)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			var err error
			if secrets[i], err = secretIn(dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range secrets {
		if len(s) != 64 || s != secrets[0] {
			t.Errorf("the secrets are %q", secrets)
		}
	}
}
