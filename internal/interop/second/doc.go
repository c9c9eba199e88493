// Package second holds tests with an implementation of both HTTP contracts that shares nothing with the reference: the
// one under fixtures/second, for Node.js. Muster's own binary judges it, loads it and reads back from it.
//
// The tests carry the build tag integration. They want node and the binary of `make build`; what is missing fails them.
package second
