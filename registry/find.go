package registry

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// HitKind is a kind of thing that a search over everything finds.
type HitKind string

// The kinds, in the order in which people look for them.
const (
	ModelHits    HitKind = "models"
	VersionHits  HitKind = "versions"
	ArtifactHits HitKind = "artifacts" // what scripts logged, without bookkeeping
	RunHits      HitKind = "runs"
	ProjectHits  HitKind = "projects"
	OwnerHits    HitKind = "people" // and teams and organizations
)

// HitKinds are all of them.
var HitKinds = []HitKind{ModelHits, VersionHits, ArtifactHits, RunHits, ProjectHits, OwnerHits}

// UnmarshalText reads a kind from an address; "" is for every kind.
func (k *HitKind) UnmarshalText(text []byte) error {
	for _, known := range append([]HitKind{""}, HitKinds...) {
		if string(known) == string(text) {
			*k = known
			return nil
		}
	}
	return Errorf(Invalid, "A search finds models, versions, artifacts, runs, projects or people.")
}

// FirstHits is how many of each kind a search for every kind shows.
const FirstHits = 5

// FindQuery is a search over everything one may see.
type FindQuery struct {
	Text  string  // words that all must stand in what is found; case does not matter
	Kind  HitKind // "" for the first of each
	After string  // FindPage.Next of the page before, "" for the first
}

// FindPage is what a search found, what is called so before what mentions it,
// and the newest first.
type FindPage struct {
	Query  FindQuery
	Groups []HitGroup // those asked for that are not empty
	Next   string     // FindQuery.After of the page that follows; of one kind only
}

// HitGroup is what was found of one kind.
type HitGroup struct {
	Kind HitKind
	Hits []Hit
	More bool // there are others
}

// Hit is one thing that was found.
type Hit struct {
	ID      int64
	Place   Place    // it stands in, or is; of a person, a team or an organization just the owner
	Name    string   // of the model, the artifact, the run, the project or the owner
	Title   string   // what people call the run or the person
	Type    string   // of the artifact, or a model's
	Number  int      // of a version
	State   RunState // of a run
	Text    string   // what was written about it
	Tags    []string
	Stages  []StageHolder // that the model's versions hold, or this one
	Aliases []AliasHolder // the others, latest too where it is a version's
	By      string        // who made the run or linked the version
	At      time.Time     // of the last change
	Score   int           // how well the name fits
}

// VersionAsked reads "digits v14", "digits:v14" and "digits:latest": the words
// of the model and which of its versions is meant. Number is -1 for latest; ok
// is false where no one version is named.
func VersionAsked(text string) (words []string, number int, ok bool) {
	for _, w := range Words(strings.ReplaceAll(text, ":", " ")) {
		if w == Latest && !ok {
			number, ok = -1, true
			continue
		}
		if versionName.MatchString(w) && !ok {
			if n, err := strconv.ParseInt(w[1:], 10, 32); err == nil {
				number, ok = int(n), true
				continue
			}
		}
		words = append(words, w)
	}
	return words, number, ok && len(words) > 0
}

// FindMark marks where a page of hits ends: it begins with the worse fits.
type FindMark struct {
	Score int
	PageMark
}

func (m FindMark) String() string { return fmt.Sprintf("%d-%s", m.Score, m.PageMark) }

// ReadFindMark reads a mark from an address; "" is before every hit. Returns
// Invalid for anything that is no mark.
func ReadFindMark(s string) (FindMark, error) {
	if s == "" {
		return FindMark{Score: 99, PageMark: NewestMark()}, nil
	}
	score, rest, _ := strings.Cut(s, "-")
	m, ok, err := ReadPageMark(rest)
	n, err1 := strconv.ParseInt(score, 10, 8)
	if err == nil && (err1 != nil || !ok) {
		err = Errorf(Invalid, "This address does not lead to a page of the list. Start again from the first one.")
	}
	return FindMark{Score: int(n), PageMark: m}, err
}

// markup is what Markdown is written with and no reader looks for.
var markup = strings.NewReplacer("#", "", "**", "", "`", "", "| ", "")

// Excerpt is the part of a text around the first of some words: what people
// need to see why it was found. It is short enough for one line.
func Excerpt(text string, words []string) string {
	const before, room = 40, 160
	runes := []rune(strings.Join(strings.Fields(markup.Replace(text)), " "))
	lower := []rune(strings.ToLower(string(runes)))
	if len(runes) <= room || len(lower) != len(runes) {
		return string(runes[:min(len(runes), room)])
	}
	at := len(runes)
	for _, w := range words {
		if i := strings.Index(string(lower), w); i >= 0 {
			at = min(at, len([]rune(string(lower)[:i])))
		}
	}
	if at == len(runes) || at < room-before {
		return string(runes[:room]) + "…"
	}
	from := at - before
	to := min(len(runes), from+room)
	cut := "…" + string(runes[from:to])
	if to < len(runes) {
		cut += "…"
	}
	return cut
}
