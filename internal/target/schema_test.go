package target_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/internal/target"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(target.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("target.json", text); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("target.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func accepts(t *testing.T, schema *jsonschema.Schema, text string) bool {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	err := schema.Validate(value)
	if err != nil {
		t.Log(err)
	}
	return err == nil
}

func TestSchemaAcceptsTheExamples(t *testing.T) {
	schema := compiled(t)
	for _, name := range []string{"example", "minimal"} {
		if !accepts(t, schema, example(t, name)) {
			t.Errorf("%s is refused", name)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	minimal := example(t, "minimal")
	for name, text := range map[string]string{
		"unknown member":        minimal + "lode: {}\n",
		"unknown member inside": minimal + "load: {max_rat: 5}\n",
		"wrong type":            minimal + "load: {allowed: 5}\n",
		"no capability":         "version: 1\nname: x\n",
		"no door":               minimal + "ingest: {cartridge_tag: t}\n",
		"mechanism":             minimal + "ingest: {cartridge_tag: t, kafka: {brokers: ['b:1'], topic: t, sasl: {mechanism: plain, username: u, password: p}}}\n",
		"both tokens":           minimal + "  access_tokens_file: t.txt\n",
		"relative URL":          minimal + "  insights: {url: x}\n",
		"unknown ruling":        minimal + "rulings: {teapots: 1}\n",
		"both readbacks": minimal + "ingest: {cartridge_tag: t, http: {base_url: 'http://x', api_key: k}, " +
			"readback: {http: {url: 'http://x'}, kafka: {brokers: ['b:1'], topic: t}}}\n",
	} {
		if accepts(t, schema, text) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSchemaDescribesEveryMember(t *testing.T) {
	described, err := strict.SchemaMembers(target.Schema())
	if err != nil {
		t.Fatal(err)
	}
	known := strict.Members(reflect.TypeFor[target.Target]())
	slices.Sort(known)
	if !slices.Equal(described, known) {
		t.Errorf("the schema describes\n%q\nthe type has\n%q", described, known)
	}
}
