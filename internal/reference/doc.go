// Package reference hosts the server halves of the contracts on every transport: it is the implementation that
// `muster serve` serves, and the target of every command that is given none.
//
// Server halves come in as arguments; requests by HTTP, messages by SNS and records by Kafka flow in over sockets. Each
// becomes a contract.Message, the half whose business it is answers, and every event that it accepted, by whatever
// transport, is stored in one Kafka topic, keyed by its id, before a sender by HTTP or SNS hears of it. A target.Target
// that fits the running server flows out, as a value or as a file.
//
// The host has wrong ways of its own, for testing the suite: see Mutants. What its broker does otherwise than the
// brokers of production is told by internal/transport/kafkadriver/broker, and what its SNS endpoint leaves out by
// internal/transport/snsdriver/endpoint.
//
// Where it is asked to, it holds clients to their clauses by the judges that come with the halves: see Server.Breaches.
// At / it shows a person how it stands, by the dashboard below.
//
// The package may import internal/contract, internal/target, internal/strict for the nearest name, the broker, the
// endpoint and the dashboard. It imports no contract.
package reference
