package target

import "encoding/json"

// Secret is a value that must not leave muster. Formatting it and encoding it as JSON or YAML gives a placeholder; Reveal is
// the way to the value, so a search for Reveal finds every place where a secret is used. Gob alone keeps it, which muster
// uses for the pipe to its own worker processes only.
type Secret string

const redacted = "[redacted]"

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a placeholder.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns a placeholder, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON writes a placeholder.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalYAML writes a placeholder.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
