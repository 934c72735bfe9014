package ui_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"greenroom/views/ui"
)

func render(t *testing.T, c templ.Component) *goquery.Selection {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Find("body")
}

func TestColourOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]ui.Colour{
		"staging": ui.Staging, "production": ui.Production, "archived": ui.Archived, "candidate": ui.Candidate,
		"series-1": "c-1", "series-8": "c-8", "series-9": ui.Candidate, "series-": ui.Candidate, "series-12": ui.Candidate,
		"#ff0000": ui.Candidate, "": ui.Candidate,
	} {
		if got := ui.ColourOf(name); got != want {
			t.Errorf("ColourOf(%q) = %q, want %q", name, got, want)
		}
	}
	if ui.Series(0) != "c-1" || ui.Series(7) != "c-8" || ui.Series(8) != ui.Candidate || ui.Series(-1) != ui.Candidate {
		t.Error("series past the eighth are grey")
	}
}

func TestDeltaSaysWhatItsColourSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		by     float64
		higher bool
		class  string
		words  string
	}{
		{0.0012, true, "delta-better", "better, up 0.0012"},
		{-0.31, false, "delta-better", "better, down 0.3100"},
		{17, false, "delta-worse", "worse, up 17"},
		{-0.004, true, "delta-worse", "worse, down 0.0040"},
		{0, true, "", "0"},
		{math.NaN(), true, "", "NaN"},
	} {
		delta := render(t, ui.Delta(c.by, c.higher)).Find(".delta")
		if got := strings.Join(strings.Fields(delta.Text()), " "); got != c.words {
			t.Errorf("Delta(%v, %v) says %q, want %q", c.by, c.higher, got, c.words)
		}
		if c.class != "" && !delta.HasClass(c.class) {
			t.Errorf("Delta(%v, %v) is not %s", c.by, c.higher, c.class)
		}
	}
}

func TestSparklineLeavesGapsAndStaysInside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values     []float64
		lines, end int
	}{
		{[]float64{1, 2, 3}, 1, 1},
		{[]float64{1, 2, math.NaN(), 3, 4}, 2, 1},
		{[]float64{1, math.Inf(1), 2}, 0, 1},
		{[]float64{5, 5}, 1, 1},
		{[]float64{5}, 0, 1},
		{[]float64{math.NaN()}, 0, 0},
		{nil, 0, 0},
	} {
		spark := render(t, ui.Sparkline(c.values, "trend"))
		if n := spark.Find("polyline").Length(); n != c.lines {
			t.Errorf("%v: %d lines, want %d", c.values, n, c.lines)
		}
		if n := spark.Find("circle").Length(); n != c.end {
			t.Errorf("%v: %d ends, want %d", c.values, n, c.end)
		}
		html, err := spark.Html()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(html, "NaN") || strings.Contains(html, "Inf") {
			t.Errorf("%v: drawn with what is no number: %s", c.values, html)
		}
	}
}

func TestCellBarStaysInItsCell(t *testing.T) {
	t.Parallel()
	for share, want := range map[float64]string{-1: "0.0%", 0: "0.0%", 0.59: "59.0%", 1: "100.0%", 7: "100.0%"} {
		bar := render(t, ui.CellBar("0.99", share, ui.Production)).Find("rect").Last()
		if got := bar.AttrOr("width", ""); got != want {
			t.Errorf("share %v: width %q, want %q", share, got, want)
		}
	}
}
