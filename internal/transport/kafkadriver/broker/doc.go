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
// Not on purpose, and known:
//   - SaslHandshake version 0, after which tokens travel without Kafka's framing, ends the connection; every client
//     that was tried uses version 1
//   - the nonce in the last message of SCRAM is not compared, so librdkafka before 2.6.1, which repeats its own there, is
//     let in; Apache Kafka 4 turns it away, as RFC 5802 (section 5.1) wants it
//   - its user may do anything that a broker offers, such as create topics or write to the one for read-back, and the
//     time stamp of a record may be any
//   - quotas are not enforced, and nothing is ever expired: memory grows with what is stored
//
// # What stands in front of kfake
//
// Clients that kfake's author did not write find three small gaps in kfake (version 20260918), which a shim on every
// connection from outside closes. It amends single answers and leaves the rest alone:
//   - kfake's ApiVersions offers SaslHandshake from version 1 on; librdkafka before 2.11 asks for a range that starts
//     at 0 and would not authenticate (A-K9)
//   - its SaslHandshake leaves the list of mechanisms empty when it succeeds; kafkajs wants its own mechanism in it (A-K8)
//   - it closes the connection on a wrong password or an unknown user; clients expect SaslAuthenticate's error 58, by
//     which they tell refused credentials from a link that failed (A-K10, A-K11)
//
// A handshake for a mechanism other than SCRAM-SHA-256 is turned down with error 33.
package broker
