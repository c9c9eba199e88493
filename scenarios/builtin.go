package scenarios

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/passmuster/muster/internal/strict"
)

//go:embed *.yaml
var builtin embed.FS

//go:embed scenario.schema.json
var schema []byte

// Schema returns the JSON Schema of scenario files, for editors. The caller owns the copy.
func Schema() []byte { return append([]byte(nil), schema...) }

// Builtin returns the built-in scenarios, ordered by name. Each is valid; a binary where one is not does not get
// through the tests of this package, and panics here.
func Builtin() []Scenario {
	var all []Scenario
	for _, name := range builtinNames() {
		s, _, err := Lookup(name)
		if err != nil {
			panic(fmt.Sprintf("built-in scenario %s: %v", name, err))
		}
		all = append(all, s)
	}
	return all
}

// Lookup finds a scenario: nameOrPath is a path when it holds a separator or ends in .yaml or .yml, otherwise the name
// of a built-in scenario. It returns what Decode returns, and the text that was decoded. An unknown name is an error
// that lists the known ones and has a Hint.
func Lookup(nameOrPath string, checks ...Check) (s Scenario, source string, err error) {
	var data []byte
	file := nameOrPath
	if isPath(nameOrPath) {
		data, err = strict.ReadFile("scenario", nameOrPath)
	} else {
		file += ".yaml"
		data, err = readBuiltin(nameOrPath)
	}
	if err != nil {
		return Scenario{}, "", err
	}
	s, err = Decode(file, data, checks...)
	return s, string(data), err
}

// Digest returns the SHA-256 of a scenario's JSON form, in lower-case hexadecimal: equal for equal scenarios, whatever
// their files look like. Fill in the defaults first. A number that JSON does not have (not valid either) is an error.
func Digest(s Scenario) (string, error) {
	canonical, err := json.Marshal(s) // fields in the struct's order, names of maps sorted
	if err != nil {
		return "", fmt.Errorf("digest scenario %s: %w", s.Name, err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

func isPath(s string) bool {
	ext := filepath.Ext(s)
	return ext == ".yaml" || ext == ".yml" || strings.ContainsRune(s, '/') || strings.ContainsRune(s, filepath.Separator)
}

// builtinNames lists the names of the built-in scenarios, sorted.
func builtinNames() []string {
	files, _ := builtin.ReadDir(".") // the root of an embedded tree is always there
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

func readBuiltin(name string) ([]byte, error) {
	data, err := builtin.ReadFile(name + ".yaml")
	if err != nil {
		return nil, unknownName(name)
	}
	return data, nil
}

// unknownName is the name of a built-in scenario that there is not.
type unknownName string

func (name unknownName) Error() string {
	known := builtinNames()
	return fmt.Sprintf("scenario %s: unknown, built in are %s%s", strict.Show(string(name)), strings.Join(known, ", "), strict.Suggest(string(name), known))
}

// Hint says how to name a file.
func (name unknownName) Hint() string {
	return "a file is named by its path: its name ends in .yaml, or there is a / in it"
}
