package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the one browser of all tests; each test has a profile of its own in it.
var chromium onlyBrowser

type onlyBrowser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

func (b *onlyBrowser) start(path string) (context.Context, error) {
	b.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path),
			chromedp.NoSandbox, // containers lack what the sandbox needs, and the pages are our own
			chromedp.Flag("disable-quic", true),
			chromedp.Flag("disable-component-update", true),
			chromedp.Flag("disable-domain-reliability", true),
			chromedp.Flag("disable-features", "MediaRouter,OptimizationHints,Translate"),
		)
		ctx, _ := chromedp.NewExecAllocator(context.Background(), options...)
		b.ctx, _ = chromedp.NewContext(ctx)
		b.err = chromedp.Do(b.ctx)
	})
	return b.ctx, b.err
}

func (b *onlyBrowser) quit() {
	if b.ctx == nil {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	_ = chromedp.Cancel(ctx)
}

// patience is how long a page may take for one thing. Nothing is measured by it: a machine that is busy with everything else
// may take long, and only what never comes is wrong.
const patience = time.Minute

// A page is a tab with a profile of its own: no cookies to begin with. Its methods end the test when they fail or take
// longer than patience. What its console says at level error, a broken Content-Security-Policy or a failed request for
// example, fails the test at its end.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	errors   []string
	expected []*regexp.Regexp
	sent     []string // the paths of forms
}

// browser opens a tab of desktop size in the light theme.
func browser(t *testing.T) *page {
	t.Helper()
	all, err := chromium.start(chromiumPath(t))
	if err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	p := &page{t: t}
	ctx, cancel := chromedp.NewContext(all, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx = ctx
	t.Cleanup(func() {
		cancel()
		p.complain()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	p.size(1280, 800)
	p.theme("light")
	// Each tab is as if its window were the one in front: what is about the focus must not depend on other tests.
	ask(p, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	})
	return p
}

// chromiumPath is E2E_CHROMIUM, or the browser that is installed, best the one without what would be around its window.
func chromiumPath(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		os.Getenv("E2E_CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	without(t, "There is no Chromium here.")
	return ""
}

// do runs steps that return nothing.
func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.fail(err)
	}
}

// ask runs a step that returns something.
func ask[T any](p *page, step chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, step)
	if err != nil {
		p.fail(err)
	}
	return v
}

// fail ends the test with what the page looks like.
func (p *page) fail(err error) {
	p.t.Helper()
	p.shot("failed")
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	where, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	p.t.Fatalf("%v\nThe page is %s:\n%s", err, where, text)
}

// open goes to an address and waits until it has loaded.
func (p *page) open(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}

// travel goes so many pages forward in the tab's history, or back. The page answers before it goes.
func (p *page) travel(pages int) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("void setTimeout(() => history.go(%d))", pages)))
}

// click clicks the first element that matches, once it is visible.
func (p *page) click(css string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(css)))
}

// see waits until an element that matches is visible, and returns the text of the first one.
func (p *page) see(css string) string {
	p.t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(css)))
	return ask(p, chromedp.Text(chromedp.CSS(css)))
}

// status goes to an address and returns the status of what was answered there, after redirects. A 404 must be expected.
func (p *page) status(url string) int64 {
	p.t.Helper()
	return int64(ask(p, chromedp.NavigateResponse(url)).Status)
}

// fill writes into the form field of a name, in place of what stands there.
func (p *page) fill(field, text string) {
	p.t.Helper()
	p.typed(`[name="`+field+`"]:not([type=hidden])`, text)
}

// typed writes into the field that matches, in place of what stands there. With kb.Enter at the end it sends the form.
func (p *page) typed(css, text string) {
	p.t.Helper()
	at := chromedp.CSS(css)
	p.do(chromedp.WaitVisible(at), chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).select()", css)), chromedp.SendKeys(at, text))
}

// press clicks the first visible button or link that reads exactly so, once there is one.
func (p *page) press(label string) {
	p.t.Helper()
	// In one step: what is found and clicked in two may have been replaced in between.
	const press = `(() => {
		const found = [...document.querySelectorAll("button, a, summary")].find(e => e.checkVisibility() && (e.innerText.trim() === %[1]q || e.getAttribute("aria-label") === %[1]q))
		found?.click()
		return !!found
	})()`
	p.until("no button or link reads "+label, fmt.Sprintf(press, label))
}

// submit sends a form that may be out of sight, in a closed menu for example.
func (p *page) submit(css string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).requestSubmit()", css)))
}

// text is what a reader sees of the page.
func (p *page) text() string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string]("document.body.innerText"))
}

// shows waits until the page reads all of parts somewhere.
func (p *page) shows(parts ...string) {
	p.t.Helper()
	wanted, err := json.Marshal(parts)
	if err != nil {
		p.t.Fatal(err)
	}
	p.until(fmt.Sprintf("the page lacks some of %q", parts), fmt.Sprintf("document.readyState === 'complete' && %s.every(x => document.body.innerText.includes(x))", wanted))
}

// until asks again and again until a condition holds. (Tabs in the background get no animation frames to do it by
// themselves.)
func (p *page) until(otherwise, condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		// Between two pages there is nothing to ask; the next time there is.
		if so, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition, chromedp.EvalAwaitPromise)); err == nil && so {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			p.fail(errors.New(otherwise))
		}
	}
}

// links are where the page leads, as whole addresses.
func (p *page) links() []string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a[href]")].map(a => a.href)`))
}

// bytes are what the browser gets from an address of the site, with its cookies.
func (p *page) bytes(url string) string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q).then(r => { if (!r.ok) throw new Error(r.status); return r.text() })`, url), chromedp.EvalAwaitPromise))
}

// where is the address of the page.
func (p *page) where() string {
	p.t.Helper()
	return ask(p, chromedp.Location())
}

// size sets the width and height of the view; 390 by 844 is a phone.
func (p *page) size(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// theme sets what the system prefers, "light" or "dark".
func (p *page) theme(name string) {
	p.t.Helper()
	p.prefer("prefers-color-scheme", name)
}

// prefer sets what else the system prefers, names and values of media features in turn.
func (p *page) prefer(features ...string) {
	p.t.Helper()
	all := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}} // so that nothing is looked at while it changes
	for i := 0; i < len(features); i += 2 {
		all = append(all, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	ask(p, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: all})
	})
}

// shot keeps a picture of the whole page as $E2E_SCREENSHOTS/TestName/name.png, for people to look at. Without
// E2E_SCREENSHOTS it does nothing.
func (p *page) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("E2E_SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		dir = filepath.Join(dir, p.t.Name())
		err = errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
	}
	if err != nil {
		p.t.Errorf("No picture %s: %v", name, err)
	}
}

// expect names an error that the console will rightly show, a page that is asked for and not found for example.
func (p *page) expect(pattern string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, regexp.MustCompile(pattern))
}

func (p *page) listen(event any) {
	var text string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			for _, arg := range e.Args {
				text += " " + string(arg.Value) + arg.Description
			}
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && e.Request.Method == "POST" {
			p.mu.Lock()
			p.sent = append(p.sent, u.EscapedPath())
			p.mu.Unlock()
		}
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	}
	if text == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errors = append(p.errors, strings.TrimSpace(text))
}

// complain fails the test for what the console showed and nobody expected.
func (p *page) complain() {
	p.t.Helper()
	for _, text := range p.unexpected() {
		p.t.Errorf("The console shows an error: %s", text)
	}
}

func (p *page) unexpected() (texts []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
next:
	for _, text := range p.errors {
		for _, pattern := range p.expected {
			if pattern.MatchString(text) {
				continue next
			}
		}
		texts = append(texts, text)
	}
	return texts
}
