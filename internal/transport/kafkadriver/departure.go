package kafkadriver

import (
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// stray is what a departure appends to a name or password to make it a wrong one.
const stray = "-muster-unknown"

// depart returns k changed in the one way that d names. It is an error when k leaves nothing to depart from.
func depart(k target.Kafka, d contract.Departure) (target.Kafka, error) {
	missing := func(what string) (target.Kafka, error) {
		return k, fmt.Errorf("open kafka driver: departure %q needs a target with %s", d, what)
	}
	if k.SASL == nil && (d == contract.WrongPassword || d == contract.UnknownUser || d == contract.NoSASL) {
		return missing("sasl")
	}
	if k.TLS == nil && d == contract.Plaintext {
		return missing("tls")
	}
	switch d {
	case contract.AsTold:
	case contract.WrongPassword:
		sasl := *k.SASL
		sasl.Password += stray
		k.SASL = &sasl
	case contract.UnknownUser:
		sasl := *k.SASL
		sasl.Username += stray
		k.SASL = &sasl
	case contract.NoSASL:
		k.SASL = nil
	case contract.Plaintext:
		k.TLS = nil
	case contract.UnknownTopic:
		k.Topic += stray
	default:
		return k, fmt.Errorf("open kafka driver: departure %q is unknown", d)
	}
	return k, nil
}
