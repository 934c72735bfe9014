package views

import (
	"regexp"
	"strconv"
	"strings"
)

// A printedPart is a piece of a line that a script printed, and how it is to look.
type printedPart struct {
	Class string
	Text  string
}

// terminalTalk is what tells a terminal to change colours and to move; the first group is what sets colours.
var terminalTalk = regexp.MustCompile("\x1b(?:\\[([0-9;:]*)m|\\[[0-9;?:]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\-_])")

// A terminal remembers how what is printed next is to look, from one line to the next.
type terminal struct {
	bold, dim, italic, underline, struck, inverse bool
	text, ground                                  colour
}

// parts is a line as a terminal would leave it: after a return to its start only what came then.
func (t *terminal) parts(line string) (parts []printedPart) {
	line = strings.TrimRight(line, "\r")
	at := 0
	add := func(text string) {
		if last := strings.LastIndexByte(text, '\r'); last >= 0 {
			parts, text = nil, text[last+1:]
		}
		if text != "" {
			parts = append(parts, printedPart{t.class(), text})
		}
	}
	for _, m := range terminalTalk.FindAllStringSubmatchIndex(line, -1) {
		add(line[at:m[0]])
		if at = m[1]; m[2] >= 0 {
			t.set(line[m[2]:m[3]])
		}
	}
	add(line[at:])
	return parts
}

// set follows one command: numbers with semicolons between them.
func (t *terminal) set(command string) {
	var codes []int
	for text := range strings.FieldsFuncSeq(command, func(r rune) bool { return r == ';' || r == ':' }) {
		n, _ := strconv.Atoi(text) // of digits only
		codes = append(codes, n)
	}
	if len(codes) == 0 {
		codes = []int{0}
	}
	for i := 0; i < len(codes); i++ {
		switch n := codes[i]; {
		case n == 0:
			*t = terminal{}
		case n == 1:
			t.bold = true
		case n == 2:
			t.dim = true
		case n == 3:
			t.italic = true
		case n == 4:
			t.underline = true
		case n == 7:
			t.inverse = true
		case n == 9:
			t.struck = true
		case n == 22:
			t.bold, t.dim = false, false
		case n == 23:
			t.italic = false
		case n == 24:
			t.underline = false
		case n == 27:
			t.inverse = false
		case n == 29:
			t.struck = false
		case n == 38 || n == 48:
			c, used := longColour(codes[i+1:])
			if i += used; n == 38 {
				t.text = c
			} else {
				t.ground = c
			}
		case n >= 30 && n <= 37 || n == 39:
			t.text = plainColour(n - 30)
		case n >= 40 && n <= 47 || n == 49:
			t.ground = plainColour(n - 40)
		case n >= 90 && n <= 97:
			t.text = plainColour(n - 90)
		case n >= 100 && n <= 107:
			t.ground = plainColour(n - 100)
		}
	}
}

// A colour is one of those that pages have: nobody's terminal is asked for its own.
type colour int

const (
	noColour colour = iota
	grey
	red
	green
	yellow
	blue
	magenta
	cyan
)

// textClasses and groundClasses are written out so that the stylesheet has them.
var textClasses = map[colour]string{
	grey: "text-ink-3", red: "text-error", green: "text-success", yellow: "text-warning", blue: "text-info", magenta: "ansi-m", cyan: "ansi-c",
}

var groundClasses = map[colour]string{
	grey: "bg-sunken", red: "bg-error-wash", green: "bg-success-wash", yellow: "bg-warning-wash", blue: "bg-info-wash", magenta: "bg-accent-wash", cyan: "bg-info-wash",
}

func (t *terminal) class() string {
	var classes []string
	text, ground := t.text, t.ground
	if t.inverse {
		text, ground = ground, max(text, grey)
	}
	if t.dim && text == noColour {
		text = grey
	}
	for _, is := range []struct {
		so    bool
		class string
	}{
		{text != noColour, textClasses[text]}, {ground != noColour, groundClasses[ground]}, {t.bold, "font-semibold"},
		{t.italic, "italic"}, {t.underline, "underline"}, {t.struck, "line-through"},
	} {
		if is.so {
			classes = append(classes, is.class)
		}
	}
	return strings.Join(classes, " ")
}

// plainColour is one of the eight colours of the first terminals, black and white being those of the page.
func plainColour(n int) colour {
	if n >= 1 && n <= 6 {
		return []colour{red, green, yellow, blue, magenta, cyan}[n-1]
	}
	return noColour
}

// longColour reads 5;n or 2;r;g;b, and returns how many numbers that took.
func longColour(codes []int) (c colour, used int) {
	switch {
	case len(codes) >= 2 && codes[0] == 5:
		n := codes[1]
		switch {
		case n < 8:
			return plainColour(n), 2
		case n < 16:
			return plainColour(n - 8), 2
		case n >= 232:
			return grey, 2
		}
		n -= 16
		return nearest(n/36*51, n/6%6*51, n%6*51), 2
	case len(codes) >= 4 && codes[0] == 2:
		return nearest(codes[1], codes[2], codes[3]), 4
	}
	return noColour, len(codes)
}

// nearest is the colour of pages that comes close to a mixture of red, green and blue, each from 0 to 255.
func nearest(r, g, b int) colour {
	high, low := max(r, g, b), min(r, g, b)
	switch {
	case high-low < 48 && high > 200 || high < 40:
		return noColour
	case high-low < 48:
		return grey
	}
	middle := (high + low) / 2
	switch {
	case r == high && g > middle && b < middle:
		return yellow
	case r == high && b > middle || b == high && r > middle:
		return magenta
	case r == high:
		return red
	case g == high && b > middle || b == high && g > middle:
		return cyan
	case g == high && r > middle:
		return yellow
	case g == high:
		return green
	}
	return blue
}
