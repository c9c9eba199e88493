package loadgen

import (
	"bufio"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// memoryLeft returns how many bytes this process may still take, as far as the system and the runtime's limit tell; 0 when
// nobody tells.
func memoryLeft() int64 {
	left := available("/proc/meminfo")
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 && (left == 0 || limit < left) {
		left = limit
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && (left == 0 || limit < left) {
			left = limit
		}
	}
	return left
}

// available reads MemAvailable, in bytes; 0 when it is not there.
func available(file string) int64 {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close() //nolint:errcheck // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "MemAvailable:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64) // what is no number is nothing that is told
			return kib << 10
		}
	}
	return 0
}
