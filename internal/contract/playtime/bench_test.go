package playtime

import (
	"testing"

	"github.com/passmuster/muster/internal/contract"
)

func BenchmarkRenderHeartbeat(b *testing.B) {
	r := testRenderer(b)
	a := documented(contract.Heartbeat)
	a.Order = 7
	var m contract.Message
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Render(&m, &a); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeHeartbeat(b *testing.B) {
	r := testRenderer(b)
	a := documented(contract.Heartbeat)
	var m contract.Message
	if err := r.Render(&m, &a); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := Decode(m.Operation, m.Body); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
