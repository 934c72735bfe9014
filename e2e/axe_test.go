package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// violations are the breaches of WCAG 2.2, levels A and AA, that axe finds on the page as it stands, one line each.
func (p *page) violations() []string {
	p.t.Helper()
	axe, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	if err != nil {
		without(p.t, "There is no axe-core here.")
	}
	if !ask(p, chromedp.Evaluate[bool](`"axe" in window`)) {
		p.do(chromedp.Evaluate[chromedp.Void](string(axe)))
	}
	// It need not say of what is right where that is, nor ask for the style sheets again, which none of these rules reads.
	const run = `axe.run(document, {resultTypes: ["violations"], selectors: false, preload: false,
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations)`
	raw := ask(p, chromedp.Evaluate[[]byte](run, chromedp.EvalAwaitPromise))
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		p.t.Fatal(err)
	}
	var lines []string
	for _, v := range found {
		for _, node := range v.Nodes {
			lines = append(lines, fmt.Sprintf("%s: %s: %s %s", v.ID, v.Help, node.HTML, node.FailureSummary))
		}
	}
	return lines
}

// accessible demands that axe finds nothing on the page as it stands.
func accessible(t *testing.T, p *page) {
	t.Helper()
	for _, line := range p.violations() {
		t.Errorf("%s is not accessible: %s", p.where(), line)
	}
}
