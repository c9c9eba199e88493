package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/scenarios"
)

// checkClients reports, all at once, the clients of a scenario that no contract knows.
func checkClients(s scenarios.Scenario) error {
	var faults []error
	for _, c := range catalog.Contracts() {
		if err := c.CheckClients(s); err != nil {
			faults = append(faults, fmt.Errorf("scenario %s: %w", s.Name, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return usage(err, "'muster schema scenario' and README.md tell of shares of clients")
	}
	return nil
}

// checkThresholds reports the thresholds of a scenario that could never be judged.
func checkThresholds(s scenarios.Scenario, fault func(path, format string, args ...any)) {
	known, err := operations()
	if err != nil {
		fault("thresholds", "%v", err)
		return
	}
	for i, text := range s.Thresholds {
		c, err := text.Parse()
		if err != nil {
			continue // told by whoever decodes the scenario
		}
		if err := answerable(c, s, known); err != nil {
			fault(strict.Index("thresholds", i), "threshold %s: %v", strict.Show(c.Text), err)
		}
	}
}

// operation is one that a run may have, and by which transport.
type operation struct {
	name string
	kind contract.Kind
	by   contract.Transport
}

// in says whether a scenario has the operation.
func (o operation) in(s scenarios.Scenario) bool {
	return o.kind != contract.Flush || s.Events.Every > 0 && s.Events.Transport[string(o.by)] > 0
}

// answerable refuses a condition about an operation that there is not, or that the scenario has none of, and about what
// the operation's transport does not have.
func answerable(c scenarios.Condition, s scenarios.Scenario, known []operation) error {
	has := slices.DeleteFunc(slices.Clone(known), func(o operation) bool { return !o.in(s) })
	about := slices.DeleteFunc(slices.Clone(known), func(o operation) bool { return c.Operation != "" && o.name != c.Operation })
	if len(about) == 0 {
		names := named(known)
		return fmt.Errorf("unknown operation %s, known are %s%s", c.Operation, strings.Join(names, ", "), strict.Suggest(c.Operation, names))
	}
	about = slices.DeleteFunc(about, func(o operation) bool { return !o.in(s) })
	if len(about) == 0 {
		return fmt.Errorf("the scenario has no %s, because its events do not go that way; it has %s", c.Operation, strings.Join(named(has), ", "))
	}
	byKafka := slices.ContainsFunc(about, func(o operation) bool { return o.by == contract.Kafka && o.kind == contract.Flush })
	switch {
	case c.Quantity == scenarios.Visible && !byKafka:
		return errors.New("how long events take to be seen is known of those by Kafka alone; this is about " + strings.Join(named(about), ", "))
	case c.Quantity == scenarios.Ack && byKafka && s.Connections.Kafka.Acks == "none":
		return errors.New("connections.kafka.acks is none, so nothing that goes by Kafka is acknowledged; want all or leader, or another operation")
	}
	return nil
}

// named returns the names of operations, each once.
func named(all []operation) []string {
	var names []string
	for _, o := range all {
		if !slices.Contains(names, o.name) {
			names = append(names, o.name)
		}
	}
	return names
}

// operations lists every operation that a run may have, whatever its target claims.
func operations() ([]operation, error) {
	all := &target.Target{
		Playtime: &target.Playtime{AccessTokens: []target.Secret{"none"}, MetricsKey: "none"},
		Ingest:   &target.Ingest{CartridgeTag: "none", HTTP: &target.HTTP{}, Kafka: &target.Kafka{}, SNS: &target.SNS{}},
	}
	var found []operation
	for _, c := range catalog.Contracts() {
		renderer, err := c.Renderer(all)
		if err != nil {
			return nil, fmt.Errorf("name the operations of %s: %w", c.Name, err)
		}
		for _, k := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End, contract.Flush} {
			for _, t := range catalog.Transports() {
				if name := renderer.Operation(k, t.Name); name != "" {
					found = append(found, operation{name, k, t.Name})
				}
			}
		}
	}
	return found, nil
}
