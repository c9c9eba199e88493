package dialer

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
)

// sources deals out local addresses in turn.
type sources struct {
	list []netip.Addr
	turn atomic.Uint64
}

func (s *sources) check() error {
	if len(s.list) > 0 && !canBindWithoutPort {
		return fmt.Errorf("sources: %d local addresses: only linux can share ports between connections to different targets, want none here", len(s.list))
	}
	for _, a := range s.list {
		if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() {
			return fmt.Errorf("sources: %s is no address to dial from", a)
		}
	}
	return nil
}

// next returns the next source of the family of to. There may be none; the system chooses then.
func (s *sources) next(to netip.Addr) (netip.Addr, bool) {
	for range s.list {
		a := s.list[s.turn.Add(1)%uint64(len(s.list))]
		if a.Unmap().Is4() == to.Is4() {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// addressError says whether a dial failed because this machine has no local address or port for it.
func addressError(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EADDRINUSE)
}
