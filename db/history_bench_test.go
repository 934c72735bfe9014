package db_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// BenchmarkAppendHistory is what one run sends at full speed: requests of 1,000
// rows with 20 metrics each, read, packed and written. It reports the metrics'
// points per second; step and times are not counted.
func BenchmarkAppendHistory(b *testing.B) {
	d := dbtest.Open(b)
	h := dbtest.Furnish(b, d)
	run := registry.RunRef{Place: registry.Project("vision", "speed"), Name: "r1"}
	_, _, err := d.UpsertRun(b.Context(), h.Bob, registry.RunEdit{Run: run})
	must(b, err)
	const rows, keys = 1000, 20
	requests := make([][]string, 16)
	for i := range requests {
		requests[i] = make([]string, rows)
	}
	b.ResetTimer()
	for n := range b.N {
		b.StopTimer()
		lines := requests[n%len(requests)]
		for i := range lines {
			lines[i] = wideLine(n*rows+i, keys)
		}
		b.StartTimer()
		_, err := d.AppendHistory(b.Context(), h.Bob, run, history(int64(n*rows), lines...))
		must(b, err)
	}
	b.ReportMetric(float64(b.N)*rows*keys/b.Elapsed().Seconds(), "points/s")
}

// BenchmarkAppendSummary is what a live run sends at the pace of its steps: a row
// of 20 metrics and the summary that has changed with it.
func BenchmarkAppendSummary(b *testing.B) {
	d := dbtest.Open(b)
	h := dbtest.Furnish(b, d)
	run := registry.RunRef{Place: registry.Project("vision", "speed"), Name: "r1"}
	_, _, err := d.UpsertRun(b.Context(), h.Bob, registry.RunEdit{Run: run})
	must(b, err)
	for n := range b.N {
		line := wideLine(n, 20)
		said := history(int64(n), line)
		said.Summary = &line
		_, err := d.AppendHistory(b.Context(), h.Bob, run, said)
		must(b, err)
	}
}

// wideLine is a row of a history as the client writes it.
func wideLine(step, keys int) string {
	var line strings.Builder
	fmt.Fprintf(&line, `{"_step":%d,"_runtime":%v,"_timestamp":%v`, step, float64(step)*0.0731, 1795422902.851973+float64(step)*0.0731)
	for k := range keys {
		fmt.Fprintf(&line, `,"train/metric_%d":%v`, k, math.Exp(-float64(step%10_000)/1000)+math.Sin(float64(step*k))/10)
	}
	return line.String() + "}"
}
