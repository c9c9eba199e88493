package scenarios_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/scenarios"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.json", text); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func accepts(t *testing.T, schema *jsonschema.Schema, text string) bool {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	err = schema.Validate(value)
	if err != nil {
		t.Log(err)
	}
	return err == nil
}

func TestSchemaAcceptsWhatIsBuiltIn(t *testing.T) {
	schema := compiled(t)
	for _, s := range scenarios.Builtin() {
		_, source, err := scenarios.Lookup(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		if !accepts(t, schema, source) {
			t.Errorf("%s is refused", s.Name)
		}
	}
	if !accepts(t, schema, minimal) {
		t.Error("the smallest scenario is refused")
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	for name, text := range map[string]string{
		"unknown member":        minimal + "sed: 1\n",
		"unknown member inside": minimal + "events: {every: 1m, evry: 1m}\n",
		"wrong type":            minimal + "seed: x\n",
		"number as duration":    minimal + "warmup: 5\n",
		"unknown transport":     minimal + "events: {every: 1m, transport: {smtp: 1}}\n",
		"missing":               "version: 1\nname: tiny\n",
		"version":               "version: 2\nname: tiny\nduration: 1m\nplayers: {ccu: [{at: 0s, players: 1}]}\n",
	} {
		if accepts(t, schema, text) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSchemaDescribesEveryMember(t *testing.T) {
	described, err := strict.SchemaMembers(scenarios.Schema())
	if err != nil {
		t.Fatal(err)
	}
	known := strict.Members(reflect.TypeFor[scenarios.Scenario]())
	slices.Sort(known)
	if !slices.Equal(described, known) {
		t.Errorf("the schema describes\n%q\nthe type has\n%q", described, known)
	}
}
