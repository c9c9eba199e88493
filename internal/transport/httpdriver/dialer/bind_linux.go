package dialer

import "syscall"

const (
	canBindWithoutPort = true
	bindNoPort         = 24 // IP_BIND_ADDRESS_NO_PORT of linux/in.h, which package syscall does not have
)

// bindWithoutPort puts the choice of a local port off until connect, when the kernel knows the destination too: the same
// port then serves connections to different destinations, and the choice does not search in vain.
func bindWithoutPort(_, _ string, c syscall.RawConn) error {
	var fault error
	err := c.Control(func(fd uintptr) {
		fault = syscall.SetsockoptInt(int(fd), syscall.SOL_IP, bindNoPort, 1)
	})
	if err != nil {
		return err
	}
	return fault
}
