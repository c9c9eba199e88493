package strict

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// schema is the part of a JSON Schema that says which members there are.
type schema struct {
	Ref                  string            `json:"$ref"`
	Properties           map[string]schema `json:"properties"`
	Items                *schema           `json:"items"`
	AdditionalProperties json.RawMessage   `json:"additionalProperties"` // a truth value or a schema
	Defs                 map[string]schema `json:"$defs"`
}

// SchemaMembers lists the members that a JSON Schema describes, sorted, in the notation of Members: a schema and the
// type behind it agree when the two lists do. References are followed into the schema's own $defs only.
func SchemaMembers(text []byte) ([]string, error) {
	var root schema
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("read JSON Schema: %w", err)
	}
	members, err := root.members("", root.Defs)
	slices.Sort(members)
	return members, err
}

func (s schema) members(path string, defs map[string]schema) ([]string, error) {
	if name, is := strings.CutPrefix(s.Ref, "#/$defs/"); is {
		meant, ok := defs[name]
		if !ok {
			return nil, fmt.Errorf("read JSON Schema: %s: no definition %q", path, name)
		}
		return meant.members(path, defs)
	}
	below := map[string]schema{}
	for name, property := range s.Properties {
		below[strings.TrimPrefix(path+"."+name, ".")] = property
	}
	if strings.HasPrefix(string(s.AdditionalProperties), "{") {
		var free schema
		if err := json.Unmarshal(s.AdditionalProperties, &free); err != nil {
			return nil, fmt.Errorf("read JSON Schema: %s: %w", path, err)
		}
		below[path+".*"] = free
	}
	all := slices.Collect(maps.Keys(below))
	if s.Items != nil {
		below[path+"[]"] = *s.Items
	}
	for child, s := range below {
		more, err := s.members(child, defs)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}
