package gallery

import (
	"encoding/json"
	"math"
)

// CurveURL is where the gallery's charts look for the curve of a name; Curve is what to answer there.
func CurveURL(name string) string { return "/-/gallery/curve/" + name }

type curve struct {
	Key  string     `json:"key"`
	X    []int      `json:"x"`
	Y    []*float64 `json:"y"`
	Lo   []float64  `json:"lo,omitempty"`
	Hi   []float64  `json:"hi,omitempty"`
	Odd  []odd      `json:"odd,omitempty"`
	Live bool       `json:"live,omitempty"`
}

type odd struct {
	X     int    `json:"x"`
	Value string `json:"value"`
}

// Curve returns an example curve as the JSON that a metric-chart reads: loss with its band, acc of a run that goes on,
// odd with gaps, none without a value. It reports false for any other name.
func Curve(name string) ([]byte, bool) {
	c := curve{Key: name, X: []int{}, Y: []*float64{}}
	switch name {
	case "none":
	case "loss":
		c.draw(func(f float64) float64 { return 0.4*math.Exp(-5*f) + 0.03 })
		for _, y := range c.Y {
			c.Lo = append(c.Lo, *y*0.8)
			c.Hi = append(c.Hi, *y*1.25)
		}
	case "acc":
		c.draw(func(f float64) float64 { return 0.99 - 0.3*math.Exp(-6*f) })
		c.Live = true
	case "odd":
		c.draw(func(f float64) float64 { return 0.2*math.Exp(-4*f) + 0.02*math.Sin(9*f) })
		for i, value := range []string{"NaN", "NaN", "Infinity"} {
			c.Y[40+i] = nil
			c.Odd = append(c.Odd, odd{c.X[40+i], value})
		}
	default:
		return nil, false
	}
	body, err := json.Marshal(c)
	return body, err == nil
}

// draw logs f at 120 steps, f's argument going from 0 to 1.
func (c *curve) draw(f func(float64) float64) {
	for i := range 120 {
		y := f(float64(i)/119) * (1 + 0.004*math.Sin(float64(i)*1.7))
		c.X = append(c.X, i*100)
		c.Y = append(c.Y, &y)
	}
}
