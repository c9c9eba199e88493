// Package strict reads a YAML file into a Go value and reports every fault of it at once.
//
// Bytes flow in; a filled value and a list of faults flow out, each fault with file, line, field, the offending value
// and what is allowed. Unknown members are faults that name the nearest known one. The package imports nothing of the
// project and touches no file itself.
package strict
