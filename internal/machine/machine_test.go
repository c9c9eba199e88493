package machine

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/fstest"
)

// files makes a file system of paths and texts.
func files(texts map[string]string) fstest.MapFS {
	root := fstest.MapFS{}
	for path, text := range texts {
		root[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

func TestFrom(t *testing.T) {
	f := From(files(map[string]string{
		"proc/sys/net/ipv4/ip_local_port_range":                           "32768\t60999\n",
		"proc/sys/net/ipv4/tcp_tw_reuse":                                  "2\n",
		"sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
		"proc/pressure/cpu":                                               "some avg10=89.15 avg60=45.67 avg300=23.12 total=186411502\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
		"proc/self/timerslack_ns":                                         "50000\n",
		"proc/meminfo":                                                    "MemTotal:        4000000 kB\nMemFree:          100000 kB\nMemAvailable:    2000000 kB\n",
	}))
	if f.Ports() != 28_232 || f.Reuse != 2 || f.Clock != "tsc" || f.Pressure != 89.15 || f.Slack != 50_000 || f.Memory != 2_000_000<<10 || f.Quota != 0 {
		t.Errorf("got %+v", f)
	}
}

func TestUnknownIsNotGuessed(t *testing.T) {
	for name, root := range map[string]fstest.MapFS{
		"nothing": files(nil),
		"nonsense": files(map[string]string{
			"proc/sys/net/ipv4/ip_local_port_range": "many", "proc/sys/net/ipv4/tcp_tw_reuse": "x", "proc/pressure/cpu": "some avg10=x y",
			"proc/meminfo": "MemAvailable: lots kB", "proc/self/cgroup": "0:\nxx", "proc/self/timerslack_ns": "",
		}),
	} {
		f := From(root)
		if f.Ports() != 0 || f.Reuse != -1 || f.Pressure != -1 || f.Memory != 0 || f.Quota != 0 || f.Clock != "" || f.Slack != 0 {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}

// TestLimits reads both versions of control groups; the least limit on the way to the root counts.
func TestLimits(t *testing.T) {
	const memory = "MemAvailable: 8000000 kB\n"
	for name, c := range map[string]struct {
		texts  map[string]string
		quota  float64
		memory int64
	}{
		"version 2": {map[string]string{
			"proc/self/cgroup": "0::/pod/box\n", "proc/meminfo": memory,
			"sys/fs/cgroup/pod/box/cpu.max": "max 100000\n", "sys/fs/cgroup/pod/cpu.max": "150000 100000\n",
			"sys/fs/cgroup/pod/box/memory.max": "max\n", "sys/fs/cgroup/pod/memory.max": "1000000\n", "sys/fs/cgroup/pod/memory.current": "400000\n",
		}, 1.5, 600_000},
		"version 1": {map[string]string{
			"proc/self/cgroup": "4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n", "proc/meminfo": memory,
			"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us": "50000\n", "sys/fs/cgroup/cpu/box/cpu.cfs_period_us": "100000\n",
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
			"sys/fs/cgroup/memory/box/memory.limit_in_bytes": "9223372036854771712\n", "sys/fs/cgroup/memory/box/memory.usage_in_bytes": "5\n",
		}, 0.5, 8_000_000 << 10},
		"over its limit": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "10\n", "sys/fs/cgroup/memory.current": "20\n",
		}, 0, 1},
	} {
		if f := From(files(c.texts)); f.Quota != c.quota || f.Memory != c.memory {
			t.Errorf("%s: quota %v, memory %d, want %v, %d", name, f.Quota, f.Memory, c.quota, c.memory)
		}
	}
}

func TestCPU(t *testing.T) {
	for _, c := range []struct {
		cores       int
		quota, want float64
	}{{4, 0, 4}, {4, 1.5, 1.5}, {2, 8, 2}} {
		if got := (Facts{Cores: c.cores, Quota: c.quota}).CPU(); got != c.want {
			t.Errorf("%d cores, quota %v: %v, want %v", c.cores, c.quota, got, c.want)
		}
	}
}

func TestForeign(t *testing.T) {
	near, far := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.1") // an address of documents, nobody's own
	if got := Foreign(context.Background(), []netip.Addr{near, far}); !slices.Equal(got, []netip.Addr{far}) {
		t.Errorf("got %v, want %v", got, far)
	}
}

func TestThisMachine(t *testing.T) {
	if f := Read(); f.Cores < 1 || f.OS == "" {
		t.Errorf("got %+v", f)
	}
	if took, err := Loopback(context.Background()); err != nil || took <= 0 {
		t.Errorf("loopback: %v, %v", took, err)
	}
	if Tick() <= 0 || Oversleep() < 0 {
		t.Errorf("tick %v, oversleep %v", Tick(), Oversleep())
	}
}
