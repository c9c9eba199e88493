package process

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tick is the unit of CPU time in /proc, on every architecture that Linux has.
const tick = 10 * time.Millisecond

// parseCPU reads user and system time from the text of /proc/PID/stat. The name of the program, in parentheses, may
// hold anything, so fields are counted from its end.
func parseCPU(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const user, system = 11, 12 // counted from the field behind the name
	if len(fields) <= system {
		return 0, fmt.Errorf("read CPU time: %d fields behind the name, want more than %d", len(fields), system)
	}
	var sum int64
	for _, f := range fields[user : system+1] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read CPU time: %w", err)
		}
		sum += n
	}
	return time.Duration(sum) * tick, nil
}

// parseMemory reads one line of /proc/PID/status, in bytes.
func parseMemory(status, name string) (int64, error) {
	for line := range strings.Lines(status) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == name && f[2] == "kB" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("read memory: no %s in it", name)
}

// tailBytes bounds what is kept of a process's output.
const tailBytes = 32 << 10

// tail keeps the end of what is written to it. Safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer and never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if extra := len(t.text) - tailBytes; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(p), nil
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
