// Package arch keeps the floor plan of the project true.
//
// It holds no code that the binary uses: its test reads the import graph of every package and fails when a package
// imports one that stands on its own floor or above, when a role folder names a contract, or when a foreign module
// is imported outside the one package that may use it. The plan itself is in lattice_test.go, one reason per rule.
package arch
