package dialer

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"
)

// fresh is how long the addresses of a name are taken for true. A look-up for each of thousands of dials a second would
// load the name server and not the target.
const fresh = 30 * time.Second

// names knows the addresses of one host.
type names struct {
	host string
	port string

	mu     sync.Mutex // guards the rest
	known  []netip.AddrPort
	family int // how many of known, from the front, are of the first one's family
	until  time.Time
	turn   int
}

func newNames(host, port string) *names { return &names{host: host, port: port} }

// lookup returns the addresses in the order in which they should be tried.
func (n *names) lookup(ctx context.Context) ([]netip.AddrPort, error) {
	n.mu.Lock()
	if time.Now().Before(n.until) {
		defer n.mu.Unlock()
		return n.rotated(), nil
	}
	n.mu.Unlock() // several may ask at once; none of them waits for the others longer than for its own answer
	found, err := resolve(ctx, n.host, n.port)
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case err == nil:
		n.learn(found)
	case len(n.known) == 0:
		return nil, err
	}
	return n.rotated(), nil
}

// learn takes found for true: an address for ever, a name for a while.
func (n *names) learn(found []netip.AddrPort) {
	n.known, n.until = found, time.Now().Add(fresh)
	n.family = 0
	for n.family < len(found) && found[n.family].Addr().Is4() == found[0].Addr().Is4() {
		n.family++
	}
}

// rotated turns the addresses of the first family, as name servers do. The result is not to be changed.
func (n *names) rotated() []netip.AddrPort {
	if n.family < 2 {
		return n.known
	}
	n.turn = (n.turn + 1) % n.family
	return slices.Concat(n.known[n.turn:n.family], n.known[:n.turn], n.known[n.family:])
}

func resolve(ctx context.Context, host, port string) ([]netip.AddrPort, error) {
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		named, lookupErr := net.DefaultResolver.LookupPort(ctx, "tcp", port)
		if lookupErr != nil {
			return nil, lookupErr
		}
		number = uint64(named)
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("look up %s: no address", host)
	}
	list := make([]netip.AddrPort, len(found))
	for i, a := range found {
		list[i] = netip.AddrPortFrom(a.Unmap(), uint16(number))
	}
	return list, nil
}
