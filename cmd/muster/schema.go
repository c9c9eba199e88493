package main

import (
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/scenarios"
)

// schemaCmd prints the JSON Schema of a file that people write, or that machines read.
type schemaCmd struct {
	File string `arg:"" enum:"scenario,target,summary,conformance" help:"Of which: scenario or target (files that you write), summary or conformance (summary.json and conformance.json of a run)."`
}

// Run prints the schema.
func (c schemaCmd) Run(v *voice) error {
	schema := map[string]func() []byte{
		"scenario": scenarios.Schema, "target": target.Schema, "summary": reports.SummarySchema, "conformance": reports.ConformanceSchema,
	}[c.File]
	_, err := v.stdout.Write(schema())
	return err
}
