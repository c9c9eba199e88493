package target

import _ "embed" // the schema is a file, so that editors can be pointed at it

//go:embed target.schema.json
var schema []byte

// Schema returns the JSON Schema of target files, for editors. The caller owns the copy.
func Schema() []byte { return append([]byte(nil), schema...) }
