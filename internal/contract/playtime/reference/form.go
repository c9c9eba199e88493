package reference

import (
	"encoding/json"
	"mime"
	"net/url"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// formType is what most endpoints of the service take; the metrics take JSON (fact B-3).
const formType = "application/x-www-form-urlencoded"

// maxFields bounds the fields of a form that are read.
const maxFields = 1000

// jsonOf returns the body of a message as JSON. Where forms are taken, a form's fields are the members, ids being given
// as ids[] once or more, or one field input_json is the whole (fact B-4).
func (s *Server) jsonOf(m *contract.Message) []byte {
	declared, _ := m.Get("Content-Type")
	if parsed, _, err := mime.ParseMediaType(declared); !s.knobs.Forms || err != nil || parsed != formType {
		return m.Body
	}
	if len(m.Body) > playtime.MaxBody || strings.Count(string(m.Body), "&") >= maxFields {
		return nil // no JSON, which is what the client is told
	}
	fields, err := url.ParseQuery(string(m.Body))
	if err != nil {
		return nil
	}
	if whole, given := fields["input_json"]; given {
		return []byte(whole[0])
	}
	members := map[string]any{}
	for name, values := range fields {
		switch name {
		case playtime.MemberIDs, playtime.MemberIDs + "[]":
			members[playtime.MemberIDs] = values
		default:
			members[name] = values[len(values)-1]
		}
	}
	body, err := json.Marshal(members)
	if err != nil { // strings can always be written
		return nil
	}
	return body
}
