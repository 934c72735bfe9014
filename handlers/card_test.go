package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// carded is a registry with a model whose card somebody wrote.
func carded(t *testing.T) (h *home, at string) {
	t.Helper()
	h = newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", nil)
	at = ownShelf + "/digits/card"
	h.as("ada").save(at, "# Use\n\nReads digits.\n")
	return h, at
}

// open is the editor of a card, as somebody has it before them.
func (b *browser) edit(at string) url.Values {
	b.t.Helper()
	return valuesOf(b.page(at).Find("main form[method=post]").First())
}

// save changes a card from how it is.
func (b *browser) save(at, text string) {
	b.t.Helper()
	form := b.edit(at)
	form.Set("text", text)
	b.post(at, form).leadsTo(strings.TrimSuffix(at, "/card") + "?tab=card")
}

// A card is written with a preview by the server, and saved so that it can be
// taken back.
func TestCard(t *testing.T) {
	t.Parallel()
	h, at := carded(t)
	ada := h.as("ada")
	form := ada.edit(at)
	if form.Get("text") != "# Use\n\nReads digits.\n" {
		t.Errorf("the editor has %q", form.Get("text"))
	}
	form.Set("text", "# Use\r\n\r\nReads **letters**, too. <script>alert(1)</script>\r\n")
	ada.post(at+"/preview", form).is(http.StatusOK).shows("#card-preview strong", "letters").shows("textarea", "Reads **letters**").lacks("#card-preview script")
	if part := ada.post(at+"/preview", form, htmx).is(http.StatusOK); part.whole() || !strings.Contains(part.Body, "<strong>letters</strong>") {
		t.Errorf("the part is %q", part.Body)
	}
	ada.get(ownShelf+"/digits?tab=card").shows(".mdout", "Reads digits")
	ada.post(at, form).leadsTo(ownShelf + "/digits?tab=card")
	page := ada.get(ownShelf+"/digits?tab=card").shows(".mdout", "letters, too").shows("#flash", "Saved the card.")
	ada.post(page.doc.Find("#flash form").AttrOr("action", ""), nil).leadsTo(ownShelf + "/digits?tab=card")
	ada.get(ownShelf+"/digits?tab=card").shows(".mdout", "Reads digits").shows("#flash", "Restored the card.")
}

// Where two people change one card, the second sees what changed and loses
// nothing.
func TestTwoPeopleEditOneCard(t *testing.T) {
	t.Parallel()
	h, at := carded(t)
	ada, bob := h.as("ada"), h.as("bob")
	ada.post("/settings/account", url.Values{"full_name": {"Ada Lovelace"}, "email": {"ada@acme.example"}, "default": {"ada"}})
	mine := bob.edit(at)
	ada.save(at, "# Use\n\nReads digits.\n\n# Limits\n\nNo letters.\n")
	mine.Set("text", "# Use\n\nReads digits of any hand.\n")
	page := bob.post(at, mine).is(http.StatusConflict)
	page.shows(".note-warn", "Ada Lovelace saved the card just now. Yours").shows(`#history .clip[title="ada"]`, "Ada Lovelace").shows("textarea", "digits of any hand")
	if got := texts(page.doc.Find("section:has(#changed) ins")); strings.Join(got, " ") != "+ + # Limits + + No letters." {
		t.Errorf("what ada changed is shown as %v", got)
	}
	if got := texts(page.doc.Find("section:has(#mine) ins")); strings.Join(got, " ") != "+ Reads digits of any hand." {
		t.Errorf("what bob would change is shown as %v", got)
	}
	ada.get(ownShelf+"/digits?tab=card").shows(".mdout", "No letters")
	// Saved again, it is saved on top.
	again := valuesOf(page.doc.Find("main form[method=post]").First())
	bob.post(at, again).leadsTo(ownShelf + "/digits?tab=card")
	bob.get(ownShelf+"/digits?tab=card").shows(".mdout", "digits of any hand")
	// An undo from before somebody else saved is no licence to overwrite.
	undo := bob.get(at).doc.Find("#flash form")
	if undo.Length() > 0 {
		t.Error("the toast is shown twice")
	}
	// Saving the same text as the other is no conflict.
	same := bob.edit(at)
	ada.save(at, "Same.")
	same.Set("text", "Same.")
	bob.post(at, same).leadsTo(ownShelf + "/digits?tab=card")
}

// The history of a card is in the log: who, when, what, and back to any of it.
func TestCardHistory(t *testing.T) {
	t.Parallel()
	h, at := carded(t)
	h.as("bob").save(at, "# Use\n\nReads letters.\n")
	ada := h.as("ada")
	page := ada.get(at).is(http.StatusOK)
	entries := page.doc.Find("#history .vers a")
	if got := texts(entries.Find(".clip")); strings.Join(got, " ") != "bob ada" {
		t.Fatalf("the history has %v", got)
	}
	first := ada.get(entries.Last().AttrOr("href", "")).is(http.StatusOK).shows(".mdout", "Reads digits").shows(".diff ins", "+ Reads digits.")
	restore := first.doc.Find("button[formaction]")
	form := valuesOf(first.doc.Find("main form[method=post]").First())
	form.Set(restore.AttrOr("name", ""), restore.AttrOr("value", ""))
	ada.post(restore.AttrOr("formaction", ""), form).leadsTo(ownShelf + "/digits?tab=card")
	ada.get(ownShelf+"/digits?tab=card").shows(".mdout", "Reads digits").shows("#flash", "Restored the card.")
	ada.get(entries.First().AttrOr("href", "")).is(http.StatusOK).shows(".diff del", "− Reads digits.").shows(".diff ins", "+ Reads letters.")
	// Before the first entry there was no card.
	ada.post(at+"/restore?to=0&entry="+form.Get("entry"), nil).is(http.StatusConflict)
	ada.post(at+"/restore?to=0&entry="+ada.edit(at).Get("entry"), nil).leadsTo(ownShelf + "/digits?tab=card")
	ada.get(ownShelf+"/digits?tab=card").shows("main", "No card yet")
	for _, odd := range []string{"?at=x", "?at=0", "?at=-1", "?at=999999999"} {
		ada.get(at + odd).is(http.StatusNotFound)
	}
	ada.post(at+"/restore?to=999999999&entry=1", nil).is(http.StatusNotFound)
	ada.post(at+"/restore", nil).is(http.StatusNotFound)
}

// Viewers read the card and its history and change nothing; strangers find
// nothing.
func TestCardForOthers(t *testing.T) {
	t.Parallel()
	h, at := carded(t)
	form := url.Values{"text": {"Mine."}, "entry": {"0"}}
	vera := h.as("vera")
	vera.get(at).is(http.StatusOK).shows(".mdout", "Reads digits").lacks("textarea", "main button")
	vera.get(ownShelf + "/digits?tab=card").is(http.StatusOK).lacks(`a[href$="/card"]`)
	for who, status := range map[string]int{"vera": http.StatusForbidden, "eve": http.StatusNotFound} {
		b := h.as(who)
		b.post(at, form).is(status)
		b.post(at+"/preview", form).is(status)
		b.post(at+"/restore?to=0&entry=0", nil).is(status)
	}
	h.as("eve").get(at).is(http.StatusNotFound)
	h.as("ada").get("/vision/model-registry/nothing/card").is(http.StatusNotFound)
	h.as("ada").post(at, url.Values{"text": {strings.Repeat("x", 1<<20)}, "entry": {"0"}}).is(http.StatusRequestEntityTooLarge)
}

// The card may hold anything: it never acts.
func TestCardWithScripts(t *testing.T) {
	t.Parallel()
	h, at := carded(t)
	ada := h.as("ada")
	ada.save(at, "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![x](https://tracker.example/p.png) <img src=x onerror=alert(1)>\n\n</textarea><script>alert(2)</script>")
	for _, path := range []string{at, ownShelf + "/digits?tab=card", ownShelf + "/digits"} {
		page := ada.get(path).is(http.StatusOK).lacks("main script", "main img", `main a[href^="javascript:"]`)
		if strings.Contains(page.Body, "<script>alert") || strings.Contains(page.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s lets a script through", path)
		}
	}
}

// What a client says of a collection is in the history as well.
func TestCardThroughTheLog(t *testing.T) {
	t.Parallel()
	h, at := carded(t)
	text := "From a script."
	ref := registry.CollectionRef{Place: registry.Registry("vision", "model-registry"), Name: "digits"}
	script := h.Bob
	script.Door = registry.WandB
	c, err := h.db.UpdateCollection(t.Context(), script, registry.CollectionChange{Collection: ref, Description: &text})
	if err != nil {
		t.Fatal(err)
	}
	if names := dbtest.EventNames(t, h.db, registry.CardSubject, c.ID); len(names) != 2 {
		t.Errorf("the log has %v of the card", names)
	}
	if n := h.as("ada").page(at).Find("#history .vers a").Length(); n != 2 {
		t.Errorf("the history has %d entries", n)
	}
}
