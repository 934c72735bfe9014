package ui

import (
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const minus = "\u2212"

// Number writes a whole number with its thousands apart: "1,000".
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = minus, s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Plural writes a count with its noun: "1 version", "1,000 versions".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(int64(n)) + " " + many
}

// Bytes writes a size in decimal units with a space: "4.8 MB", "312 B". Less than ten of a unit gets one decimal.
func Bytes(n int64) string {
	if n < 1000 {
		return Number(n) + " B"
	}
	size := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		size /= 1000
		if size < 9.95 {
			return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
		}
		if size < 999.5 || unit == "EB" {
			return strconv.FormatFloat(size, 'f', 0, 64) + " " + unit
		}
	}
	return ""
}

// Metric writes a logged value so that neighbours can be told apart: up to four decimals from 0.001 on, powers of ten
// for very small and very large ones, the minus as a minus sign, and words for what is no number.
func Metric(v float64) string {
	a := math.Abs(v)
	var s string
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return minus + "∞"
	case v == math.Trunc(v) && a < 1e15:
		return Number(int64(v))
	case a < 1e-3 || a >= 1e15:
		s = strconv.FormatFloat(a, 'e', 2, 64)
		s = strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(s)
		s = strings.ReplaceAll(s, "e-", "e"+minus)
	case a >= 1000:
		whole, part, _ := strings.Cut(strconv.FormatFloat(a, 'f', 1, 64), ".")
		n, _ := strconv.ParseInt(whole, 10, 64)
		s = Number(n) + "." + part
	case a >= 10:
		s = strconv.FormatFloat(a, 'f', 2, 64)
	default:
		s = strconv.FormatFloat(a, 'f', 4, 64)
	}
	if v < 0 {
		return minus + s
	}
	return s
}

// Ago writes when t was as seen at now: "just now", "12 min ago", "4 h ago", "2 days ago", then "9 Nov"
// from a week on and "9 Nov 2025" from a year on. A moment to come is written as a date.
func Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "Never"
	case d < -time.Minute, d >= 365*24*time.Hour:
		return t.Format("2 Jan 2006")
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min ago"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h ago"
	case d < 7*24*time.Hour:
		return Plural(int(d.Hours()/24), "day", "days") + " ago"
	default:
		return t.Format("2 Jan")
	}
}

// Exact writes a moment in full, for titles: "Mon 9 Nov 2026, 14:03:21 UTC".
func Exact(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04:05 MST") }

// Lasted writes how long something took: "41 s", "12 min", "3 h 20 min", "2 days 4 h".
func Lasted(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	switch {
	case s < 60:
		return strconv.Itoa(max(s, 0)) + " s"
	case s < 3600:
		return strconv.Itoa(s/60) + " min"
	case s < 24*3600:
		return two(s/3600, "h", s%3600/60, "min")
	default:
		day := "days"
		if s/(24*3600) == 1 {
			day = "day"
		}
		return two(s/(24*3600), day, s%(24*3600)/3600, "h")
	}
}

func two(a int, unit string, b int, rest string) string {
	s := strconv.Itoa(a) + " " + unit
	if b > 0 {
		s += " " + strconv.Itoa(b) + " " + rest
	}
	return s
}

// Initials returns one or two capitals for a name: "Ana Ruiz" and "ana.ruiz" give "AR", "vision" gives "VI".
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var letters []rune
	switch {
	case len(words) == 0:
		return "?"
	case len(words) == 1:
		letters = []rune(words[0])
		letters = letters[:min(2, len(letters))]
	default:
		letters = []rune{[]rune(words[0])[0], []rune(words[len(words)-1])[0]}
	}
	return strings.ToUpper(string(letters))
}

// Tint returns the class of the colour that a person wears, the same wherever the name appears.
func Tint(name string) string {
	h := fnv.New32a()
	h.Write([]byte(strings.ToLower(name)))
	return "tint-" + strconv.Itoa(int(h.Sum32()%8)+1)
}
