package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

const (
	sessionCookie = "greenroom"
	onceCookie    = "greenroom_once" // what the next page shows and then forgets
	tokenValue    = "token"
	flashText     = "flash"
	flashUndo     = "undo"
	onceSeconds   = 15 * 60
)

// Sessions recognizes browsers by a cookie. It holds a random token and nothing
// else: whose it is stands in a row that can be deleted.
type Sessions struct {
	store *sessions.CookieStore
	once  *sessions.CookieStore
	find  Find
}

// Find returns who holds a token, Unauthenticated when nobody does any more.
type Find func(ctx context.Context, token string) (registry.Visitor, error)

// NewSessions signs cookies with sign (32 bytes) and encrypts what waits for the
// next page with seal (32 bytes). Secure is for servers that are reached by
// https.
func NewSessions(sign, seal []byte, secure bool, find Find) *Sessions {
	options := sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure}
	s := &Sessions{store: sessions.NewCookieStore(sign), once: sessions.NewCookieStore(sign, seal), find: find}
	s.store.Options = &options
	s.store.MaxAge(int(registry.SessionLife.Seconds()))
	forOnce := options
	s.once.Options = &forOnce
	s.once.MaxAge(onceSeconds)
	return s
}

// Middleware finds out who is asking. A cookie that no longer means anybody is
// taken away.
func (s *Sessions) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(sessionsKey, s)
		token := SessionToken(c)
		if token == "" {
			return next(c)
		}
		v, err := s.find(c.Request().Context(), token)
		switch {
		case registry.KindOf(err) == registry.Unauthenticated:
			err = EndSession(c)
		case err == nil && v.Renewed:
			err = BeginSession(c, token)
		}
		if err != nil {
			return err
		}
		c.Set(visitorKey, v)
		return next(c)
	}
}

// BeginSession gives the browser a token to come back with.
func BeginSession(c echo.Context, token string) error {
	return save(c, stores(c).store, sessionCookie, tokenValue, token)
}

// EndSession takes the token away.
func EndSession(c echo.Context) error {
	return save(c, stores(c).store, sessionCookie, tokenValue, "")
}

// SessionToken returns the token the browser came with, "" if none.
func SessionToken(c echo.Context) string {
	return load(c, stores(c).store, sessionCookie)[tokenValue]
}

// Say leaves one sentence, in the past tense, for the next page to show, or for
// the part of a page that this request gets.
func Say(c echo.Context, sentence string) error {
	c.Set(saidKey, true)
	return Keep(c, flashText, sentence)
}

// SayUndo is Say, with the address on this server that takes back by POST what
// was done.
func SayUndo(c echo.Context, sentence, undo string) error {
	if err := Keep(c, flashUndo, undo); err != nil {
		return err
	}
	return Say(c, sentence)
}

// Keep leaves something for the next page that asks for it by name, encrypted,
// in the reader's own browser.
func Keep(c echo.Context, name, value string) error {
	return save(c, stores(c).once, onceCookie, name, value)
}

// Held returns what Keep left under name, and leaves it for a quarter of an hour
// since Keep: for what a page shows that is loaded again while one reads it.
func Held(c echo.Context, name string) string {
	s, ok := c.Get(sessionsKey).(*Sessions)
	if !ok {
		return ""
	}
	return load(c, s.once, onceCookie)[name]
}

// Kept is Held, but forgets.
func Kept(c echo.Context, name string) string {
	value := Held(c, name)
	if value == "" {
		return ""
	}
	if err := save(c, stores(c).once, onceCookie, name, ""); err != nil {
		return ""
	}
	return value
}

func stores(c echo.Context) *Sessions {
	s, ok := c.Get(sessionsKey).(*Sessions)
	if !ok {
		panic("web: the route has no session middleware")
	}
	return s
}

// load returns what a cookie says: nothing, for one that is not ours or too old.
func load(c echo.Context, store *sessions.CookieStore, name string) map[string]string {
	values := map[string]string{}
	s, err := store.Get(c.Request(), name)
	if err != nil {
		return values
	}
	for k, v := range s.Values {
		key, _ := k.(string)
		values[key], _ = v.(string)
	}
	return values
}

// save sets one value of a cookie, "" to delete it; a cookie without values goes.
func save(c echo.Context, store *sessions.CookieStore, name, key, value string) error {
	s, _ := store.Get(c.Request(), name) // one that cannot be read is replaced
	if value == "" {
		delete(s.Values, key)
	} else {
		s.Values[key] = value
	}
	options := *store.Options
	if len(s.Values) == 0 {
		options.MaxAge = -1
	}
	s.Options = &options
	dropCookie(c.Response().Header(), name)
	return s.Save(c.Request(), c.Response())
}

// dropCookie takes back what was to be set before: the last word counts.
func dropCookie(h http.Header, name string) {
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(line string) bool { return strings.HasPrefix(line, name+"=") })
}
