package health

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// group is the control group of this process, as far as it limits it.
type group struct {
	stat   string  // path of its cpu.stat; empty when it has none
	cores  float64 // of its quota; 0: no limit
	memory float64 // bytes; 0: no limit
}

// noLimit is from where on a limit in bytes means none: version 1 writes the largest number of pages.
const noLimit = 1 << 60

// findGroup looks for the control group below root, of either version of the kernel's interface. A process in a
// container may see its own group as the root of all, so that is tried after the path that the kernel names.
func findGroup(root string) group {
	var g group
	names, _ := os.ReadFile(filepath.Join(root, "proc/self/cgroup")) // without it only the roots are tried
	for _, dir := range groupDirs(string(names)) {
		dir = filepath.Join(root, "sys/fs/cgroup", dir)
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(dir, name)) // absent where the controller is another
			return strings.TrimSpace(string(text))
		}
		if g.stat == "" && strings.Contains(read("cpu.stat"), "throttled") {
			g.stat = filepath.Join(dir, "cpu.stat")
		}
		if g.cores == 0 {
			g.cores = quota(read("cpu.max"), read("cpu.cfs_quota_us"), read("cpu.cfs_period_us"))
		}
		if g.memory == 0 {
			g.memory = limit(read("memory.max"), read("memory.limit_in_bytes"))
		}
	}
	return g
}

// groupDirs returns where below /sys/fs/cgroup to look, the nearest first, from the lines of /proc/self/cgroup, which are
// number:controllers:path.
func groupDirs(lines string) []string {
	var dirs []string
	for line := range strings.Lines(lines) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		switch controllers := strings.Split(parts[1], ","); {
		case parts[1] == "":
			dirs = append(dirs, parts[2])
		case strings.Contains(","+parts[1]+",", ",cpu,") || strings.Contains(","+parts[1]+",", ",memory,"):
			for _, name := range append([]string{parts[1]}, controllers...) {
				dirs = append(dirs, filepath.Join(name, parts[2]), name)
			}
		}
	}
	return append(dirs, ".", "cpu", "memory")
}

// quota returns how many cores a group may use, from version 2's cpu.max or version 1's pair; 0 when it is not limited.
func quota(most, quotaUS, periodUS string) float64 {
	if parts := strings.Fields(most); len(parts) == 2 {
		quotaUS, periodUS = parts[0], parts[1]
	}
	q, errQ := strconv.ParseFloat(quotaUS, 64)
	p, errP := strconv.ParseFloat(periodUS, 64)
	if errQ != nil || errP != nil || q <= 0 || p <= 0 {
		return 0 // "max" and -1 are no limit
	}
	return q / p
}

// limit returns the first of the texts that is a limit in bytes; 0 when none is.
func limit(texts ...string) float64 {
	for _, text := range texts {
		if v, err := strconv.ParseFloat(text, 64); err == nil && v > 0 && v < noLimit && !math.IsNaN(v) {
			return v
		}
	}
	return 0
}
