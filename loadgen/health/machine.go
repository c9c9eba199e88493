package health

import (
	"os"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// Machine returns the sources of this process, which dials from so many local addresses, and of the machine that it runs on.
// They keep a few files open until they are collected. Not safe for concurrent use.
func Machine(addresses int) []Source {
	group := findGroup("/")
	return []Source{
		newRuntime(group.memory),
		newProcess("/", group, addresses),
		&clock{step: divergence(time.Now())},
	}
}

// clock is the step of the wall clock against the monotonic one as a source.
type clock struct {
	step func() time.Duration // since the beginning
	last time.Duration
}

// Read tells how far the clocks drifted apart since the call before.
func (c *clock) Read(facts map[string]float64, _ time.Time) {
	step := c.step()
	facts[record.ClockStep] = float64((step - c.last).Microseconds())
	c.last = step
}

// divergence returns how far the wall clock went ahead of the monotonic one since then. The two are read one after the
// other, and a thread that loses its core between the two sees a step that is none; the middle of three looks sees it only
// if that happens twice.
func divergence(since time.Time) func() time.Duration {
	return func() time.Duration {
		var looks [3]time.Duration
		for i := range looks {
			now := time.Now()
			looks[i] = now.Round(0).Sub(since.Round(0)) - now.Sub(since)
		}
		low, high := min(looks[0], looks[1]), max(looks[0], looks[1])
		return max(low, min(high, looks[2]))
	}
}

// file is a small file of the kernel's that stays open and is read again and again. Not safe for concurrent use.
type file struct {
	open *os.File
	room [4096]byte
}

// openFile returns nil where there is none, which reads as empty.
func openFile(path string) *file {
	f, err := os.Open(path)
	if err != nil {
		return nil // a fact that this machine does not tell
	}
	return &file{open: f}
}

// read returns the beginning of the file as it is now, valid until the next read.
func (f *file) read() string {
	if f == nil {
		return ""
	}
	n, _ := f.open.ReadAt(f.room[:], 0) // the end of the file is the usual error; others leave less to read
	return string(f.room[:n])
}
