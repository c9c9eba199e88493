package engine

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// kernel waits in the kernel, on a futex: to the microsecond, where a timer of the runtime is up to a millisecond late,
// and still woken at once.
type kernel struct{ woken atomic.Uint32 }

func newPrecise() waiter { return &kernel{} }

// The operations of futex(2) on a word that only this process knows, and prctl(2)'s for how late a timer may be.
const (
	futexWaitPrivate = 0 | 128
	futexWakePrivate = 1 | 128
	prSetTimerslack  = 29
)

// wait lets the worker that has just been given a due go first, on this very thread: waking another thread for it would
// take longer than all else. What the system calls answer is of no interest, because wait may return early.
func (k *kernel) wait(d time.Duration) {
	began := time.Now()
	runtime.Gosched()
	d -= time.Since(began)
	if k.woken.Swap(0) != 0 || d <= 0 {
		return
	}
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerslack, 1, 0) // of this thread, whichever it is: 1 ns
	left := syscall.NsecToTimespec(int64(d))
	_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&k.woken)), futexWaitPrivate, 0, uintptr(unsafe.Pointer(&left)), 0, 0)
	k.woken.Store(0)
}

func (k *kernel) wake() {
	if k.woken.Swap(1) == 0 {
		_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&k.woken)), futexWakePrivate, 1, 0, 0, 0)
	}
}
