//go:build race

package h1

import (
	"errors"
	"syscall"
)

// The race detector takes what goes over a socket for an order of events only when package syscall sends it.

func read(fd uintptr, b []byte) (int, syscall.Errno) {
	return retried(func() (int, error) { return syscall.Read(int(fd), b) })
}

func write(fd uintptr, b []byte) (int, syscall.Errno) {
	return retried(func() (int, error) { return syscall.Write(int(fd), b) })
}

// peek reads without taking.
func peek(fd uintptr, b []byte) (int, syscall.Errno) {
	return retried(func() (int, error) {
		n, _, err := syscall.Recvfrom(int(fd), b, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return n, err
	})
}

func retried(call func() (int, error)) (int, syscall.Errno) {
	n, err := call()
	for errors.Is(err, syscall.EINTR) {
		n, err = call()
	}
	var errno syscall.Errno
	if err != nil && !errors.As(err, &errno) {
		errno = syscall.EIO
	}
	return max(n, 0), errno
}
