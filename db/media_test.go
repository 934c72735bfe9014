package db_test

import (
	"fmt"
	"slices"
	"testing"

	"greenroom/db"
	"greenroom/registry"
)

// mediaOf returns the media part of the page of a run.
func mediaOf(t *testing.T, d *db.DB, by registry.Actor, q registry.MediaQuery) registry.MediaPage {
	t.Helper()
	p, err := d.RunPage(t.Context(), by, training, registry.RunPageQuery{Part: registry.RunMedia, Media: q})
	must(t, err)
	if p.MediaCount == 0 && p.Media.Mark != 0 {
		t.Errorf("the tab counts none of %d", p.Media.Mark)
	}
	return p.Media
}

// pictures makes a line per step with a picture, named by the step.
func pictures(from, to int) (lines []string) {
	for s := from; s < to; s++ {
		lines = append(lines, fmt.Sprintf(`{"_step":%d,"loss":1,"val":{"pic":{"_type":"image-file","path":"media/%d.png","width":8}},"not":{"a":{"x":NaN}}}`, s, s))
	}
	return lines
}

// What is logged can be found again by its name and step, also when its lines
// are said again, in other requests, with other values, or by another process.
func TestMediaOfARun(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	step := func(n int64) *int64 { return &n }
	path := func(at *int64) string {
		t.Helper()
		page := mediaOf(t, d, h.Bob, registry.MediaQuery{Step: at})
		if len(page.Items) != 1 || len(page.Items[0].Files) != 1 {
			t.Fatalf("found %+v", page)
		}
		return page.Items[0].Files[0].Path
	}
	say(t, d, h.Bob, history(0, pictures(0, 10)...))
	for range 2 { // repeated, and cut anew
		say(t, d, h.Bob, history(4, pictures(4, 12)...))
		page := mediaOf(t, d, h.Bob, registry.MediaQuery{})
		item := page.Items[0]
		if page.All != 1 || page.Mark != 12 || page.Newest != 11 || item.Name != "val.pic" || item.Entries != 12 || item.Step != 11 || *item.Before != 10 || item.Behind != nil {
			t.Fatalf("found %+v", page)
		}
		if !slices.Equal(item.Ticks, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) {
			t.Errorf("ticks are %v", item.Ticks)
		}
	}
	for at, want := range map[int64]string{-5: "media/0.png", 0: "media/0.png", 7: "media/7.png", 100: "media/11.png"} {
		if got := path(step(at)); got != want {
			t.Errorf("at step %d stands %s, want %s", at, got, want)
		}
	}
	say(t, d, h.Bob, history(11, `{"_step":11,"loss":2}`, `{"_step":5,"val":{"pic":{"_type":"image-file","path":"media/again.png"}}}`))
	if got := path(step(5)); got != "media/again.png" {
		t.Errorf("of a step that was logged twice stands %s", got)
	}
	if got := path(nil); got != "media/10.png" {
		t.Errorf("after the last line was replaced the newest is %s", got)
	}
	said := history(0, `{"_step":20,"val":{"pic":{"_type":"image-file","path":"media/other.png"}}}`)
	said.Writer = "other"
	say(t, d, h.Bob, said)
	if got := path(nil); got != "media/other.png" {
		t.Errorf("of two processes the newest is %s", got)
	}
}

// Thousands of steps are told apart, and a page shows some of many names.
func TestMuchMedia(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	say(t, d, h.Bob, history(0, pictures(0, 5000)...))
	line := `{"_step":5000`
	for i := range 40 {
		line += fmt.Sprintf(`,"h%02d":{"_type":"histogram","values":[1,2],"bins":[0,1,2]}`, i)
	}
	say(t, d, h.Bob, history(5000, line+`}`))
	page := mediaOf(t, d, h.Bob, registry.MediaQuery{Step: new(int64(4321))})
	if page.All != 41 || page.Counts[registry.PlotMedia] != 40 || len(page.Items) != registry.MediaPageKeys || page.Items[0].Step != 4321 || len(page.Items[0].Ticks) != registry.MediaTicks {
		t.Errorf("found %d, %d on the page", page.All, len(page.Items))
	}
	seen := len(page.Items)
	for page.Next != "" {
		page = mediaOf(t, d, h.Bob, registry.MediaQuery{After: page.Next})
		seen += len(page.Items)
	}
	if seen != 41 {
		t.Errorf("%d on all pages, want 41", seen)
	}
	page = mediaOf(t, d, h.Bob, registry.MediaQuery{Search: "H3", Kind: registry.PlotMedia})
	if page.All != 10 || page.Items[0].Name != "h30" || !slices.Equal(page.Items[0].Edges, []float64{0, 1, 2}) {
		t.Errorf("a search found %d", page.All)
	}
	if page = mediaOf(t, d, h.Bob, registry.MediaQuery{Key: "none"}); len(page.Items) != 0 {
		t.Errorf("found %+v", page.Items)
	}
}

// Files are of the run itself: those of another are as if they were not there,
// and whoever may only look gets none.
func TestFilesOfMedia(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	say(t, d, h.Bob, history(0, `{"_step":0,"t":{"_type":"table-file","path":"media/t.table.json","artifact_path":"wandb-client-artifact://someone/t.table.json"}}`))
	page := mediaOf(t, d, h.Bob, registry.MediaQuery{})
	if item := page.Items[0]; item.There["media/t.table.json"] || item.Source != nil {
		t.Errorf("a file that never came is there: %+v", item)
	}
}
