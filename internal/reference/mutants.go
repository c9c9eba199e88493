package reference

import (
	"fmt"
	"slices"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/internal/transport/kafkadriver/broker"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

// manners are what the host itself can do wrongly; the zero value is right.
type manners struct {
	allow        broker.Allow
	refuse       broker.Refuse
	sns          endpoint.Wrong
	longPassword bool // the Kafka password may have surplus behind it
	longName     bool // the Kafka user's name may have surplus behind it
	nameEnters   bool // the Kafka user's name serves as his password, too
	plainEnters  bool // by SASL PLAIN the Kafka password may have surplus behind it
	guest        bool // there is a Kafka user guest
	plainGuest   bool // there is one by SASL PLAIN
	loses        bool // every second event by Kafka is acknowledged but not stored
	duplicates   bool // every event by Kafka is stored twice
}

// surplus is what may stand behind a password or a name, too. A server cannot take just any password, since by SCRAM
// it has to prove to the client that it knows the very one that the client has; so it is the one that probes try.
const surplus = "-muster-unknown"

// allows returns what the broker is to let pass.
func (m manners) allows(password string) broker.Allow {
	allow := m.allow
	let := func(is bool, u broker.User) {
		if is {
			allow.Logins = append(allow.Logins, u)
		}
	}
	let(m.longPassword, broker.User{Name: username, Password: password + surplus})
	let(m.longName, broker.User{Name: username + surplus, Password: password})
	let(m.nameEnters, broker.User{Name: username, Password: username})
	let(m.plainEnters, broker.User{Name: username, Password: password + surplus, Plain: true})
	let(m.guest, broker.User{Name: "guest", Password: "guest"})
	let(m.plainGuest, broker.User{Name: "guest", Password: "guest", Plain: true})
	return allow
}

// mutant is one wrongness of the host, as data.
type mutant struct {
	contract.Mutant
	apply func(*manners)
}

// hostMutants lists the wrong ways of the host but those of SNS. Those of the contracts come with their halves.
func hostMutants() []mutant {
	refusing := func(r broker.Refuse) func(*manners) { return func(m *manners) { m.refuse = r } }
	return slices.Concat(entryMutants(), []mutant{
		wrongHost("kafka-refuses-modest-producers", "kafka/accepts-modest-producer", "refuses records of producers that do not number them",
			refusing(broker.Refuse{Modest: true})),
		wrongHost("kafka-refuses-idempotent-producers", "kafka/accepts-idempotent-producer", "refuses compressed records of producers that number them",
			refusing(broker.Refuse{Numbered: true})),
		wrongHost("kafka-refuses-zstd", "kafka/accepts-compression", "refuses records compressed by zstd",
			refusing(broker.Refuse{Zstd: true})),
		wrongHost("kafka-too-large-is-invalid", "kafka/too-large-is-told", "refuses a record that is too large as an invalid request",
			refusing(broker.Refuse{Vaguely: true})),
		wrongHost("readback-loses", "kafka/acknowledged-is-stored", "acknowledges every second event by Kafka without storing it",
			func(m *manners) { m.loses = true }),
		wrongHost("readback-duplicates", "kafka/stored-once", "stores every event by Kafka twice",
			func(m *manners) { m.duplicates = true }),
	})
}

func wrongHost(name, clause, what string, apply func(*manners)) mutant {
	return mutant{contract.Mutant{Name: name, Clause: "ingest/" + clause, Wrong: what}, apply}
}

// refusals is how many connections a broker refuses that tires of refusing them.
const refusals = 1

// entryMutants let those in by Kafka who are to stay outside.
func entryMutants() []mutant {
	allowing := func(a broker.Allow) func(*manners) { return func(m *manners) { m.allow = a } }
	return []mutant{
		wrongHost("kafka-without-tls", "kafka/requires-tls", "serves Kafka in plaintext to whoever asks for it",
			allowing(broker.Allow{Plaintext: true})),
		wrongHost("kafka-open-door", "kafka/requires-tls", "serves Kafka in plaintext, and to whoever does not authenticate",
			allowing(broker.Allow{Plaintext: true, Anonymous: true})),
		wrongHost("kafka-tires-of-tls", "kafka/requires-tls", "refuses plaintext by Kafka once and serves it from then on",
			allowing(broker.Allow{Plaintext: true, After: refusals})),
		wrongHost("kafka-without-sasl", "kafka/requires-sasl", "takes records from connections that never authenticated",
			allowing(broker.Allow{Anonymous: true})),
		wrongHost("kafka-plaintext-listener", "kafka/requires-sasl", "takes records by plaintext from connections that never authenticated",
			allowing(broker.Allow{Plaintext: true, Anonymous: true, OnlyPlaintext: true})),
		wrongHost("kafka-tires-of-sasl", "kafka/requires-sasl", "refuses a connection that does not authenticate once and serves them from then on",
			allowing(broker.Allow{Anonymous: true, After: refusals})),
		wrongHost("kafka-any-password", "kafka/refuses-wrong-password", "lets its user in with more behind the password, and without any",
			func(m *manners) { m.longPassword = true }),
		wrongHost("kafka-name-as-password", "kafka/refuses-wrong-password", "lets its user in with his name as the password",
			func(m *manners) { m.nameEnters = true }),
		wrongHost("kafka-plain-password", "kafka/refuses-wrong-password", "offers SASL PLAIN, too, and lets its user in by it with more behind the password",
			func(m *manners) { m.plainEnters = true }),
		wrongHost("kafka-any-user", "kafka/refuses-unknown-user", "lets a user in whose name goes on where the right one ends",
			func(m *manners) { m.longName = true }),
		wrongHost("kafka-guest", "kafka/refuses-unknown-user", "has a user guest with the password guest",
			func(m *manners) { m.guest = true }),
		wrongHost("kafka-plain-guest", "kafka/refuses-unknown-user", "offers SASL PLAIN, too, with a user guest",
			func(m *manners) { m.plainGuest = true }),
		wrongHost("kafka-creates-topics", "kafka/refuses-unknown-topic", "creates whatever topic a producer names",
			allowing(broker.Allow{UnknownTopic: true})),
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
	return fmt.Errorf("start reference: mutant %q is unknown%s", name, strict.Suggest(name, known))
}
