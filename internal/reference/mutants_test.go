package reference

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/target"
)

func TestUnknownMutantNamesTheKnownAndTheNearest(t *testing.T) {
	_, err := Start(t.Context(), Options{Mutant: "readback-looses"}, halves(tells{}))
	if err == nil {
		t.Fatal("started")
	}
	for _, want := range []string{`mutant "readback-looses" is unknown`, `did you mean "readback-loses"?`, "kafka-without-tls", "take-wrongly"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestMutantsAreWellFormed(t *testing.T) {
	for _, m := range Mutants(halves(tells{})) {
		if m.Name == "" || strings.Count(m.Clause, "/") != 2 || m.Wrong == "" || strings.HasSuffix(m.Wrong, ".") {
			t.Errorf("mutant %+v: want a name, a clause and what is wrong without a final full stop", m)
		}
	}
	if _, err := Start(t.Context(), Options{}, append(halves(tells{}), halves(tells{})...)); err == nil {
		t.Error("two halves with mutants of one name were accepted")
	}
}

func TestMutantOfAHalfReachesThatHalfOnly(t *testing.T) {
	s := start(t, Options{Mutant: "take-wrongly"})
	if got := s.halves[0].(takes).mutant; got != "take-wrongly" {
		t.Errorf("the half was told %q", got)
	}
}

func TestReadbackMutants(t *testing.T) {
	for mutant, want := range map[string]map[string]int{
		"":                    {"a": 1, "b": 1, "c": 1, "d": 1},
		"readback-loses":      {"b": 1, "d": 1},
		"readback-duplicates": {"a": 2, "b": 2, "c": 2, "d": 2},
	} {
		t.Run(mutant, func(t *testing.T) {
			s := start(t, Options{Mutant: mutant})
			send(t, s, "a", "b", "c", "d")
			records := 0
			for _, copies := range want {
				records += copies
			}
			if got := accepted(t, s, records); !maps.Equal(got, want) {
				t.Errorf("accepted %v, want %v", got, want)
			}
		})
	}
}

// TestLenientBrokersServeTheirClientsToo connects as told, and in the one way that each mutant should refuse.
func TestLenientBrokersServeTheirClientsToo(t *testing.T) {
	plaintext := func(k *target.Kafka) { k.TLS = nil }
	anonymous := func(k *target.Kafka) { k.SASL = nil }
	elsewhere := func(k *target.Kafka) { k.Topic = "unheard-of" }
	for mutant, depart := range map[string]func(*target.Kafka){
		"kafka-without-tls": plaintext, "kafka-without-sasl": anonymous, "kafka-creates-topics": elsewhere,
	} {
		t.Run(mutant, func(t *testing.T) {
			t.Parallel() // a refused client waits for its patience to end
			clean, broken := start(t, Options{}), start(t, Options{Mutant: mutant})
			for _, c := range []struct {
				name   string
				server *Server
				depart func(*target.Kafka)
				taken  bool
			}{
				{"clean, as told", clean, func(*target.Kafka) {}, true},
				{"clean, departing", clean, depart, false},
				{"mutant, as told", broken, func(*target.Kafka) {}, true},
				{"mutant, departing", broken, depart, true},
			} {
				k := *c.server.Target().Ingest.Kafka
				c.depart(&k)
				if got := produces(t, &k); got != c.taken {
					t.Errorf("%s: record taken: %t, want %t", c.name, got, c.taken)
				}
			}
		})
	}
}

func produces(t *testing.T, k *target.Kafka) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	return kafka(t, k).ProduceSync(ctx, &kgo.Record{Topic: k.Topic, Value: []byte("x")}).FirstErr() == nil
}
