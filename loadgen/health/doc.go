// Package health watches the generator while it runs: once a second it asks the process, the machine, the engine and the
// drivers how they fare, writes that down, and tells of the signs that internal/fitness knows.
//
// Sources, meters and pulses flow in; record.Health and record.Links flow out, once a second, and signs as they show. What
// a machine does not tell is left out. A sample costs well below a millisecond of CPU; files stay open between samples, so
// that a process which ran out of descriptors still sees that it did. The package imports internal/record,
// internal/fitness and internal/transport.
package health
