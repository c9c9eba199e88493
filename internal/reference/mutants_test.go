package reference

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

func TestUnknownMutantNamesTheNearestAndNotHundredsOfOthers(t *testing.T) {
	_, err := Start(t.Context(), Options{Mutant: "readback-looses"}, halves(tells{}))
	if err == nil {
		t.Fatal("started")
	}
	if want := `start reference: mutant "readback-looses" is unknown, did you mean "readback-loses"?`; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
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
	clean := start(t, Options{})
	for mutant, departure := range map[string]contract.Departure{
		"kafka-without-tls":    contract.Plaintext,
		"kafka-without-sasl":   contract.NoSASL,
		"kafka-any-password":   contract.WrongPassword,
		"kafka-any-user":       contract.UnknownUser,
		"kafka-creates-topics": contract.UnknownTopic,
	} {
		t.Run(mutant, func(t *testing.T) {
			broken := start(t, Options{Mutant: mutant})
			for _, c := range []struct {
				name      string
				server    *Server
				departure contract.Departure
				taken     bool
			}{
				{"clean, as told", clean, contract.AsTold, true},
				{"clean, departing", clean, departure, false},
				{"mutant, as told", broken, contract.AsTold, true},
				{"mutant, departing", broken, departure, true},
			} {
				if err := deliver(t, c.server, c.departure); (err == nil) != c.taken {
					t.Errorf("%s: got %v, want the record taken: %t", c.name, err, c.taken)
				}
			}
		})
	}
}

// deliver sends one record as a probe does.
func deliver(t *testing.T, s *Server, d contract.Departure) error {
	t.Helper()
	driver, err := kafkadriver.New(t.Context(), kafkadriver.Config{Kafka: *s.Target().Ingest.Kafka, Departure: d})
	if err != nil {
		return err
	}
	defer func() {
		if err := driver.Close(t.Context()); err != nil {
			t.Errorf("close driver: %v", err)
		}
	}()
	m := contract.Message{Transport: contract.Kafka, Records: []contract.Record{{Key: []byte("k"), Value: []byte("v")}}}
	if r := transport.Exchange(t.Context(), driver, &m); r.Outcome != contract.Acknowledged {
		return errors.New(r.Detail)
	}
	return nil
}
