package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// The button in the bar goes from the system's theme to the other one, to the system's own by name, and back; the next page
// comes in what was chosen, before any script has run.
func TestThemeButton(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	p := s.signInAs(ada)
	const button = "theme-toggle button"
	ground := map[string]string{}
	looks := func(says, theme, wears string) {
		t.Helper()
		p.until(fmt.Sprintf("the button does not say %q, or the page has another theme than %q", says, theme),
			fmt.Sprintf(`(document.documentElement.dataset.theme ?? "") === %q && document.querySelector(%q).getAttribute("aria-label") === %q`, theme, button, says))
		if got := ask(p, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`)); got != ground[wears] {
			t.Errorf("with %q the page is %s, want %s, which is %s", says, got, ground[wears], wears)
		}
	}
	next := func(path string) {
		t.Helper()
		p.scripts(false) // the server gives the page its theme
		p.open(s.url + path)
		p.scripts(true)
	}
	for _, system := range []string{"light", "dark"} {
		p.theme(system)
		p.open(s.url + "/projects")
		ground[system] = ask(p, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`))
	}
	if ground["light"] == ground["dark"] {
		t.Fatalf("both themes are %s", ground["light"])
	}

	for _, system := range []struct{ is, other, theme, otherTheme, named, otherNamed string }{
		{"light", "dark", "greenroom", "greenroom-dark", "Light theme", "Dark theme"},
		{"dark", "light", "greenroom-dark", "greenroom", "Dark theme", "Light theme"},
	} {
		p.theme(system.is)
		p.open(s.url)
		looks("Theme of the system. Turn to: "+system.other+" theme", "", system.is)
		for _, step := range []struct{ says, theme, wears string }{
			{system.otherNamed + ". Turn to: " + system.is + " theme", system.otherTheme, system.other},
			{system.named + ". Turn to: theme of the system", system.theme, system.is},
			{"Theme of the system. Turn to: " + system.other + " theme", "", system.is},
		} {
			p.open(s.url)
			p.click(button)
			looks(step.says, step.theme, step.wears)
			next("/projects")
			if got := ask(p, chromedp.Evaluate[string](`document.documentElement.dataset.theme ?? ""`)); got != step.theme {
				t.Errorf("after %q the next page comes with %q, want %q", step.says, got, step.theme)
			}
			p.open(s.url + "/settings/account")
			looks(step.says, step.theme, step.wears)
		}
	}
}
