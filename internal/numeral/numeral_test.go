package numeral

import (
	"math"
	"testing"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", 28_232: "28,232", 1_000_000: "1,000,000", 1_234_567: "1,234,567",
		-123: "-123", -999: "-999", -1000: "-1,000", -1234: "-1,234", -1_234_567: "-1,234,567",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
