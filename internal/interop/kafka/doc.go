// Package kafka holds tests that let Kafka clients of others loose on the reference, and on a genuine Apache Kafka:
// kafkajs making the calls of the documents, kcat, and three Go clients that know nothing of franz-go. Whatever they
// produced must be found by read-back exactly once and unchanged.
//
// The tests carry the build tag integration. They want node with the packages of kafkajs/package.json, kcat, a C
// compiler for one of the Go clients, and the jars of Apache Kafka (`make kafka-jars`); what is missing fails them.
// The Go clients live in a module of their own, foreign, so that the product does not depend on them.
package kafka
