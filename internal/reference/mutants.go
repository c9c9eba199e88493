package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/internal/transport/kafkadriver/broker"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

// manners are what the host itself can do wrongly; the zero value is right.
type manners struct {
	allow        broker.Allow
	sns          endpoint.Wrong
	longPassword bool // the Kafka password may have surplus behind it
	longName     bool // the Kafka user's name may have surplus behind it
	loses        bool // every second event by Kafka is acknowledged but not stored
	duplicates   bool // every event by Kafka is stored twice
}

// surplus is what may stand behind a password or a name, too. A server cannot take just any password, since by SCRAM
// it has to prove to the client that it knows the very one that the client has; so it is the one that probes try.
const surplus = "-muster-unknown"

// allows returns what the broker is to let pass.
func (m manners) allows(password string) broker.Allow {
	allow := m.allow
	if m.longPassword {
		allow.Logins = append(allow.Logins, broker.User{Name: username, Password: password + surplus})
	}
	if m.longName {
		allow.Logins = append(allow.Logins, broker.User{Name: username + surplus, Password: password})
	}
	return allow
}

// mutant is one wrongness of the host, as data.
type mutant struct {
	contract.Mutant
	apply func(*manners)
}

// hostMutants lists the wrong ways of the host but those of SNS. Those of the contracts come with their halves.
func hostMutants() []mutant {
	return []mutant{
		{contract.Mutant{
			Name: "kafka-without-tls", Clause: "ingest/kafka/requires-tls",
			Wrong: "serves Kafka in plaintext to whoever asks for it",
		}, func(m *manners) { m.allow.Plaintext = true }},
		{contract.Mutant{
			Name: "kafka-without-sasl", Clause: "ingest/kafka/requires-sasl",
			Wrong: "takes records from connections that never authenticated",
		}, func(m *manners) { m.allow.Anonymous = true }},
		{contract.Mutant{
			Name: "kafka-any-password", Clause: "ingest/kafka/refuses-wrong-password",
			Wrong: "lets its user in with more behind the password, and without any",
		}, func(m *manners) { m.longPassword = true }},
		{contract.Mutant{
			Name: "kafka-any-user", Clause: "ingest/kafka/refuses-unknown-user",
			Wrong: "lets a user in whose name goes on where the right one ends",
		}, func(m *manners) { m.longName = true }},
		{contract.Mutant{
			Name: "kafka-creates-topics", Clause: "ingest/kafka/refuses-unknown-topic",
			Wrong: "creates whatever topic a producer names",
		}, func(m *manners) { m.allow.UnknownTopic = true }},
		{contract.Mutant{
			Name: "readback-loses", Clause: "ingest/kafka/acknowledged-is-stored",
			Wrong: "acknowledges every second event by Kafka without storing it",
		}, func(m *manners) { m.loses = true }},
		{contract.Mutant{
			Name: "readback-duplicates", Clause: "ingest/kafka/stored-once",
			Wrong: "stores every event by Kafka twice",
		}, func(m *manners) { m.duplicates = true }},
	}
}

// Mutants lists every way in which a server with these halves can be wrong: those of the host, then those of each half.
func Mutants(halves []Half) []contract.Mutant {
	var all []contract.Mutant
	for _, m := range slices.Concat(hostMutants(), snsMutants()) {
		all = append(all, m.Mutant)
	}
	for _, h := range halves {
		all = append(all, h.Mutants...)
	}
	return all
}

// choose finds whose mutant name is: the manners of the host, and the name that each half is to be told. An empty name
// is nobody's.
func choose(name string, halves []Half) (manners, []string, error) {
	var host manners
	told := make([]string, len(halves))
	if err := checkUnique(halves); err != nil || name == "" {
		return host, told, err
	}
	for _, m := range slices.Concat(hostMutants(), snsMutants()) {
		if m.Name == name {
			m.apply(&host)
			return host, told, nil
		}
	}
	for i, h := range halves {
		for _, m := range h.Mutants {
			if m.Name == name {
				told[i] = name
				return host, told, nil
			}
		}
	}
	return host, told, unknownMutant(name, halves)
}

func checkUnique(halves []Half) error {
	seen := map[string]bool{}
	for _, m := range Mutants(halves) {
		if seen[m.Name] {
			return fmt.Errorf("start reference: two mutants are called %q", m.Name)
		}
		seen[m.Name] = true
	}
	return nil
}

func unknownMutant(name string, halves []Half) error {
	var known []string
	for _, m := range Mutants(halves) {
		known = append(known, m.Name)
	}
	return fmt.Errorf("start reference: mutant %q is unknown%s (known: %s)",
		name, strict.Suggest(name, known), strings.Join(known, ", "))
}
