// Package views is what people see: arguments in, HTML out. Templates read what they are given and nothing else.
package views

import (
	"time"

	"greenroom/registry"
)

// Page is what every full page needs besides its own content.
type Page struct {
	Title   string                  // without the product's name
	Org     string                  // the organization's name, at the foot of the rail
	Viewer  Viewer                  // who looks; empty when signed out
	Starred []registry.StarredModel // as registry.Visitor.Starred
	About   string                  // one sentence of facts about it, for link previews
	Path    string                  // of its address
	Kind    string                  // what the page is about, if it is one thing: "model", "run"
	Section Section                 // the place of the rail this page belongs to
	Crumbs  []Crumb                 // the way here, the page itself last
	Theme   Theme                   // what the reader chose
	KeysOff bool                    // single keys do nothing
	Folded  bool                    // the rail shows its icons only
	Flash   Message                 // what the reader just did
	Now     time.Time               // the moment that "12 min ago" counts from
}

// Viewer is the person who looks. Initials and tint follow from the name.
type Viewer struct {
	Name     string
	Username string
}

// SignedIn reports whether anyone is.
func (v Viewer) SignedIn() bool { return v.Username != "" || v.Name != "" }

// display is the name to show.
func (v Viewer) display() string {
	if v.Name != "" {
		return v.Name
	}
	return v.Username
}

// Crumb is one step of the way to a page. A crumb without a URL is plain text.
type Crumb struct {
	Name string
	URL  string
}

// Message is one sentence about what the reader did and cannot see, in the past tense. UndoURL takes it back by POST
// and may be empty.
type Message struct {
	Text    string
	UndoURL string
}

// Section is a part of the product that the rail leads to.
type Section string

const (
	Registry Section = "registry"
	Projects Section = "projects"
	Settings Section = "settings"
)

// Theme is how a reader wants to see pages; the zero value follows the system.
type Theme string

const (
	SystemTheme Theme = ""
	LightTheme  Theme = "light"
	DarkTheme   Theme = "dark"
)

// ThemeCookie is the cookie that a reader's choice of theme is kept in, written by the toggle in the browser.
const ThemeCookie = "theme"

// KeysCookie is "off" for whoever does not want single keys to do anything, RailCookie "folded" for whoever wants the rail
// to show its icons only.
const (
	KeysCookie = "keys"
	RailCookie = "rail"
)

// ThemeOf reads the value of ThemeCookie; anything unknown follows the system.
func ThemeOf(cookie string) Theme {
	switch t := Theme(cookie); t {
	case LightTheme, DarkTheme:
		return t
	}
	return SystemTheme
}

// name is the value of data-theme on the root element; without one the stylesheet asks the system.
func (t Theme) name() string {
	switch t {
	case LightTheme:
		return "greenroom"
	case DarkTheme:
		return "greenroom-dark"
	}
	return ""
}

// scheme is the theme in the words of a page that does not load the stylesheet.
func (t Theme) scheme() string {
	if t == SystemTheme {
		return "light dark"
	}
	return string(t)
}

// fullTitle says what the page is about and of what kind that is.
func (p Page) fullTitle() string {
	if p.Kind == "" {
		return p.Title
	}
	return p.Title + " · " + p.Kind
}
