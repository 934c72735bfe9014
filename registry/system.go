package registry

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// SystemSamples is how many of the lines that a machine measured are read for
// its charts, evenly chosen, and systemBuckets how finely those are drawn.
const (
	SystemSamples = 1500
	systemBuckets = 500
)

// SystemGroup is a part of a machine.
type SystemGroup string

// The groups, in the order in which they are shown.
const (
	CPUGroup     SystemGroup = "CPU"
	MemoryGroup  SystemGroup = "Memory"
	GPUGroup     SystemGroup = "GPU"
	DiskGroup    SystemGroup = "Disk"
	NetworkGroup SystemGroup = "Network"
	OtherGroup   SystemGroup = "Other"
)

var systemGroups = []SystemGroup{CPUGroup, MemoryGroup, GPUGroup, DiskGroup, NetworkGroup, OtherGroup}

// SystemMetric is a number that a client measures on its machine.
type SystemMetric struct {
	Key   string // as it was logged
	Group SystemGroup
	Title string // with the unit

	scale float64 // from what was logged to the unit
	rank  int     // in the table, behind it what is not known
	which string  // of several, such as the number of a GPU
}

// systemMetrics are the numbers that clients are known to measure, after
// "system."; * stands for a number or a name, which the title repeats.
var systemMetrics = []struct {
	key   string
	group SystemGroup
	title string
	scale float64
}{
	{"cpu", CPUGroup, "CPU of the process (%)", 1},
	{"cpu.*.cpu_percent", CPUGroup, "CPU core * (%)", 1},
	{"cpu.avg_temp", CPUGroup, "CPU temperature (°C)", 1},
	{"cpu.ecpu_freq", CPUGroup, "Efficiency cores (MHz)", 1},
	{"cpu.ecpu_percent", CPUGroup, "Efficiency cores (%)", 1},
	{"cpu.pcpu_freq", CPUGroup, "Performance cores (MHz)", 1},
	{"cpu.pcpu_percent", CPUGroup, "Performance cores (%)", 1},
	{"cpu.powerWatts", CPUGroup, "CPU power (W)", 1},
	{"proc.cpu.threads", CPUGroup, "Threads of the process", 1},
	{"proc.cpu.throttledPercent", CPUGroup, "CPU throttled (%)", 1},
	{"wandb.cpu", CPUGroup, "CPU of the client (%)", 1},

	{"memory", MemoryGroup, "Memory in use (%)", 1},
	{"memory_percent", MemoryGroup, "Memory in use (%)", 1},
	{"memory.used_percent", MemoryGroup, "Memory in use (%)", 1},
	{"memory.used", MemoryGroup, "Memory in use (GB)", 1e-9},
	{"proc.memory.rssMB", MemoryGroup, "Memory of the process (MB)", 1},
	{"proc.memory.percent", MemoryGroup, "Memory of the process (%)", 1},
	{"proc.memory.availableMB", MemoryGroup, "Memory available (MB)", 1},
	{"proc.memory.oomKills", MemoryGroup, "Killed for want of memory", 1},
	{"swap.used", MemoryGroup, "Swap in use (GB)", 1e-9},
	{"swap.used_percent", MemoryGroup, "Swap in use (%)", 1},
	{"wandb.memory.rssMB", MemoryGroup, "Memory of the client (MB)", 1},

	{"gpu.process.*.gpu", GPUGroup, "GPU * for the process (%)", 1},
	{"gpu.process.*.memory", GPUGroup, "GPU * memory access for the process (%)", 1},
	{"gpu.process.*.memoryAllocated", GPUGroup, "GPU * memory of the process (%)", 1},
	{"gpu.process.*.memoryAllocatedBytes", GPUGroup, "GPU * memory of the process (GB)", 1e-9},
	{"gpu.process.*.memoryUsedBytes", GPUGroup, "GPU * memory used by the process (GB)", 1e-9},
	{"gpu.process.*.temp", GPUGroup, "GPU * temperature for the process (°C)", 1},
	{"gpu.process.*.powerWatts", GPUGroup, "GPU * power for the process (W)", 1},
	{"gpu.process.*.powerPercent", GPUGroup, "GPU * power for the process (%)", 1},
	{"gpu.process.*.enforcedPowerLimitWatts", GPUGroup, "GPU * power limit for the process (W)", 1},
	{"gpu.*.gpu", GPUGroup, "GPU * (%)", 1},
	{"gpu.*.memory", GPUGroup, "GPU * memory access (%)", 1},
	{"gpu.*.memoryAllocated", GPUGroup, "GPU * memory (%)", 1},
	{"gpu.*.memoryAllocatedBytes", GPUGroup, "GPU * memory (GB)", 1e-9},
	{"gpu.*.temp", GPUGroup, "GPU * temperature (°C)", 1},
	{"gpu.*.powerWatts", GPUGroup, "GPU * power (W)", 1},
	{"gpu.*.powerPercent", GPUGroup, "GPU * power (%)", 1},
	{"gpu.*.enforcedPowerLimitWatts", GPUGroup, "GPU * power limit (W)", 1},
	{"gpu.*.energyJoules", GPUGroup, "GPU * energy (kJ)", 1e-3},
	{"gpu.*.fanSpeed", GPUGroup, "GPU * fan (%)", 1},
	{"gpu.*.freq", GPUGroup, "GPU * clock (MHz)", 1},
	{"gpu.*.smClock", GPUGroup, "GPU * SM clock (MHz)", 1},
	{"gpu.*.graphicsClock", GPUGroup, "GPU * graphics clock (MHz)", 1},
	{"gpu.*.memoryClock", GPUGroup, "GPU * memory clock (MHz)", 1},
	{"gpu.*.encoderUtilization", GPUGroup, "GPU * encoder (%)", 1},
	{"gpu.*.correctedMemoryErrors", GPUGroup, "GPU * memory errors, corrected", 1},
	{"gpu.*.uncorrectedMemoryErrors", GPUGroup, "GPU * memory errors, not corrected", 1},

	{"disk.*.usagePercent", DiskGroup, "Disk * (%)", 1},
	{"disk.*.usageGB", DiskGroup, "Disk * (GB)", 1},
	{"disk.*.readBps", DiskGroup, "Disk * reads (MB/s)", 1e-6},
	{"disk.*.writeBps", DiskGroup, "Disk * writes (MB/s)", 1e-6},
	{"disk.*.in", DiskGroup, "Disk * read (MB)", 1},
	{"disk.*.out", DiskGroup, "Disk * written (MB)", 1},
	{"disk.in", DiskGroup, "Disk read (MB)", 1},
	{"disk.out", DiskGroup, "Disk written (MB)", 1},

	{"network.sent", NetworkGroup, "Sent (MB)", 1e-6},
	{"network.recv", NetworkGroup, "Received (MB)", 1e-6},
	{"network.sentBps", NetworkGroup, "Sent (MB/s)", 1e-6},
	{"network.recvBps", NetworkGroup, "Received (MB/s)", 1e-6},
	{"network.tcpRetransmits", NetworkGroup, "TCP retransmits", 1},

	{"system.powerWatts", OtherGroup, "Power of the machine (W)", 1},
}

// SystemMetricOf tells what stands under a key; what is not known keeps its name.
// Clients write the path of a disk with backslashes, and "/l:" and a label behind
// the keys of a process among several that log one run.
func SystemMetricOf(key string) SystemMetric {
	name, label, labelled := strings.Cut(strings.TrimPrefix(key, "system."), "/l:")
	m := SystemMetric{Key: key, Group: OtherGroup, Title: name, scale: 1, rank: len(systemMetrics)}
	for i, known := range systemMetrics {
		before, after, some := strings.Cut(known.key, "*")
		if some && len(name) > len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) {
			m.which = strings.ReplaceAll(name[len(before):len(name)-len(after)], `\`, "/")
		} else if name != known.key {
			continue
		}
		m.Group, m.Title, m.scale, m.rank = known.group, strings.Replace(known.title, "*", m.which, 1), known.scale, i
		break
	}
	if labelled {
		m.Title += ", " + label
	}
	return m
}

// SystemCurve is what a client measured of one thing, over the seconds since its
// script began.
type SystemCurve struct {
	SystemMetric
	Series Series
	N      int // how many values the series is made from
	Last   float64
}

// Range returns the lowest and the highest value.
func (c SystemCurve) Range() (lo, hi float64) {
	if len(c.Series.Lo) == 0 {
		return math.NaN(), math.NaN()
	}
	return slices.Min(c.Series.Lo), slices.Max(c.Series.Hi)
}

// SystemPage is what a run's machine measured.
type SystemPage struct {
	Live   bool // more may come
	Curves []SystemCurve
}

// SystemReader makes curves of lines that a machine measured, in any order.
type SystemReader struct {
	Started time.Time // of the run, for lines that tell the time of day only
	After   float64   // seconds, before which lines are left out; 0 for none
	line    LineReader
	columns Columns
	rows    int
}

// Add takes a line; one that does not tell its time is left out.
func (s *SystemReader) Add(line string) {
	at, ok := s.time(line)
	if !ok || s.After != 0 && at < milliseconds(s.After) {
		return
	}
	s.columns.Add(s.rows, at, &s.line)
	s.rows++
}

// Before reports whether the first of some lines was measured before After.
func (s *SystemReader) Before(lines []string) bool {
	for _, line := range lines {
		if at, ok := s.time(line); ok {
			return at < milliseconds(s.After)
		}
	}
	return false
}

func milliseconds(seconds float64) int64 { return int64(math.Round(seconds * 1000)) }

// time reads a line and when it was measured, in milliseconds.
func (s *SystemReader) time(line string) (ms int64, ok bool) {
	if s.line.Read(line) != nil {
		return 0, false
	}
	at, said := math.NaN(), math.NaN()
	for name, v := range s.line.Numbers() {
		switch string(name) {
		case "_runtime":
			at = v
		case "_timestamp":
			said = v
		}
	}
	if math.IsNaN(at) {
		at = said - float64(s.Started.UnixMilli())/1000
	}
	const ages = 1e10 // seconds
	if !(math.Abs(at) < ages) {
		return 0, false
	}
	return milliseconds(at), true
}

// Curves returns what was measured by group, each with a title of its own.
func (s *SystemReader) Curves() (curves []SystemCurve) {
	for _, c := range s.columns.All() {
		if strings.HasPrefix(c.Key, "_") {
			continue
		}
		steps, values := ordered(c.Steps, c.Values)
		m := SystemMetricOf(c.Key)
		series := Thin(steps, values, steps[0], steps[len(steps)-1], systemBuckets)
		series.Odd = nil
		for i := range series.X {
			series.X[i] /= 1000
			series.Y[i], series.Lo[i], series.Hi[i] = series.Y[i]*m.scale, series.Lo[i]*m.scale, series.Hi[i]*m.scale
		}
		curves = append(curves, SystemCurve{SystemMetric: m, Series: series, N: len(values), Last: values[len(values)-1] * m.scale})
	}
	slices.SortFunc(curves, func(a, b SystemCurve) int {
		return cmp.Or(
			cmp.Compare(slices.Index(systemGroups, a.Group), slices.Index(systemGroups, b.Group)),
			cmp.Compare(a.rank, b.rank),
			cmp.Compare(len(a.which), len(b.which)), // 10 comes after 9
			cmp.Compare(a.which, b.which),
			cmp.Compare(a.Key, b.Key))
	})
	titles := map[string]bool{}
	for i, c := range curves {
		if titles[c.Title] {
			curves[i].Title += ", " + c.Key
		}
		titles[c.Title] = true
	}
	return curves
}
