package engine

import (
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// alarm waits on a timer of the kernel, through the runtime's poller: to some microseconds, where a timer of the runtime
// is up to a millisecond late. A wait in a system call would be as exact, but would keep a processor of the runtime
// from those who carry messages: where there is only one, every answer would wait for the pacer. By the time that it
// takes to be on a processor again, which it learns as it goes, it has itself called earlier; what is left then it
// spends looking at the clock.
type alarm struct {
	file  *os.File
	fd    int
	woken atomic.Uint32
	early time.Duration
}

// newPrecise returns an alarm, or the runtime's timer where the kernel has none to give.
func newPrecise() waiter {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimed()
	}
	return &alarm{file: os.NewFile(uintptr(fd), "timer"), fd: fd} // closed when the alarm is no more
}

// How much earlier to be called: learnt in steps, and bounded, because looking at the clock takes a whole processor.
const (
	earlyStep = time.Microsecond
	earliest  = 50 * time.Microsecond
)

// wait lets the worker that has just been given a due go first, on this very thread: waking another thread for it would
// take longer than all else.
func (a *alarm) wait(d time.Duration) {
	began := time.Now()
	runtime.Gosched()
	if left := d - time.Since(began) - a.early; left > 0 && a.woken.Load() == 0 {
		if a.sleep(left); a.woken.Load() == 0 {
			a.learn(time.Since(began) - (d - a.early))
		}
	}
	for a.woken.Load() == 0 && time.Since(began) < d {
		runtime.Gosched()
	}
	a.woken.Store(0)
}

// sleep gives up the processor for d or until woken. Whoever wakes it after the timer was set sets it anew; whoever did so
// before is seen here. What the calls answer is of no interest, because wait may return early.
func (a *alarm) sleep(d time.Duration) {
	a.set(d)
	if a.woken.Load() == 0 {
		var expirations [8]byte
		_, _ = a.file.Read(expirations[:])
	}
}

// set has the timer go off after d.
func (a *alarm) set(d time.Duration) {
	_ = unix.TimerfdSettime(a.fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}, nil)
	runtime.KeepAlive(a.file)
}

// learn follows the median of how late sleep returns.
func (a *alarm) learn(late time.Duration) {
	if late > a.early {
		a.early = min(a.early+earlyStep, earliest)
	} else {
		a.early = max(a.early-earlyStep, 0)
	}
}

func (a *alarm) wake() {
	if a.woken.Swap(1) == 0 {
		a.set(time.Nanosecond)
	}
}
