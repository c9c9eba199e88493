package strict_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/golden"
	"github.com/passmuster/muster/internal/strict"
)

// secret is a type whose values no fault may show.
type secret string

func (s secret) Reveal() string { return string(s) }

type inner struct {
	Every  time.Duration  `yaml:"every"`
	Count  int            `yaml:"count"`
	Share  float64        `yaml:"share"`
	On     bool           `yaml:"on"`
	Weight map[string]int `yaml:"weight"`
}

type vault struct {
	Key  secret   `yaml:"key"`
	Keys []secret `yaml:"keys"`
}

type outer struct {
	Name    string         `yaml:"name"`
	Seed    uint64         `yaml:"seed"`
	Small   int8           `yaml:"small"`
	Inner   inner          `yaml:"inner"`
	Maybe   *inner         `yaml:"maybe"`
	List    []inner        `yaml:"list"`
	Names   []string       `yaml:"names"`
	Vault   *vault         `yaml:"vault"`
	Any     map[string]any `yaml:"any"`
	Skipped string         `yaml:"-"`
}

func TestDecodeReads(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want outer
	}{
		"scalars":         {"name: a b\nseed: 18446744073709551615\nsmall: -7\n", outer{Name: "a b", Seed: 1<<64 - 1, Small: -7}},
		"underscores":     {"inner: {count: 10_000, share: 1_0.5}", outer{Inner: inner{Count: 10000, Share: 10.5}}},
		"durations":       {"inner: {every: 1h30m}\nmaybe: {every: 0}\n", outer{Inner: inner{Every: 90 * time.Minute}, Maybe: &inner{}}},
		"exponent":        {"inner: {share: 1e-3}", outer{Inner: inner{Share: 0.001}}},
		"whole as number": {"inner: {share: 3}", outer{Inner: inner{Share: 3}}},
		"block text":      {"name: |\n  a\n  b\n", outer{Name: "a\nb\n"}},
		"quoted":          {"name: \"12\"\nnames: ['true', x]\n", outer{Name: "12", Names: []string{"true", "x"}}},
		"list":            {"list:\n  - count: 1\n  - count: 2\n    on: true\n", outer{List: []inner{{Count: 1}, {Count: 2, On: true}}}},
		"free names":      {"inner: {weight: {a: 1, true: 2, 3: 3}}", outer{Inner: inner{Weight: map[string]int{"a": 1, "true": 2, "3": 3}}}},
		"secret":          {"vault: {key: k, keys: [a, b]}", outer{Vault: &vault{Key: "k", Keys: []secret{"a", "b"}}}},
		"anything": {"any: {a: 1, b: 1.5, c: x, d: true, e: [1, y], f: {g: 2}}",
			outer{Any: map[string]any{"a": 1, "b": 1.5, "c": "x", "d": true, "e": []any{1, "y"}, "f": map[string]any{"g": 2}}}},
		"alias":            {"inner: &i {count: 4}\nmaybe: *i\nlist: [*i, *i]\n", outer{Inner: inner{Count: 4}, Maybe: &inner{Count: 4}, List: []inner{{Count: 4}, {Count: 4}}}},
		"anchor moves":     {"list: [&a {count: 1}, *a, &a {count: 2}, *a]\n", outer{List: []inner{{Count: 1}, {Count: 1}, {Count: 2}, {Count: 2}}}},
		"byte order mark":  {"\ufeffname: x\n", outer{Name: "x"}},
		"windows lines":    {"name: x\r\ninner:\r\n  count: 2\r\n", outer{Name: "x", Inner: inner{Count: 2}}},
		"document markers": {"---\nname: x\n...\n", outer{Name: "x"}},
		"comments":         {"# one\nname: x # two\n# three\n", outer{Name: "x"}},
		"json":             {`{"name": "x", "inner": {"count": 1}}`, outer{Name: "x", Inner: inner{Count: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got outer
			if err := strict.Decode("f.yaml", []byte(c.text), &got).Err(); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// faulty holds the files whose faults the golden file lists.
func faulty() []struct{ name, text string } {
	return []struct{ name, text string }{
		{"empty", ""},
		{"only a comment", "# nothing\n"},
		{"only a marker", "---\n"},
		{"only an end", "...\n"},
		{"null", "null\n"},
		{"a list", "- a\n"},
		{"a text", "hello\n"},
		{"unknown members", "nam: x\ninner:\n  cuont: 1\n  zzz: 2\nInner_: {}\n"},
		{"unknown, no plain name", "\"a b\": 1\n"},
		{"misspelt and missing", "maybe: {evry: 5s}\n"},
		{"twice", "name: a\nseed: 1\nname: b\ninner: {weight: {x: 1, x: 2}}\n"},
		{"wrong scalars", "name: 5\nseed: -1\nsmall: 200\ninner:\n  every: 150\n  count: 1.5\n  share: lots\n  on: yes\n"},
		{"wrong durations", "list: [{every: 5 minutes}, {every: 1d}, {every: -}, {every: 1.5}, {every: true}, {every: [1s]}]\n"},
		{"wrong numbers", "list: [{count: 010}, {count: 0x10}, {count: '5'}, {count: 99999999999999999999}, {share: .inf}, {share: .nan}, {share: 1e999}]\n"},
		{"wrong shapes", "name: [a]\ninner: 5\nmaybe: [1]\nlist: {count: 1}\nnames: a\nany: 3\n"},
		{"nothing given", "name:\ninner:\nmaybe:\nlist:\nnames: [~]\nany: {x: }\n"},
		{"long values", "seed: " + strings.Repeat("x", 200) + "\n"},
		{"unknown alias", "inner: *i\n"},
		{"alias to itself", "inner: &i {weight: *i}\n"},
		{"alias to another type", "name: &n x\ninner: *n\n"},
		{"anchored and wrong", "inner: {count: &n x}\n"},
		{"tags", "name: !!str 5\n"},
		{"merge key", "inner: &i {count: 1}\nmaybe:\n  <<: *i\n"},
		{"two documents", "name: a\n---\nname: b\n"},
		{"directive", "%YAML 1.2\n---\nname: a\n"},
		{"open list", "name: a\nlist: [1\n"},
		{"open quote", "name: \"a\nseed: 1\n"},
		{"tab", "inner:\n\tcount: 1\n"},
		{"two colons", "name: a: b\n"},
		{"reserved", "name: @x\n"},
		{"not UTF-8", "name: a\nseed: \xff\n"},
		{"deep", "any: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n"},
		{"deep dashes", "names:\n  " + strings.Repeat("- ", 40) + "x\n"},
		{"expanding", "any:\n  a: &a [x,x,x,x,x,x,x,x,x,x]\n  b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n  c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n" +
			"  d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n  e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"},
		{"many words", "names: [" + strings.Repeat("a,", 40_000) + "]\n"},
		{"large", "name: " + strings.Repeat("a", strict.MaxBytes) + "\n"},
		{"many faults", "names: [" + strings.Repeat("1,", 60) + "]\n"},
		{"secrets", "vault:\n  key: 4711\n  keys: hunter2\n"},
		{"secrets inside", "vault: hunter2\n"},
		{"secrets as names", "vault: {hunter2 is it: x}\n"},
		{"secrets as aliases", "vault: {key: *hunter2}\n"},
		{"characters, not bytes", "inner: {weight: {ä: ö}}\n"},
	}
}

func TestFaultsGolden(t *testing.T) {
	var b strings.Builder
	for _, c := range faulty() {
		var into outer
		err := strict.Decode("f.yaml", []byte(c.text), &into).Err()
		var faults strict.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: got error %v, want faults", c.name, err)
			continue
		}
		b.WriteString("# " + c.name + "\n" + faults.Error() + "\n")
		if hint := faults.Hint(); hint != "" {
			b.WriteString("hint: " + hint + "\n")
		}
		b.WriteString("\n")
	}
	if strings.Contains(b.String(), "hunter2") || strings.Contains(b.String(), "4711") {
		t.Error("a fault shows a secret")
	}
	golden.Check(t, "faults.golden", b.String())
}

func TestFaultPositions(t *testing.T) {
	text := "name: x\ninner:\n  count: 1\n  weight:\n    a: 1\nlist:\n  - count: 1\n  - {count: 2, share: 3}\nnames: [a, b]\n"
	for _, c := range []struct {
		path         string
		line, column int
	}{
		{"", 1, 1},
		{"name", 1, 7},
		{"seed", 1, 1},  // missing: where the file begins
		{"inner", 2, 1}, // a mapping: at its key
		{"inner.count", 3, 10},
		{"inner.every", 2, 1}, // missing: at its parent
		{"inner.weight", 4, 3},
		{"inner.weight.a", 5, 8},
		{"inner.weight.b", 4, 3},
		{"list", 6, 1},
		{"list[0]", 7, 5},
		{"list[0].count", 7, 12},
		{"list[1]", 8, 5},
		{"list[1].share", 8, 23},
		{"list[1].on", 8, 5},
		{"list[2].count", 6, 1},
		{"names[1]", 9, 12},
		{"maybe.weight[\"a.b\"]", 1, 1},
	} {
		var into outer
		doc := strict.Decode("f.yaml", []byte(text), &into)
		doc.Fault(c.path, "bad")
		var faults strict.Faults
		if !errors.As(doc.Err(), &faults) || len(faults.List) != 1 {
			t.Fatalf("%s: got %v, want one fault", c.path, doc.Err())
		}
		if got := faults.List[0]; got.Line != c.line || got.Column != c.column || got.Path != c.path {
			t.Errorf("%s: got %d:%d, want %d:%d", c.path, got.Line, got.Column, c.line, c.column)
		}
	}
}

func TestFaultsComeInOrderOfTheFile(t *testing.T) {
	var into outer
	doc := strict.Decode("f.yaml", []byte("name: x\nseed: 1\nsmall: 2\n"), &into)
	doc.Fault("small", "third")
	doc.Fault("seed", "second")
	doc.Fault("name", "first, %d", 1)
	doc.Advise("do this")
	doc.Advise("too late")
	want := "f.yaml:1:7: name: first, 1\nf.yaml:2:7: seed: second\nf.yaml:3:8: small: third"
	if got := doc.Err().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var faults strict.Faults
	if errors.As(doc.Err(), &faults); faults.Hint() != "do this" {
		t.Errorf("got hint %q", faults.Hint())
	}
}

// A field that could not be read must not be reported a second time by validation, which sees its zero value.
func TestFaultAddsNoNoise(t *testing.T) {
	for _, c := range []struct {
		name, text, path string
		kept             bool
	}{
		{"same field", "seed: x", "seed", false},
		{"whole around it", "inner: 5", "inner.count", false},
		{"part of it", "inner: {count: x}", "inner", false},
		{"misspelt", "inner: {evry: 5s}", "inner.every", false},
		{"misspelt and right, too", "inner: {evry: 5s, every: 6s}", "inner.every", true},
		{"sibling", "inner: {count: x}", "inner.every", true},
		{"same beginning", "inner: {on: 1}", "inner.one", true},
		{"malformed file", "inner: [", "name", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into outer
			doc := strict.Decode("f.yaml", []byte(c.text), &into)
			before := doc.Err().Error()
			doc.Fault(c.path, "is zero")
			if kept := doc.Err().Error() != before; kept != c.kept {
				t.Errorf("kept %t, want %t: %v", kept, c.kept, doc.Err())
			}
		})
	}
}

func TestWrittenAndHas(t *testing.T) {
	var into outer
	doc := strict.Decode("f.yaml", []byte("name: \"${A}\"\ninner: {count: 07}\nlist: []\n"), &into)
	for path, want := range map[string]string{"name": "${A}", "inner.count": "07", "list": "", "seed": ""} {
		if got := doc.Written(path); got != want {
			t.Errorf("Written(%s) = %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]bool{"": true, "name": true, "list": true, "seed": false, "list[0]": false} {
		if got := doc.Has(path); got != want {
			t.Errorf("Has(%q) = %t, want %t", path, got, want)
		}
	}
}

func TestMembers(t *testing.T) {
	got := strict.Members(reflect.TypeFor[struct {
		A []inner           `yaml:"a"`
		B *vault            `yaml:"b,omitempty"`
		C map[string][]bool `yaml:"c"`
		D string
	}]())
	want := []string{"a", "a[].every", "a[].count", "a[].share", "a[].on", "a[].weight", "a[].weight.*", "b", "b.key", "b.keys", "c", "c.*"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"session", "ccu", "heartbeat", "max_rate", "portals"}
	for name, want := range map[string]string{
		"sesion": "session", "sessions": "session", "cuc": "ccu", "CCU": "ccu", "max-rate": "max_rate", "maxrate": "max_rate",
		"hartbeet": "heartbeat", "portal": "portals", "zebra": "", "x": "", "": "", strings.Repeat("session", 20): "",
	} {
		if got, ok := strict.Nearest(name, known); got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %t, want %q", name, got, ok, want)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "big.yaml")
	if err := os.WriteFile(path, make([]byte, strict.MaxBytes+100), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := strict.ReadFile("scenario", path)
	if err != nil || len(data) != strict.MaxBytes+1 {
		t.Errorf("got %d bytes, %v, want one more than the bound", len(data), err)
	}
	_, err = strict.ReadFile("scenario", filepath.Join(dir, "none.yaml"))
	if want := "read scenario " + filepath.Join(dir, "none.yaml") + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if _, err = strict.ReadFile("target", dir); err == nil || !strings.HasSuffix(err.Error(), ": is a directory") {
		t.Errorf("got %v, want it to say that this is a directory", err)
	}
}

// FuzzDecode: whatever the bytes, there is a value or there are faults, each with a place inside the file, and never a panic.
func FuzzDecode(f *testing.F) {
	for _, c := range faulty() {
		if len(c.text) < 2000 {
			f.Add([]byte(c.text))
		}
	}
	f.Add([]byte("name: a\nseed: 1\ninner:\n  every: 5s\n  weight: {a: 1}\nlist: [{on: true}]\nany: {a: [1, 2.5, x]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var into outer
		err := strict.Decode("f.yaml", data, &into).Err()
		if err == nil {
			return
		}
		var faults strict.Faults
		if !errors.As(err, &faults) || len(faults.List) == 0 {
			t.Fatalf("got %v, want faults", err)
		}
		lines := strings.Split(err.Error(), "\n")
		if want := len(faults.List) + min(faults.Omitted, 1); len(lines) != want {
			t.Fatalf("got %d lines, want %d:\n%s", len(lines), want, err)
		}
		for _, fault := range faults.List {
			if fault.Line > strings.Count(string(data), "\n")+strings.Count(string(data), "\r")+1 {
				t.Errorf("line %d is beyond the file", fault.Line)
			}
		}
	})
}
