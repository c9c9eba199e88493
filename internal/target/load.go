package target

import (
	"path/filepath"

	"github.com/passmuster/muster/internal/strict"
)

// Version is the version of the format that this package reads.
const Version = 1

// Load reads the target file at path and the files that it names, relative to the folder that it is in. env looks up
// an environment variable, as os.LookupEnv does.
//
// The error is one line when the file cannot be read; otherwise it holds every fault at once, each on a line of its
// own with file, line, column and field, and its method Hint gives advice. No error shows a secret or what an
// environment variable holds.
func Load(path string, env func(string) (string, bool)) (*Target, error) {
	data, err := strict.ReadFile("target", path)
	if err != nil {
		return nil, err
	}
	return Decode(path, data, filepath.Dir(path), env)
}

// Decode is Load for a target file that has been read: name is what faults call it, dir the folder that the files it
// names are relative to.
func Decode(name string, data []byte, dir string, env func(string) (string, bool)) (*Target, error) {
	t := &Target{}
	d := decoder{Document: strict.Decode(name, data, t), target: t, dir: dir}
	d.expand(env)
	d.requireMembers()
	d.validate()
	if err := d.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// decoder is a target file on its way to a Target.
type decoder struct {
	*strict.Document
	target *Target
	dir    string
}

// requireMembers reports what the file must say and does not.
func (d *decoder) requireMembers() {
	if d.target.Playtime == nil && d.target.Ingest == nil {
		d.Fault("", "no capability is claimed; want a section playtime, ingest or both")
	}
	d.need("version", "the version of the format, 1")
	d.need("name", "a name for the target, in lower-case letters, digits, dots and hyphens")
}

// need reports a member that the file does not give.
func (d *decoder) need(path, what string) {
	if !d.Has(path) {
		d.Spoil(path, "missing; want %s", what)
	}
}
