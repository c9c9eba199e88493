package scenarios

import (
	"net/netip"
	"strings"

	"github.com/passmuster/muster/internal/strict"
)

// maxSources bounds how many local addresses a run dials from.
const maxSources = 4096

// Addresses returns the local addresses that Sources names, in its order: a network stands for all its hosts, so an
// IPv4 one for all but its first and last address. Empty leaves the choice to the system. Of what is not valid it
// returns what can be read.
func (c Connections) Addresses() []netip.Addr {
	var all []netip.Addr
	for _, s := range c.Sources {
		more, _ := hosts(s) // validation has told what cannot be read
		all = append(all, more...)
	}
	return all
}

// hosts returns the addresses that an address or a network stands for, and what is wrong with the text, if anything.
func hosts(s string) ([]netip.Addr, string) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || !usable(a) {
			return nil, "want an address of this machine such as 127.0.0.2, or a network such as 127.0.0.0/28"
		}
		return []netip.Addr{a}, ""
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Zone() != "" {
		return nil, "want a network such as 127.0.0.0/28"
	}
	if p.Addr().BitLen()-p.Bits() > 12 { // 2^12 is maxSources
		return nil, "want a network of at most 4096 addresses"
	}
	p = p.Masked()
	var all []netip.Addr
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		all = append(all, a)
	}
	if p.Addr().Is4() && len(all) > 2 {
		all = all[1 : len(all)-1] // the network's own address and that of everybody in it
	}
	return all, ""
}

// usable tells whether a connection can come from a.
func usable(a netip.Addr) bool { return !a.IsUnspecified() && !a.IsMulticast() }

// sources reports sources that cannot be read, that name an address twice, or that are too many.
func sources(fault report, list []string) {
	seen := map[netip.Addr]bool{}
	for i, s := range list {
		at := strict.Index("connections.sources", i)
		addresses, wrong := hosts(s)
		if wrong != "" {
			fault(at, "%s, got %s", wrong, strict.Show(s))
		}
		for _, a := range addresses {
			if seen[a] {
				fault(at, "want each address once, got %s again", a)
				break
			}
			seen[a] = true
		}
	}
	if len(seen) > maxSources {
		fault("connections.sources", "want at most %d addresses, got %d", maxSources, len(seen))
	}
}
