package machine

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Foreign returns those of the addresses that are not of this machine: a socket cannot be bound to them. Nothing is
// sent. What cannot be tried for another reason is not told as foreign.
func Foreign(ctx context.Context, addresses []netip.Addr) []netip.Addr {
	var foreign []netip.Addr
	var listen net.ListenConfig
	for _, a := range addresses {
		socket, err := listen.ListenPacket(ctx, "udp", netip.AddrPortFrom(a, 0).String())
		if errors.Is(err, syscall.EADDRNOTAVAIL) {
			foreign = append(foreign, a)
		}
		if err == nil {
			_ = socket.Close() // nothing was sent over it
		}
	}
	return foreign
}

// tries is how often a clock or a sleep is tried.
const tries = 25

// Oversleep returns by how much a sleep of a millisecond is too long, in the middle of some tries. It takes about
// 50 ms.
func Oversleep() time.Duration {
	return middle(func() time.Duration {
		began := time.Now()
		time.Sleep(time.Millisecond)
		return time.Since(began) - time.Millisecond
	})
}

// Tick returns the least step of the clock that was seen, in the middle of some tries.
func Tick() time.Duration {
	return middle(func() time.Duration {
		began := time.Now()
		for {
			if step := time.Since(began); step > 0 {
				return step
			}
		}
	})
}

// Loopback returns how long it takes to connect on loopback and be accepted, in the middle of some tries.
func Loopback(ctx context.Context) (time.Duration, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	var dialer net.Dialer
	var failed error
	took := middle(func() time.Duration {
		began := time.Now()
		near, err := dialer.DialContext(ctx, "tcp", listener.Addr().String())
		if err != nil {
			failed = err
			return 0
		}
		far, err := listener.Accept()
		took := time.Since(began)
		if err == nil {
			err = far.Close()
		}
		failed = errors.Join(failed, err, near.Close())
		return took
	})
	return took, failed
}

// middle returns the median of some tries.
func middle(try func() time.Duration) time.Duration {
	all := make([]time.Duration, tries)
	for i := range all {
		all[i] = try()
	}
	slices.Sort(all)
	return all[tries/2]
}
