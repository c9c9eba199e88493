package process

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test's own binary be the program that is run.
func TestMain(m *testing.M) {
	switch os.Getenv("BENCH_CHILD") {
	case "":
		os.Exit(m.Run())
	case "talk":
		fmt.Println("ready here there")
		<-time.After(time.Minute) // it is killed long before
	case "obey":
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		fmt.Println("ready")
		<-told
		os.Exit(3)
	case "burn":
		held := bytes.Repeat([]byte{1}, 64<<20)
		for began := time.Now(); time.Since(began) < 200*time.Millisecond; {
			held[int(time.Since(began))%len(held)]++
		}
		os.Exit(int(held[0]-held[1]) + 7)
	}
}

func child(t *testing.T, does string) *Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	p, err := Start(ctx, Command{Args: []string{os.Args[0]}, Env: []string{"BENCH_CHILD=" + does}, Core: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	return p
}

func TestLineAndEnd(t *testing.T) {
	p := child(t, "talk")
	words, err := p.Line(t.Context(), "ready")
	if err != nil || strings.Join(words, " ") != "here there" {
		t.Fatalf("got %q, %v", words, err)
	}
	if u := p.Kill(); u.Code != -1 {
		t.Errorf("killed with %+v", u)
	}
	if _, err := p.Line(t.Context(), "ready"); err != nil {
		t.Errorf("what a process said before its end is lost: %v", err)
	}
	if _, err := p.Line(t.Context(), "more"); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("a line of a dead process is %v", err)
	}
}

func TestTheEndOfTheContextIsAWishFirst(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Start(ctx, Command{Args: []string{os.Args[0]}, Env: []string{"BENCH_CHILD=obey"}, Core: -1, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	if _, err := p.Line(t.Context(), "ready"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if u, err := p.Wait(t.Context()); err != nil || u.Code != 3 {
		t.Errorf("it ended with %+v, %v, want its own exit code", u, err)
	}
}

func TestUsage(t *testing.T) {
	p := child(t, "burn")
	u, err := p.Wait(t.Context())
	if err != nil || u.Code < 6 || u.Code > 8 {
		t.Fatalf("it ended with %+v, %v: %s", u, err, p.Said())
	}
	if runtime.GOOS == "linux" && (u.CPU == 0 || u.RSS < 64<<20) {
		t.Errorf("a process that burnt CPU over 64 MiB took %+v", u)
	}
}

func TestReadingFromProc(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	p := child(t, "talk")
	if _, err := p.Line(t.Context(), "ready"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.CPU(); err != nil {
		t.Error(err)
	}
	if rss, err := p.PeakRSS(); err != nil || rss < 1<<20 {
		t.Errorf("a Go program peaked at %d bytes, %v", rss, err)
	}
}

func TestParse(t *testing.T) {
	stat := "17 (a) odd (name) R 1 2 3 4 5 6 7 8 9 10 250 30 0 0 20 0"
	if got, err := parseCPU(stat); err != nil || got != 2800*time.Millisecond {
		t.Errorf("parseCPU is %v, %v", got, err)
	}
	for _, bad := range []string{"", "17 (x) R 1 2", "17 (x) R 1 2 3 4 5 6 7 8 9 10 x 30"} {
		if got, err := parseCPU(bad); err == nil {
			t.Errorf("parseCPU(%q) is %v", bad, got)
		}
	}
	if got, err := parseMemory("Name:\tx\nVmHWM:\t    2048 kB\n", "VmHWM:"); err != nil || got != 2<<20 {
		t.Errorf("parseMemory is %v, %v", got, err)
	}
	if _, err := parseMemory("Name:\tx\n", "VmHWM:"); err == nil {
		t.Error("no memory is memory")
	}
}

func TestTailIsBounded(t *testing.T) {
	var kept tail
	for i := range 3 * tailBytes / 10 {
		_, _ = fmt.Fprintf(&kept, "%09d\n", i)
	}
	if got := kept.String(); len(got) != tailBytes || !strings.HasSuffix(got, fmt.Sprintf("%09d\n", 3*tailBytes/10-1)) {
		t.Errorf("kept %d bytes, the last are %q", len(got), got[len(got)-20:])
	}
}

func TestPin(t *testing.T) {
	c := Command{Args: []string{"/bin/echo", "a"}, Core: 1}
	if got := strings.Join(c.pinned(), " "); got != "taskset -c 1 /bin/echo a" {
		t.Errorf("pinned to core 1: %q", got)
	}
	if got := c.String(); got != "echo a" {
		t.Errorf("shown as %q", got)
	}
}
