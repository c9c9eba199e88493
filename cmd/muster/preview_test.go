package main

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/golden"
	"github.com/passmuster/muster/internal/machine"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/scenarios"
)

// modest is a machine with the limits that a fresh Linux has.
func modest() machine.Facts {
	return machine.Facts{OS: "linux", Cores: 2, Descriptors: 20_000, PortFrom: 32_768, PortTo: 60_999, Reuse: 2, Memory: 2 << 30, Clock: "tsc", Pressure: 3}
}

// looked returns the preview of a built-in scenario with so many players.
func looked(t *testing.T, name string, ccu int) loadgen.Preview {
	t.Helper()
	s, _, err := scenarios.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err = s.Override(ccu, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loadgen.Look(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPreviewGolden(t *testing.T) {
	var b strings.Builder
	p := looked(t, "outage", 3000) // connections per player, a storm and its echo
	n := p.Needs(needs.Abroad(), 2)
	if err := previewText(&b, p, n, needs.Abroad(), needs.Hold(n, modest(), nil), "a target on another machine, over HTTPS"); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "preview.golden", b.String())
}

func TestDoctorGolden(t *testing.T) {
	var b strings.Builder
	tried := needs.Tried{Tick: 30, Oversleep: 80 * time.Microsecond, Connect: 40 * time.Microsecond}
	alone := diagnosis{question: "is this machine fit to generate load?", Fit: true, Checks: append(needs.Fit(modest()), needs.Around(modest(), tried)...)}
	n := looked(t, "outage", 100_000).Needs(needs.Abroad(), 2)
	n.Sources = 2
	checks := needs.Hold(n, modest(), []netip.Addr{netip.MustParseAddr("10.0.0.2")})
	crowd := diagnosis{question: "is this machine fit to play outage?", Checks: append(checks, needs.Around(modest(), tried)...)}
	for _, d := range []diagnosis{alone, crowd} {
		if err := doctorText(&b, d); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	golden.Check(t, "doctor.golden", b.String())
}
