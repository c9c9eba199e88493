package needs

import (
	"fmt"
	"time"
)

// Bytes writes an amount of memory as people read it: 96 MiB, 1.5 GiB.
func Bytes(n int64) string {
	const mebi, gibi = 1 << 20, 1 << 30
	if n >= gibi {
		return fmt.Sprintf("%.1f GiB", float64(n)/gibi)
	}
	return fmt.Sprintf("%d MiB", (n+mebi-1)/mebi)
}

// Took writes a short time as people read it, as the reports do: 30 ns, 86 µs, 1.5 ms.
func Took(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Round(time.Microsecond).Microseconds())
	default:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	}
}
