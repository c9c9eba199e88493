package machine

import (
	"bufio"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// group returns the folder of this process in the tree of a controller: the unified one for version 2 of control groups,
// the controller's own for version 1.
func (s system) group(controller string) (dir string, unified bool) {
	for line := range strings.Lines(s.text("proc/self/cgroup")) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		for name := range strings.SplitSeq(parts[1], ",") {
			if name == controller {
				return path.Join("sys/fs/cgroup", controller, parts[2]), false
			}
		}
		if parts[1] == "" {
			dir, unified = path.Join("sys/fs/cgroup", parts[2]), true
		}
	}
	return dir, unified
}

// above calls visit with a folder and those above it, up to the root of the control groups: every one of them limits.
func above(dir string, visit func(dir string)) {
	for ; strings.HasPrefix(dir, "sys/fs/cgroup"); dir = path.Dir(dir) {
		visit(dir)
	}
}

// quota returns the least quota of CPU time, in cores; 0 when there is none.
func (s system) quota() float64 {
	least := 0.0
	dir, unified := s.group("cpu")
	above(dir, func(dir string) {
		var of, period float64
		if unified {
			_, _ = fmt.Sscan(s.text(path.Join(dir, "cpu.max")), &of, &period) // "max 100000" reads as no quota
		} else {
			_, _ = fmt.Sscan(s.text(path.Join(dir, "cpu.cfs_quota_us")), &of) // -1 is no quota
			_, _ = fmt.Sscan(s.text(path.Join(dir, "cpu.cfs_period_us")), &period)
		}
		if of > 0 && period > 0 && (least == 0 || of/period < least) {
			least = of / period
		}
	})
	return least
}

// memory returns how many bytes can still be had: of the machine, and under every limit; 0 when nothing is known.
func (s system) memory() int64 {
	free := s.available()
	dir, unified := s.group("memory")
	limit, used := "memory.limit_in_bytes", "memory.usage_in_bytes"
	if unified {
		limit, used = "memory.max", "memory.current"
	}
	above(dir, func(dir string) {
		most, limited := s.number(path.Join(dir, limit))
		now, known := s.number(path.Join(dir, used))
		if limited && known && (free == 0 || most-now < free) {
			free = max(1, most-now)
		}
	})
	return free
}

// available returns what the machine itself has left.
func (s system) available() int64 {
	lines := bufio.NewScanner(strings.NewReader(s.text("proc/meminfo")))
	for lines.Scan() {
		rest, is := strings.CutPrefix(lines.Text(), "MemAvailable:")
		if !is {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err == nil {
			return kib << 10
		}
	}
	return 0
}
