// Package strict reads a YAML file into a Go value and reports every fault of it at once.
//
// Bytes flow in; a filled value and a list of faults flow out, each fault with file, line, field, the offending value
// and what is allowed. Unknown members are faults that name the nearest known one. A value whose type has a method
// Reveal is a secret: no fault ever shows it, nor anything that may hold it.
//
// What is validated beyond names and types is the caller's business: it adds its own faults to the same Document, by
// the path of the field, so that a person sees all of them together. The package imports nothing of the project.
package strict
