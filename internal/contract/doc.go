// Package contract says what a contract is: its clauses, the actions that players intend, the messages that carry
// them, the replies that come back, and the server half that answers.
//
// Everything here is a value or a small interface. The package does no I/O, reads no clock and imports nothing of the
// project, so that both halves of muster (conformance and load) can stand on it. What a particular contract obliges
// lives in the folders below; what carries a message lives in internal/transport.
package contract
