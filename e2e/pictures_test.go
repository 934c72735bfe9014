package e2e

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// takePictures writes the pictures of docs/pictures from the whole demo, the one that `make demo` has made or makes now:
//
//	cd e2e && SCREENSHOTS=../docs/pictures go test -run TestDemo .
//
// DEMO_DATA names another demo, by its whole path.
func takePictures(t *testing.T, dir string) {
	t.Helper()
	data, err := filepath.Abs("../data/demo")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, program: program, data: cmp.Or(os.Getenv("DEMO_DATA"), data), addr: freeAddr(t)}
	s.demo(20 * time.Minute)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := browser(t)
	p.size(1440, 900)
	p.open(s.signIn)
	const reader = "/lumen/registry/model/digit-reader"
	p.open(s.url + reader + "/v5")
	run := p.linkTo(`/vision/digits/runs/\w+$`)
	for _, of := range []struct {
		name, url string
		dark      bool // in the dark theme, too
	}{
		{"landing", s.url, true},
		{"model", s.url + reader, false},
		{"compare", s.url + reader + "/compare?v=0&v=3&v=5&v=6", false},
		{"version", s.url + reader + "/v5", false},
		{"project", s.url + "/vision/digits", false},
		{"run", run, true},
		{"media", run + "/media", false},
	} {
		p.open(of.url)
		p.picture(dir, of.name)
		if of.dark {
			p.theme("dark")
			p.picture(dir, of.name+"-dark")
			p.theme("light")
		}
	}
}

// linkTo is the first link of the page that matches.
func (p *page) linkTo(pattern string) string {
	p.t.Helper()
	for _, link := range p.links() {
		if regexp.MustCompile(pattern).MatchString(link) {
			return link
		}
	}
	p.t.Fatalf("%s has no link to %s", p.where(), pattern)
	return ""
}

// picture writes what is in the window once it has settled.
func (p *page) picture(dir, name string) {
	p.t.Helper()
	const settle = `document.fonts.ready.then(() => new Promise(done => setTimeout(done, 1500)))`
	p.do(chromedp.Evaluate[chromedp.Void](settle, chromedp.EvalAwaitPromise))
	small, err := inPalette(ask(p, chromedp.CaptureScreenshot()))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), small, 0o644)
	}
	if err != nil {
		p.t.Errorf("No picture %s: %v", name, err)
	}
}

// inPalette writes a PNG with its 256 most frequent colours, which for a page are nearly all it has.
func inPalette(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	count := map[color.Color]int{}
	at := full.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			count[full.At(x, y)]++
		}
	}
	palette := make(color.Palette, 0, len(count))
	for c := range count {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int { return count[b] - count[a] })
	palette = palette[:min(256, len(palette))]
	index := map[color.Color]uint8{}
	for c := range count {
		index[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(at, palette)
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			small.SetColorIndex(x, y, index[full.At(x, y)])
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small)
	return b.Bytes(), err
}
