package health

import "strings"

// machineTime reads the first line of /proc/stat: what all cores did since the machine was started, in ticks. What a guest
// used is in user time already.
func machineTime(text string) (busy, all, stolen float64, ok bool) {
	first, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(first)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, 0, 0, false
	}
	for i, field := range fields[1:9] { // user, nice, system, idle, iowait, irq, softirq, steal
		n, known := number(field)
		if !known {
			return 0, 0, 0, false
		}
		all += n
		if i != 3 && i != 4 {
			busy += n
		}
		stolen = n
	}
	return busy, all, stolen, true
}

// pressure reads how long something waited, in microseconds, from the line "some" of a pressure file.
func pressure(text string) (us float64, ok bool) {
	line, _, _ := strings.Cut(text, "\n")
	if !strings.HasPrefix(line, "some ") {
		return 0, false
	}
	return number(line[strings.LastIndexByte(line, '=')+1:])
}

// throttledTime reads how long a control group was held back, in milliseconds, from its cpu.stat of either version.
func throttledTime(text string) (ms float64, ok bool) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		unit := map[string]float64{"throttled_usec": 1e3, "throttled_time": 1e6}[name]
		if unit == 0 {
			continue
		}
		n, known := number(value)
		return n / unit, known
	}
	return 0, false
}

// runDelay reads how long a thread waited for a core, in nanoseconds: the second figure of its schedstat.
func runDelay(text string) (ns float64, ok bool) {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return 0, false
	}
	return number(fields[1])
}

// sockets reads how many TCP sockets there are, those that linger after their end too, from /proc/net/sockstat.
func sockets(text string) (n float64, ok bool) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "TCP:" {
			continue
		}
		for i := 1; i+1 < len(fields); i += 2 {
			if fields[i] != "inuse" && fields[i] != "tw" {
				continue
			}
			more, known := number(fields[i+1])
			n, ok = n+more, known
		}
	}
	return n, ok
}

// portRange reads how many ports the kernel chooses from; 0 when it does not tell.
func portRange(text string) float64 {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return 0
	}
	low, ok := number(fields[0])
	high, known := number(fields[1])
	if !ok || !known {
		return 0
	}
	return high - low + 1
}
