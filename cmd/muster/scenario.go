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
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/scenarios"
)

// checkScenario reports, all at once, what is wrong with a scenario that decodes: clients that no contract knows, and
// thresholds that could never be judged.
func checkScenario(s scenarios.Scenario) error {
	var faults []error
	for _, c := range catalog.Contracts() {
		if err := c.CheckClients(s); err != nil {
			faults = append(faults, fmt.Errorf("scenario %s: %w", s.Name, err))
		}
	}
	known, err := operations()
	if err != nil {
		return err
	}
	for i, text := range s.Thresholds {
		if err := checkThreshold(string(text), known); err != nil {
			faults = append(faults, fmt.Errorf("scenario %s: thresholds[%d]: %w", s.Name, i, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return usage(err, "a threshold is for example 'playtime.heartbeat response p99 < 250ms', 'errors < 0.1%%' or 'lost == 0'")
	}
	return nil
}

// checkThreshold refuses a threshold that cannot be read, is about an operation that there is not, or asks for what would not happen.
func checkThreshold(text string, known []string) error {
	t, err := reports.ParseThreshold(text)
	if err != nil {
		return err
	}
	if t.Operation != "" && !slices.Contains(known, t.Operation) {
		return fmt.Errorf("threshold %q: unknown operation %s, known are %s%s",
			text, t.Operation, strings.Join(known, ", "), strict.Suggest(t.Operation, known))
	}
	if t.Abort {
		return fmt.Errorf("threshold %q: this binary does not end a run early, want the threshold without abort", text)
	}
	return nil
}

// operations names every operation that a run may have, whatever its target claims.
func operations() ([]string, error) {
	all := &target.Target{
		Playtime: &target.Playtime{AccessTokens: []target.Secret{"none"}, MetricsKey: "none"},
		Ingest:   &target.Ingest{CartridgeTag: "none", HTTP: &target.HTTP{}, Kafka: &target.Kafka{}, SNS: &target.SNS{}},
	}
	var names []string
	for _, c := range catalog.Contracts() {
		renderer, err := c.Renderer(all)
		if err != nil {
			return nil, fmt.Errorf("name the operations of %s: %w", c.Name, err)
		}
		for _, k := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End, contract.Flush} {
			for _, t := range catalog.Transports() {
				if name := renderer.Operation(k, t.Name); name != "" {
					names = append(names, name)
				}
			}
		}
	}
	return names, nil
}
