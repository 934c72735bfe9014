package views

import "testing"

func TestSetting(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{
		0.005386064026753853: "0.00538606",
		0.1:                  "0.1",
		-0.25:                "−0.25",
		128:                  "128",
		12345678:             "12345678",
		1234.123456789:       "1234.12",
		0.00012:              "1.20e−4",
	} {
		if got := setting(v); got != want {
			t.Errorf("setting(%v) = %q, want %q", v, got, want)
		}
	}
}
