// Package process runs the programs of the benchmarks: pinned to a core, watched from outside, and ended by their id.
//
// A command flows in; what the process took of CPU and memory, and what it said, flow out. It imports nothing of the
// project. CPU and memory of a process that still runs are read from /proc, so on Linux only.
package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lookEvery = 10 * time.Millisecond // for a line of output
	endWithin = 10 * time.Second      // between being told to end and being killed
)

// Command is what to run.
type Command struct {
	Args []string // the program first
	Env  []string // added to this process's own
	Dir  string   // the working directory; default this process's own
	Core int      // the only core that it may use; below 0 is any

	Patience time.Duration // how long End waits before it kills; default 10 s
}

// String returns the command as a shell would take it, paths of the program shortened.
func (c Command) String() string {
	words := append([]string{filepath.Base(c.Args[0])}, c.Args[1:]...)
	return strings.Join(append(c.Env[:len(c.Env):len(c.Env)], words...), " ")
}

// pinned is the command line with the pin.
func (c Command) pinned() []string {
	if c.Core < 0 {
		return c.Args
	}
	return append([]string{"taskset", "-c", strconv.Itoa(c.Core)}, c.Args...)
}

// Process is one running program. It is safe for concurrent use.
type Process struct {
	cmd    *exec.Cmd
	grace  time.Duration
	said   *tail
	exited chan struct{}
}

// Start starts the program. When ctx ends it is asked to end, and killed when it does not for as long as its Patience is.
func Start(ctx context.Context, c Command) (*Process, error) {
	args := c.pinned()
	p := &Process{cmd: exec.CommandContext(ctx, args[0], args[1:]...), said: &tail{}, exited: make(chan struct{})}
	p.grace = cmp.Or(c.Patience, endWithin)
	p.cmd.Dir, p.cmd.Env = c.Dir, append(os.Environ(), c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.Cancel, p.cmd.WaitDelay = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }, p.grace
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c, err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // how it ended is in its ProcessState
	}()
	return p, nil
}

// Said returns the end of what the process has printed so far.
func (p *Process) Said() string { return p.said.String() }

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Line waits for a line of output that begins with word and returns the words behind it.
func (p *Process) Line(ctx context.Context, word string) ([]string, error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		ended := false
		select {
		case <-tick.C:
		case <-p.exited:
			ended = true // look once more: it may have spoken and ended
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for %q of %s: %w: %s", word, p.cmd.Args, ctx.Err(), p.Said())
		}
		if words, ok := find(p.Said(), word); ok {
			return words, nil
		}
		if ended {
			return nil, fmt.Errorf("wait for %q of %s: it ended, %s: %s", word, p.cmd.Args, p.cmd.ProcessState, p.Said())
		}
	}
}

// find returns the words behind the first word of the first whole line that begins with it.
func find(text, word string) ([]string, bool) {
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 && words[0] == word && strings.HasSuffix(line, "\n") {
			return words[1:], true
		}
	}
	return nil, false
}

// CPU returns the user and system time that the process has taken so far, in steps of 10 ms.
func (p *Process) CPU() (time.Duration, error) {
	text, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, fmt.Errorf("read CPU time of %s: %w", p.cmd.Path, err)
	}
	return parseCPU(string(text))
}

// PeakRSS returns the most memory that was resident so far, in bytes.
func (p *Process) PeakRSS() (int64, error) {
	text, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, fmt.Errorf("read memory of %s: %w", p.cmd.Path, err)
	}
	return parseMemory(string(text), "VmHWM:")
}

// RSS returns the memory that is resident now, in bytes.
func (p *Process) RSS() (int64, error) {
	text, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, fmt.Errorf("read memory of %s: %w", p.cmd.Path, err)
	}
	return parseMemory(string(text), "VmRSS:")
}

// Sockets returns how many sockets the process has open; 0 where that cannot be known.
func (p *Process) Sockets() int {
	n := 0
	files, _ := os.ReadDir(p.proc("fd")) // none to be read is none known
	for _, f := range files {
		if to, err := os.Readlink(filepath.Join(p.proc("fd"), f.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

func (p *Process) proc(file string) string {
	return filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), file)
}

// Usage is what a process took in all.
type Usage struct {
	Code int // exit code; -1 when a signal ended it
	CPU  time.Duration
	RSS  int64 // peak, in bytes
}

// Wait returns when the process has ended by itself.
func (p *Process) Wait(ctx context.Context) (Usage, error) {
	select {
	case <-p.exited:
		return p.usage(), nil
	case <-ctx.Done():
		return p.usage(), fmt.Errorf("wait for %s: %w: %s", p.cmd.Args, ctx.Err(), p.Said())
	}
}

// Interrupt asks the process to come to its end, as Ctrl-C does.
func (p *Process) Interrupt() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("interrupt %s: %w", p.cmd.Args, err)
	}
	return nil
}

// Kill ends the process at once and returns when it is gone.
func (p *Process) Kill() Usage {
	_ = p.cmd.Process.Kill() // it may be gone already
	<-p.exited
	return p.usage()
}

// End asks the process to end, kills it when it does not for as long as its Patience is, and returns when it is gone.
func (p *Process) End() Usage {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
		<-p.exited
		return p.usage()
	}
	select {
	case <-p.exited:
		return p.usage()
	case <-time.After(p.grace):
		return p.Kill()
	}
}

// usage is what the system says of a process that has ended; zero before.
func (p *Process) usage() Usage {
	select {
	case <-p.exited:
	default:
		return Usage{}
	}
	s := p.cmd.ProcessState
	if s == nil {
		return Usage{Code: -1}
	}
	return Usage{Code: s.ExitCode(), CPU: s.UserTime() + s.SystemTime(), RSS: peak(s)}
}
