// Package broker is the embedded Kafka broker of the reference: one node that speaks TLS and SASL SCRAM-SHA-256, keeps
// its topics in memory, and lets the process that runs it store records and pipe one topic into another.
//
// A Config flows in; a listener's address and a certificate authority flow out, for the target file. Records flow in
// over the wire (Pipe hands each to a callback) or from within the process (Store). The package may import
// internal/contract, kfake, which is the broker proper, and kgo, which is the client that Store and Pipe use.
//
// # Departures of the broker from the protocol
//
// Config.Allow makes the broker wrong on purpose, one way at a time, for the mutants of the reference.
//
// Not on purpose, and known. Each is a small gap of kfake (version 20260918) that clients built on franz-go, sarama and
// segmentio do not notice:
//   - ApiVersions offers SaslHandshake from version 1 on; librdkafka before 2.11 asks for a range that starts at 0
//     and does not authenticate (A-K9)
//   - SaslHandshake leaves its list of mechanisms empty when it succeeds; kafkajs wants its own mechanism in it (A-K8)
//   - a wrong password or an unknown user ends in a closed connection, not in SaslAuthenticate's error 58, so a client
//     sees a link that failed rather than credentials that were refused (A-K10, A-K11)
//   - quotas are not enforced, and nothing is ever expired: memory grows with what is stored
package broker
