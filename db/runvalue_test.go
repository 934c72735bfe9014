package db_test

import (
	"fmt"
	"strings"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// valuesKept is what is kept of the values of a run, by name.
func valuesKept(t *testing.T, d *db.DB, run string) string {
	t.Helper()
	const q = `
		select k.name || '=' || coalesce(v.num::text, v.text)
		from run_values v
		join run_keys k on k.id = v.key_id
		join runs r on r.id = v.run_id and r.place_id = k.place_id
		where r.name = $1
		order by k.name collate "C"`
	return strings.Join(dbtest.Texts(t, d, q, run), " ")
}

// The values kept beside a run follow its config and its summary, whoever writes
// them, go when it does, and come back with it.
func TestValuesFollowTheRun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "a"}
	say := func(said registry.RunLines) {
		t.Helper()
		_, err := d.AppendHistory(t.Context(), h.Bob, ref, said)
		must(t, err)
	}
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"made", func() {
			logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{
				Config:  new(`{"lr":{"value":0.1},"net":{"value":{"depth":3}},"on":{"value":true},"_wandb":{"value":{"x":1}}}`),
				Summary: new(`{"acc":0.5}`)})
		}, "config.lr=0.1 config.net.depth=3 config.on=true summary.acc=0.5"},
		{"the summary goes on", func() {
			say(registry.RunLines{Summary: new(`{"acc":NaN,"loss":-Infinity,"_step":3,"pic":{"_type":"image-file"},"a\u0000b":1}`)})
		}, "config.lr=0.1 config.net.depth=3 config.on=true summary.ab=1 summary.acc=NaN summary.loss=-Infinity"},
		{"a key is gone, another text", func() { say(registry.RunLines{Summary: new(`{"acc":"good"}`)}) },
			"config.lr=0.1 config.net.depth=3 config.on=true summary.acc=good"},
		{"a summary that is none is dropped", func() { say(registry.RunLines{Summary: new(`[1`)}) },
			"config.lr=0.1 config.net.depth=3 config.on=true summary.acc=good"},
		{"over, then resumed with another config", func() {
			say(registry.RunLines{Complete: true})
			logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{Logs: true, Config: new(`{"lr":{"value":"fast"}}`)})
		}, "config.lr=fast summary.acc=good"},
		{"deleted", func() { must(t, d.DeleteRun(t.Context(), h.Bob, ref)) }, ""},
		{"restored", func() {
			_, err := d.RestoreRun(t.Context(), h.Bob, ref)
			must(t, err)
		}, "config.lr=fast summary.acc=good"},
	} {
		step.do()
		if got := valuesKept(t, d, "a"); got != step.want {
			t.Errorf("%s: %s\nwant %s", step.what, got, step.want)
		}
	}
}

func TestValuesOfLargeConfigs(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	var config strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&config, `"key %d":{"value":"%s"},`, i, strings.Repeat("x", 40))
	}
	config.WriteString(`"` + strings.Repeat("k", 5000) + `":{"value":1},"long":{"value":"` + strings.Repeat("ü", 9000) + `"}`)
	logRun(t, d, h.Bob, "digits", "wide", registry.RunEdit{Config: new("{" + config.String() + "}")})
	if n := len(strings.Split(valuesKept(t, d, "wide"), " config.")); n != 300 {
		t.Errorf("%d values are kept", n)
	}
	var labels strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&labels, `"%d":"class %d",`, i, i)
	}
	logRun(t, d, h.Bob, "digits", "labels", registry.RunEdit{Config: new(`{"model":{"value":{"id2label":{` + strings.TrimSuffix(labels.String(), ",") + `},"layers":{"depth":12}}},"rate":{"value":0.1}}`)})
	for _, want := range []string{"config.rate=0.1", "config.model.layers.depth=12", "config.model.id2label.7=class 7"} {
		if got := valuesKept(t, d, "labels"); !strings.Contains(got, want) {
			t.Errorf("%s is not kept beside a thousand labels", want)
		}
	}
	logRun(t, d, h.Bob, "digits", "long", registry.RunEdit{Config: new(`{"` + strings.Repeat("k", 5000) + `":{"value":1},"long":{"value":"` + strings.Repeat("ü", 9000) + `"}}`)})
	if got, want := valuesKept(t, d, "long"), "config.long="+strings.Repeat("ü", 200)+"…"; got != want {
		t.Errorf("%.60s is kept", got)
	}
}

// Runs that were there before values were kept get theirs when the schema is
// brought up to date.
func TestValuesOfOldRuns(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	logRun(t, d, h.Bob, "digits", "newest", registry.RunEdit{})
	manyRuns(t, d, "digits", 450)
	must(t, dbtest.Exec(t, d, `insert into runs_without_values select id from runs`))
	must(t, d.Migrate(t.Context()))
	kept := dbtest.Texts(t, d, `select r.name || ' ' || v.num from run_values v join run_keys k on k.id = v.key_id join runs r on r.id = v.run_id where k.name = 'config.lr' order by v.num`)
	if len(kept) != 450 || kept[0] != "r1 1" || kept[449] != "r450 450" {
		t.Errorf("%d values are kept", len(kept))
	}
	if left := dbtest.Texts(t, d, `select run_id::text from runs_without_values`); len(left) > 0 {
		t.Errorf("runs %v wait for more", left)
	}
}
