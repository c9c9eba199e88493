package health

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// tree writes files below a fresh root.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		put(t, root, name, text)
	}
	return root
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  group
	}{
		{"none", nil, group{}},
		{"version 2", map[string]string{
			"proc/self/cgroup":             "0::/pods/a\n",
			"sys/fs/cgroup/pods/a/cpu.max": "50000 100000\n", "sys/fs/cgroup/pods/a/memory.max": "1048576\n",
			"sys/fs/cgroup/pods/a/cpu.stat": "usage_usec 9\nnr_throttled 1\nthrottled_usec 2500\n",
		}, group{stat: "sys/fs/cgroup/pods/a/cpu.stat", cores: 0.5, memory: 1 << 20}},
		{"version 2 in a container", map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n", "sys/fs/cgroup/memory.max": "max\n",
			"sys/fs/cgroup/cpu.stat": "throttled_usec 0\n",
		}, group{stat: "sys/fs/cgroup/cpu.stat"}},
		{"version 1", map[string]string{
			"proc/self/cgroup":                           "4:memory:/b\n2:cpu,cpuacct:/b\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/b/cpu.cfs_quota_us": "300000\n",
			"sys/fs/cgroup/cpu/b/cpu.cfs_period_us": "100000\n", "sys/fs/cgroup/cpu/b/cpu.stat": "nr_throttled 0\nthrottled_time 0\n",
			"sys/fs/cgroup/memory/b/memory.limit_in_bytes": "4096\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, group{stat: "sys/fs/cgroup/cpu/b/cpu.stat", cores: 3, memory: 4096}},
	} {
		root := tree(t, c.files)
		if c.want.stat != "" {
			c.want.stat = filepath.Join(root, c.want.stat)
		}
		if got := findGroup(root); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestAProcessTellsWhatHappenedSince(t *testing.T) {
	root := tree(t, map[string]string{
		"proc/stat":                             "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 9\n",
		"proc/pressure/cpu":                     "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\nfull avg10=0.00 total=9\n",
		"proc/pressure/memory":                  "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n",
		"proc/net/sockstat":                     "sockets: used 30\nTCP: inuse 13 orphan 0 tw 120 alloc 13 mem 184\nUDP: inuse 2 mem 0\n",
		"proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
		"proc/self/task/7/schedstat":            "100 5000000 3\n",
		"proc/self/task/8/schedstat":            "100 1000000 3\n",
		"proc/self/fd/0":                        "", "proc/self/fd/1": "",
		"cpu.stat": "nr_periods 5\nthrottled_usec 1000\n",
	})
	p := newProcess(root, group{stat: filepath.Join(root, "cpu.stat"), cores: 0.5}, 2)
	now := time.Now()
	p.Read(map[string]float64{}, now)
	put(t, root, "proc/stat", "cpu  150 0 150 740 140 0 0 20 0 0\ncpu0 9\n")
	put(t, root, "proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n")
	put(t, root, "proc/self/task/7/schedstat", "100 25000000 3\n")
	put(t, root, "cpu.stat", "nr_periods 5\nthrottled_usec 61000\n")
	facts := map[string]float64{}
	p.Read(facts, now.Add(time.Second))
	for name, want := range map[string]float64{
		record.MachineCPU: 0.6, record.Steal: 0.1, record.CPUPressure: 0.5, record.MemPressure: 0, record.Sockets: 133,
		record.PortRange: 2 * 28232, record.RunQueue: 20, record.Throttled: 60, record.Cores: 0.5,
	} {
		if got, known := facts[name]; !known || got != want {
			t.Errorf("%s: %v (known: %v), want %v", name, got, known, want)
		}
	}
	for _, name := range []string{record.Descriptors, record.CPUShare} {
		if _, known := facts[name]; !known {
			t.Errorf("%s is not told", name)
		}
	}
}

// What cannot be read is absent, never zero.
func TestAMachineThatTellsNothing(t *testing.T) {
	for name, root := range map[string]string{
		"no files": t.TempDir(),
		"nonsense": tree(t, map[string]string{
			"proc/stat": "cpu x\n", "proc/pressure/cpu": "all is well\n", "proc/pressure/memory": "", "proc/net/sockstat": "UDP: inuse 1\n",
			"proc/sys/net/ipv4/ip_local_port_range": "many\n", "proc/self/task/7/schedstat": "soon\n", "cpu.stat": "usage_usec 4\n",
		}),
	} {
		p := newProcess(root, group{stat: filepath.Join(root, "cpu.stat")}, 1)
		facts := map[string]float64{}
		p.Read(facts, time.Now())
		for _, fact := range []string{
			record.MachineCPU, record.Steal, record.CPUPressure, record.MemPressure, record.Sockets, record.PortRange, record.RunQueue, record.Throttled, record.Descriptors,
		} {
			if v, known := facts[fact]; known {
				t.Errorf("%s: %s is %v, want it absent", name, fact, v)
			}
		}
	}
}

// Where the kernel does not count descriptors they are counted one by one, the more seldom the more there are.
func TestDescriptorsAreCountedSeldomWhereThatIsDear(t *testing.T) {
	root := tree(t, nil)
	p := newProcess(root, group{}, 1)
	now := time.Now()
	p.counted, p.counts = now, 5000
	if n, ok := p.descriptors(now.Add(time.Second)); ok {
		t.Errorf("%v descriptors of a machine that does not tell", n)
	}
	if n, ok := newProcess("/", group{}, 1).descriptors(now); ok && n < 3 {
		t.Errorf("%v descriptors of this process, want 3 at least", n)
	}
}

func TestPressureAndThrottlingOfBothVersions(t *testing.T) {
	if ms, ok := throttledTime("nr_throttled 3\nthrottled_time 7000000\n"); !ok || ms != 7 {
		t.Errorf("version 1: %v %v, want 7", ms, ok)
	}
	if got := groupDirs("0::/\n"); !reflect.DeepEqual(got, []string{"/", ".", "cpu", "memory"}) {
		t.Errorf("places %q", got)
	}
}
