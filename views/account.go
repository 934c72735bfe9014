package views

import (
	"strings"

	"github.com/a-h/templ"

	"greenroom/registry"
	"greenroom/views/ui"
)

// swap lets htmx send a form to action and put the answer in the place of an
// element.
func swap(action, id string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-target": "#" + id, "hx-swap": "outerHTML"}
}

func accountLine(a registry.Account) string {
	if a.Admin {
		return a.Name + ", administrator of this server"
	}
	return a.Name
}

func passwordVerb(a registry.Account) string {
	if a.HasPassword {
		return "Change password"
	}
	return "Set password"
}

// defaultChoices are the entities somebody's runs may go to: their own, and the
// teams they may log to.
func defaultChoices(a registry.Account) []ui.Option {
	options := []ui.Option{{Value: a.Name, Label: a.Name + " (only you)"}}
	for _, m := range a.Teams {
		if m.Role != registry.Viewer {
			options = append(options, ui.Option{Value: m.EntityName, Label: m.EntityName})
		}
	}
	return options
}

// browserWords says in words which browser sends a User-Agent.
func browserWords(agent string) string {
	name := firstOf(agent, "a browser",
		"Firefox/", "Firefox", "Edg/", "Edge", "OPR/", "Opera", "HeadlessChrome/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari", "curl/", "curl")
	system := firstOf(agent, "",
		"iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	if system == "" {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return strings.ToUpper(name[:1]) + name[1:] + " on " + system
}

// firstOf returns the word of the first sign that stands in text; signs and
// words alternate.
func firstOf(text, otherwise string, signs ...string) string {
	for i := 0; i+1 < len(signs); i += 2 {
		if strings.Contains(text, signs[i]) {
			return signs[i+1]
		}
	}
	return otherwise
}

func themeChoices() []ui.Option {
	return []ui.Option{
		{Value: string(SystemTheme), Label: "As the system has it"}, {Value: string(LightTheme), Label: "Light"}, {Value: string(DarkTheme), Label: "Dark"},
	}
}
