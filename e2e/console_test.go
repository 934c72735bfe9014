package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// prints lets the run print lines, from the nth on.
func (l *livingPage) prints(from int, lines []string, more ...string) {
	l.wire.t.Helper()
	said, err := json.Marshal(lines)
	if err != nil {
		l.wire.t.Fatal(err)
	}
	body := fmt.Sprintf(`{"files":{"output.log":{"offset":%d,"content":%s}}%s}`, from, said, strings.Join(more, ""))
	if r := l.stream(l.ada.name, "cats", "live", body); r.status != 200 {
		l.wire.t.Fatal(r)
	}
}

// numbered are lines up to the nth.
func numbered(from, to int) (lines []string) {
	for n := from; n < to; n++ {
		lines = append(lines, fmt.Sprintf("2026-01-01T00:00:00.000000 line %d", n+1))
	}
	return lines
}

// has waits until the console has a line.
func (l *livingPage) has(line int) {
	l.page.t.Helper()
	l.until(fmt.Sprintf("line %d does not come", line), fmt.Sprintf(`!!document.getElementById("L%d")`, line))
}

// The console of a run that goes on stays at its end while Follow is on, and where somebody reads while it is off. Reading
// further up turns it off, coming back to the end turns it on.
func TestConsoleFollows(t *testing.T) {
	t.Parallel()
	l := newLivingPage(t)
	l.size(1280, 800)
	l.prints(5, numbered(5, 200))
	l.open(l.at + "/logs")
	l.has(200)
	const follow, ends = `document.querySelector("#console [name=follow]")`, `(() => {
		const box = document.querySelector("#console .log").getBoundingClientRect(), last = document.querySelector("#console li:last-child").getBoundingClientRect()
		return last.bottom <= box.bottom + 1 && last.bottom > box.top
	})()`
	l.until("the console does not begin at its end", follow+".checked && "+ends)
	accessible(t, l.page)
	l.prints(200, numbered(200, 205))
	l.has(205)
	l.until("the console does not stay at its end", follow+".checked && "+ends)

	const line = `document.getElementById("L100").getBoundingClientRect().top`
	l.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("L100").scrollIntoView({block: "start"})`))
	l.until("reading further up goes on following", "!"+follow+".checked")
	was := ask(l.page, chromedp.Evaluate[float64](line))
	l.prints(205, numbered(205, 225))
	l.has(225)
	if is := ask(l.page, chromedp.Evaluate[float64](line)); is-was > 2 || was-is > 2 {
		t.Errorf("what somebody reads moves from %v to %v when lines come", was, is)
	}
	if ask(l.page, chromedp.Evaluate[bool](follow+".checked")) {
		t.Error("lines that come turn Follow on")
	}

	l.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#console .log").scrollTop = 0`))
	l.until("back at the end it does not follow", follow+".checked && "+ends)

	l.click("#console label:has([name=follow])")
	l.until("Follow cannot be turned off", "!"+follow+".checked")
	l.prints(225, numbered(225, 245))
	l.has(245)
	if ask(l.page, chromedp.Evaluate[bool](follow+".checked || "+ends)) {
		t.Error("the console goes to its end although nobody wants it to follow")
	}
	l.click("#console label:has([name=follow])")
	l.until("Follow does not go to the end", follow+".checked && "+ends)
	l.prints(245, numbered(245, 250))
	l.has(250)
	l.until("the console does not follow again", ends)
}

// Long lines are wrapped, or go on to the right: as somebody chose last, for every run.
func TestConsoleWraps(t *testing.T) {
	t.Parallel()
	l := newLivingPage(t)
	l.prints(5, []string{"2026-01-01T00:00:00.000000 a long line of " + strings.Repeat("many words ", 60)}, `,"complete":true,"exitcode":0`)
	l.open(l.at + "/logs")
	const wraps = `(() => {
		const box = document.querySelector("#console .log"), line = document.getElementById("L6")
		return document.querySelector("#console [name=wrap]").checked && box.scrollWidth <= box.clientWidth && line.offsetHeight > 40
	})()`
	const goesOn = `(() => {
		const box = document.querySelector("#console .log"), line = document.getElementById("L6")
		return !document.querySelector("#console [name=wrap]").checked && box.scrollWidth > 2 * box.clientWidth && line.offsetHeight < 40
	})()`
	l.until("a long line is not wrapped", wraps)
	if ask(l.page, chromedp.Evaluate[bool](`!!document.querySelector("#console [name=follow]")`)) {
		t.Error("there is something to follow in a run that is over")
	}
	l.click("#console label:has([name=wrap])")
	l.until("a long line is wrapped still", goesOn)
	accessible(t, l.page)
	l.fits("/logs")
	l.open(l.at + "/logs")
	l.until("the next time it is wrapped again", goesOn)
	l.click("#console label:has([name=wrap])")
	l.until("a long line is not wrapped again", wraps)
	l.scripts(false)
	l.open(l.at + "/logs")
	if ask(l.page, chromedp.Evaluate[bool](`document.querySelector("#console [data-tools]").checkVisibility()`)) {
		t.Error("without a script there are switches that do nothing")
	}
	l.shows("a long line of many words")
}
