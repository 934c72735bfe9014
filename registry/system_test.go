package registry

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// What clients measure has a title with its unit; what is not known keeps its key.
func TestSystemMetricOf(t *testing.T) {
	for key, want := range map[string]struct {
		group SystemGroup
		title string
	}{
		"system.cpu":                                {CPUGroup, "CPU of the process (%)"},
		"system.cpu.11.cpu_percent":                 {CPUGroup, "CPU core 11 (%)"},
		"system.memory_percent":                     {MemoryGroup, "Memory in use (%)"},
		"system.proc.memory.rssMB":                  {MemoryGroup, "Memory of the process (MB)"},
		`system.disk.\.usageGB`:                     {DiskGroup, "Disk / (GB)"},
		`system.disk.\mnt\data.1.usagePercent`:      {DiskGroup, "Disk /mnt/data.1 (%)"},
		"system.disk.in":                            {DiskGroup, "Disk read (MB)"},
		"system.network.sent":                       {NetworkGroup, "Sent (MB)"},
		"system.gpu.0.gpu":                          {GPUGroup, "GPU 0 (%)"},
		"system.gpu.3.powerWatts":                   {GPUGroup, "GPU 3 power (W)"},
		"system.gpu.process.0.memoryAllocatedBytes": {GPUGroup, "GPU 0 memory of the process (GB)"},
		"system.gpu.0.temp/l:node 2":                {GPUGroup, "GPU 0 temperature (°C), node 2"},
		"system.tpu.0.dutyCycle":                    {OtherGroup, "tpu.0.dutyCycle"},
		"mine <b>":                                  {OtherGroup, "mine <b>"},
		"system.gpu..gpu":                           {OtherGroup, "gpu..gpu"},
	} {
		if m := SystemMetricOf(key); m.Group != want.group || m.Title != want.title || m.Key != key {
			t.Errorf("%s: %s: %q", key, m.Group, m.Title)
		}
	}
}

// Lines come in any order and tell the time since the start or of day; what does not is left out. A spike stays in sight.
func TestSystemReader(t *testing.T) {
	r := SystemReader{Started: time.Unix(1000, 0)}
	for i := 2399; i >= 0; i-- {
		r.Add(fmt.Sprintf(`{"_runtime":%d.5,"_timestamp":99,"_wandb":true,"system.network.sent":%d}`, i, i*1_000_000))
	}
	r.Add(`{"_timestamp":1002,"system.gpu.10.gpu":1,"system.gpu.9.gpu":2,"system.cpu":3,"system.memory":4,"system.memory_percent":5,"new":6}`)
	for _, line := range []string{`nonsense`, `{"system.cpu":9}`, `{"_runtime":NaN,"system.cpu":9}`, `{"_runtime":1e300,"system.cpu":9}`, ``} {
		r.Add(line)
	}
	var titles []string
	curves := r.Curves()
	for _, c := range curves {
		titles = append(titles, c.Title)
	}
	want := []string{"CPU of the process (%)", "Memory in use (%)", "Memory in use (%), system.memory_percent", "GPU 9 (%)", "GPU 10 (%)", "Sent (MB)", "new"}
	if fmt.Sprint(titles) != fmt.Sprint(want) {
		t.Fatalf("%q", titles)
	}
	if cpu := curves[0]; cpu.N != 1 || cpu.Series.X[0] != 2 || cpu.Last != 3 {
		t.Errorf("%+v", cpu)
	}
	sent := curves[5]
	lo, hi := sent.Range()
	if n := len(sent.Series.X); n < 400 || n > 500 || sent.Series.X[0] != 0.5 || lo != 0 || hi != 2399 || sent.Last != 2399 || sent.N != 2400 {
		t.Errorf("%d points from %v, %v to %v, last %v of %d", n, sent.Series.X[0], lo, hi, sent.Last, sent.N)
	}
	if lo, hi := (SystemCurve{}).Range(); !math.IsNaN(lo) || !math.IsNaN(hi) {
		t.Errorf("the range of nothing is %v to %v", lo, hi)
	}
}
