package reports

import _ "embed"

//go:embed schema/summary.schema.json
var summarySchema []byte

//go:embed schema/conformance.schema.json
var conformanceSchema []byte

// SummarySchema returns the JSON Schema (draft 2020-12) of summary.json.
func SummarySchema() []byte { return append([]byte(nil), summarySchema...) }

// ConformanceSchema returns the JSON Schema (draft 2020-12) of conformance.json.
func ConformanceSchema() []byte { return append([]byte(nil), conformanceSchema...) }
