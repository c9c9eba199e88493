package engine

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// kernel waits in the kernel, on a futex: to the microsecond, where a timer of the runtime is up to a millisecond late,
// and still woken at once. By the time that it takes to be on a processor again, which it learns as it goes, it has
// itself called earlier; what is left then it spends looking at the clock.
type kernel struct {
	woken atomic.Uint32
	early time.Duration
}

func newPrecise() waiter { return &kernel{} }

// The operations of futex(2) on a word that only this process knows, and prctl(2)'s for how late a timer may be.
const (
	futexWaitPrivate = 0 | 128
	futexWakePrivate = 1 | 128
	prSetTimerslack  = 29
)

// How much earlier to be called: learnt in steps, and bounded, because looking at the clock takes a whole processor.
const (
	earlyStep = time.Microsecond
	earliest  = 50 * time.Microsecond
)

// wait lets the worker that has just been given a due go first, on this very thread: waking another thread for it would
// take longer than all else.
func (k *kernel) wait(d time.Duration) {
	began := time.Now()
	runtime.Gosched()
	if left := d - time.Since(began) - k.early; left > 0 && k.woken.Load() == 0 {
		k.sleep(left)
		k.learn(time.Since(began) - (d - k.early))
	}
	for k.woken.Load() == 0 && time.Since(began) < d {
		continue
	}
	k.woken.Store(0)
}

// sleep gives up the processor for d or until woken. What the system calls answer is of no interest, because wait may
// return early.
func (k *kernel) sleep(d time.Duration) {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerslack, 1, 0) // of this thread, whichever it is: 1 ns
	left := syscall.NsecToTimespec(int64(d))
	_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&k.woken)), futexWaitPrivate, 0, uintptr(unsafe.Pointer(&left)), 0, 0)
}

// learn follows the median of how late sleep returns. Where it was woken before its time there is nothing to learn.
func (k *kernel) learn(late time.Duration) {
	switch {
	case late < 0:
	case late > k.early:
		k.early = min(k.early+earlyStep, earliest)
	default:
		k.early = max(k.early-earlyStep, 0)
	}
}

func (k *kernel) wake() {
	if k.woken.Swap(1) == 0 {
		_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&k.woken)), futexWakePrivate, 1, 0, 0, 0)
	}
}
