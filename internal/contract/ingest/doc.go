// Package ingest is the contract of analytics events: how an event looks on the wire, how the events of a flush become
// a message by HTTP, Kafka or SNS, and what makes a received event valid.
//
// Actions and a target flow in, messages flow out; received bytes flow in, events and faults flow out. Everything is a
// function of its arguments: no I/O, no clock. The package imports internal/contract and internal/target only. The
// obligations of the contract are in clauses, a correct server half is in reference.
package ingest

// Where the contract lives on an HTTP server, below the target's base URL (A-H1, A-H6).
const (
	EventsPath = "/ingress/events"  // POST: an array of events
	ClockPath  = "/utils/time-unix" // GET: Unix milliseconds as decimal digits
)

// KeyHeader names the header that carries the API key, as the JS client spells it; its case does not matter (A-H3).
const KeyHeader = "X-API-Key"

// MediaType is what a body is sent as (A-H4).
const MediaType = "application/json"

// The operations, one for each way that a flush may go.
const (
	OpHTTP  = "ingest.http"
	OpKafka = "ingest.kafka"
	OpSNS   = "ingest.sns"
)
