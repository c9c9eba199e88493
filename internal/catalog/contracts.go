package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	ingestclauses "github.com/passmuster/muster/internal/contract/ingest/clauses"
	ingestreference "github.com/passmuster/muster/internal/contract/ingest/reference"
	"github.com/passmuster/muster/internal/contract/playtime"
	playtimeclauses "github.com/passmuster/muster/internal/contract/playtime/clauses"
	playtimereference "github.com/passmuster/muster/internal/contract/playtime/reference"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/scenarios"
)

// Contract is one contract as the rest of muster sees it.
type Contract struct {
	Name    string
	Clauses func(*target.Target) []contract.Clause
	// Renderer makes the contract's messages for a target that claims it.
	Renderer func(*target.Target) (contract.Renderer, error)
	// Serve makes the server half of the reference, wrong in one way when a mutant is named.
	Serve   func(t *target.Target, mutant string) (contract.Responder, error)
	Mutants func() []contract.Mutant
	// Judge holds what clients send to the reference against what the contract asks of them.
	Judge func(*target.Target) (contract.Judge, error)
	// CheckClients reports what is wrong with a scenario's shares of clients.
	CheckClients func(scenarios.Scenario) error
	// Doors lists where a target takes the contract's messages; none when it does not claim the contract.
	Doors func(*target.Target) []Door
}

// Manners are how the reference behaves where the documents leave a choice. The zero value is the friendliest service.
type Manners struct {
	Playtime playtimereference.Knobs
	Ingest   ingestreference.Knobs
}

// playtimeClients reports every client of a scenario that is not known.
func playtimeClients(shares map[string]int) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		if _, err := playtime.FindProfile(name); err != nil {
			faults = append(faults, fmt.Errorf("players.clients: %w", err))
		}
	}
	return errors.Join(faults...)
}

// Contracts returns all contracts in the order of reports.
func Contracts() []Contract { return ContractsWith(Manners{}) }

// ContractsWith returns all contracts, their server halves with these manners.
func ContractsWith(m Manners) []Contract {
	return []Contract{
		{
			Name:     "playtime",
			Clauses:  playtimeclauses.All,
			Renderer: func(t *target.Target) (contract.Renderer, error) { return playtime.NewRenderer(t) },
			Serve: func(t *target.Target, mutant string) (contract.Responder, error) {
				return playtimereference.NewWith(t, mutant, m.Playtime)
			},
			Mutants:      playtimereference.Mutants,
			Judge:        func(t *target.Target) (contract.Judge, error) { return playtimeclauses.NewJudge(t) },
			CheckClients: func(s scenarios.Scenario) error { return playtimeClients(s.Players.Clients) },
			Doors:        playtimeDoors,
		},
		{
			Name:     "ingest",
			Clauses:  ingestclauses.All,
			Renderer: func(t *target.Target) (contract.Renderer, error) { return ingest.NewRenderer(t) },
			Serve: func(t *target.Target, mutant string) (contract.Responder, error) {
				return ingestreference.NewWith(t, mutant, m.Ingest)
			},
			Mutants:      ingestreference.Mutants,
			Judge:        func(t *target.Target) (contract.Judge, error) { return ingest.NewJudge(t), nil },
			CheckClients: func(s scenarios.Scenario) error { return ingest.CheckClients(s.Events.Clients, s.Events.PerFlush) },
			Doors:        ingestDoors,
		},
	}
}

// Register builds the register of all clauses, bound to t. An empty target will do where no check is run.
func Register(t *target.Target) (*contract.Register, error) {
	var all []contract.Clause
	for _, c := range Contracts() {
		all = append(all, c.Clauses(t)...)
	}
	return contract.NewRegister(all...)
}

// Door is one address at which a target takes messages of one contract over one transport.
type Door struct {
	Contract  string
	Transport contract.Transport
	Field     string // of the target file, for messages
	BaseURL   string // for HTTP, and for SNS where it is not that of AWS
	Kafka     *target.Kafka
	SNS       *target.SNS
}

func playtimeDoors(t *target.Target) []Door {
	if t.Playtime == nil {
		return nil
	}
	return []Door{{Contract: "playtime", Transport: contract.HTTP, Field: "playtime.base_url", BaseURL: t.Playtime.BaseURL}}
}

func ingestDoors(t *target.Target) []Door {
	var doors []Door
	if t.Ingest == nil {
		return nil
	}
	if t.Ingest.HTTP != nil {
		doors = append(doors, Door{Contract: "ingest", Transport: contract.HTTP, Field: "ingest.http.base_url", BaseURL: t.Ingest.HTTP.BaseURL})
	}
	if t.Ingest.Kafka != nil {
		doors = append(doors, Door{Contract: "ingest", Transport: contract.Kafka, Field: "ingest.kafka", Kafka: t.Ingest.Kafka})
	}
	if s := t.Ingest.SNS; s != nil {
		doors = append(doors, Door{Contract: "ingest", Transport: contract.SNS, Field: "ingest.sns", BaseURL: s.EndpointURL, SNS: s})
	}
	return doors
}

// allDoors lists every door of t.
func allDoors(t *target.Target) []Door {
	var all []Door
	for _, c := range Contracts() {
		all = append(all, c.Doors(t)...)
	}
	return all
}

// Intact says whether an event is stored as muster sent it.
func Intact(s contract.Stored) bool { return ingest.Check(s) }
