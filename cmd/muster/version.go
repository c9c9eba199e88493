package main

import "fmt"

// versionCmd prints the version of this binary.
type versionCmd struct{}

// Run prints one line.
func (versionCmd) Run(v *voice) error {
	b := build()
	_, err := fmt.Fprintf(v.stdout, "muster %s %s %s\n", b.Version, b.Commit, b.Go)
	return err
}
