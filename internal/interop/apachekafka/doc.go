// Package apachekafka starts a genuine Apache Kafka broker on loopback: KRaft mode, TLS with SCRAM-SHA-256, and access
// control lists, so that what muster says of Kafka is judged by the broker that the world runs.
//
// The jars of the broker (from Maven Central, see pom.xml; `make kafka-jars`) and a folder flow in; a running Java
// process and the ways to reach it flow out, as a target. Behind the broker Serve plays the service of a vendor: it
// reads what clients produce, asks a server half, and stores what that accepts where it can be read back.
//
// The package is for tests and for `make kafka`; the binary has none of it. It may import internal/contract,
// internal/target, the Kafka driver, and franz-go, by which it makes topics and grants.
package apachekafka
