package strict

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// maxValues bounds how many values are decoded, each alias counted with all that it stands for.
const maxValues = 100_000

// Decode reads data into the struct that into points to, by the names in its yaml tags, and returns where everything
// stands together with all faults; file is the name that the faults are told with. What has a fault keeps the value it
// had before. Understood are structs, pointers, slices, maps with text keys, any, text, whole numbers, float64, bool and
// time.Duration, which is written with a unit. Nothing is required here, and null is no value.
func Decode(file string, data []byte, into any) *Document {
	d := &Document{file: file, places: map[string]place{}, broken: map[string]bool{}}
	root, err := parse(data)
	var wrong *misread
	if errors.As(err, &wrong) {
		d.spoil("", wrong.at, "%s", wrong.text)
		return d
	}
	d.places[""] = positionOf(root)
	l := linker{anchors: map[string]ast.Node{}, aliases: map[*ast.AliasNode]ast.Node{}}
	l.link(root)
	r := reader{doc: d, aliases: l.aliases, left: maxValues}
	r.value("", root, d.places[""], reflect.ValueOf(into).Elem())
	return d
}

// reader walks the file and the Go value together.
type reader struct {
	doc     *Document
	aliases map[*ast.AliasNode]ast.Node
	left    int // values that may still be decoded
}

// value reads n, which stands at the place at, into the Go value.
func (r *reader) value(path string, n ast.Node, at place, into reflect.Value) {
	if !r.spend() {
		return
	}
	n, err := r.unwrap(n)
	if err != nil {
		r.doc.spoil(path, at, "%s", err)
		return
	}
	switch t := into.Type(); {
	case t.Kind() == reflect.Pointer:
		r.pointer(path, n, at, into)
	case t.Kind() == reflect.Struct:
		r.structure(path, n, at, into)
	case t.Kind() == reflect.Map:
		r.mapping(path, n, at, into)
	case t.Kind() == reflect.Slice:
		r.list(path, n, at, into)
	case t.Kind() == reflect.Interface:
		r.anything(path, n, at, into)
	default:
		if err := scalar(n, into); err != nil {
			r.doc.spoil(path, at, "%s", err)
			r.doc.Advise(adviceFor(t, n))
		}
	}
}

// spend counts one value, and tells whether that was still within the bound.
func (r *reader) spend() bool {
	r.left--
	if r.left == -1 {
		r.doc.spoil("", r.doc.places[""], "the file holds more than %d values, aliases counted with what they stand for", maxValues)
	}
	return r.left >= 0
}

// unwrap returns the value behind anchors and aliases.
func (r *reader) unwrap(n ast.Node) (ast.Node, error) {
	for {
		switch wrapped := n.(type) {
		case *ast.AnchorNode:
			n = wrapped.Value
		case *ast.AliasNode:
			meant, ok := r.aliases[wrapped]
			if !ok {
				return nil, errors.New("no value above has an anchor of this alias's name")
			}
			n = meant
		case *ast.TagNode:
			return nil, errors.New("tags such as !!str are not supported; quote a value to make it text")
		default:
			return n, nil
		}
	}
}

func (r *reader) pointer(path string, n ast.Node, at place, into reflect.Value) {
	fresh := reflect.New(into.Type().Elem())
	if isNull(n) {
		r.mismatch(path, n, at, fresh.Elem().Type())
		return
	}
	r.value(path, n, at, fresh.Elem())
	into.Set(fresh)
}

func (r *reader) structure(path string, n ast.Node, at place, into reflect.Value) {
	members, ok := n.(ast.MapNode)
	if !ok {
		r.mismatch(path, n, at, into.Type())
		return
	}
	known, fields := membersOf(into.Type())
	meant := map[string]bool{}
	r.members(path, members, func(name string, key, value ast.Node) {
		field, ok := fields[name]
		if !ok {
			r.unknown(path, name, key, known, into.Type(), meant)
			return
		}
		child := Join(path, name)
		r.value(child, value, r.mark(child, key, value), into.FieldByIndex(field.Index))
	})
	for name := range meant {
		if child := Join(path, name); !r.doc.Has(child) {
			r.doc.broken[child] = true // it is there, misspelt: do not report it as missing, too
		}
	}
}

func (r *reader) mapping(path string, n ast.Node, at place, into reflect.Value) {
	members, ok := n.(ast.MapNode)
	if !ok {
		r.mismatch(path, n, at, into.Type())
		return
	}
	made := reflect.MakeMap(into.Type())
	r.members(path, members, func(name string, key, value ast.Node) {
		child := Join(path, name)
		element := reflect.New(into.Type().Elem()).Elem()
		r.value(child, value, r.mark(child, key, value), element)
		made.SetMapIndex(reflect.ValueOf(name).Convert(into.Type().Key()), element)
	})
	into.Set(made)
}

func (r *reader) list(path string, n ast.Node, at place, into reflect.Value) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.mismatch(path, n, at, into.Type())
		return
	}
	made := reflect.MakeSlice(into.Type(), len(list.Values), len(list.Values))
	for i, element := range list.Values {
		child := Index(path, i)
		r.value(child, element, r.mark(child, element, element), made.Index(i))
	}
	into.Set(made)
}

// anything reads n in its natural type: a mapping, a list, text, a number or a truth value.
func (r *reader) anything(path string, n ast.Node, at place, into reflect.Value) {
	var natural reflect.Value
	switch n.(type) {
	case ast.MapNode:
		natural = reflect.ValueOf(new(map[string]any)).Elem()
	case *ast.SequenceNode:
		natural = reflect.ValueOf(new([]any)).Elem()
	case *ast.IntegerNode:
		natural = reflect.ValueOf(new(int)).Elem()
	case *ast.FloatNode:
		natural = reflect.ValueOf(new(float64)).Elem()
	case *ast.BoolNode:
		natural = reflect.ValueOf(new(bool)).Elem()
	default:
		natural = reflect.ValueOf(new(string)).Elem()
	}
	r.value(path, n, at, natural)
	into.Set(natural)
}

// members calls visit for each member of a mapping whose key is plain text and new.
func (r *reader) members(path string, n ast.MapNode, visit func(name string, key, value ast.Node)) {
	first := map[string]place{}
	for it := n.MapRange(); it.Next(); {
		key, at := ast.Node(it.Key()), positionOf(it.Key())
		name, ok := keyOf(key)
		if !ok {
			r.doc.add(path, at, "the name of a member must be plain text; merge keys, anchors and lists are not supported there")
			continue
		}
		if before, twice := first[name]; twice {
			r.doc.add(Join(path, shorten(name)), at, fmt.Sprintf("given twice, first on line %d", before.line))
			continue
		}
		first[name] = at
		if !r.spend() {
			return
		}
		visit(name, key, it.Value())
	}
}

// unknown reports a member that the struct does not have, and notes in meant which one it was most probably to be.
func (r *reader) unknown(path, name string, key ast.Node, known []string, t reflect.Type, meant map[string]bool) {
	child := Join(path, shorten(name))
	if holdsSecret(t, nil) && !isName(name) {
		child = path // a secret that went to the wrong side of a colon must not be shown
	}
	near, ok := Nearest(name, known)
	if !ok {
		r.doc.add(child, positionOf(key), "unknown member, known are "+strings.Join(known, ", "))
		return
	}
	meant[near] = true
	r.doc.add(child, positionOf(key), fmt.Sprintf("unknown member, did you mean %q?", near))
}

// mismatch reports a value of another shape than t needs.
func (r *reader) mismatch(path string, n ast.Node, at place, t reflect.Type) {
	r.doc.spoil(path, at, "want %s, got %s", wantOf(t), gotOf(n, t))
	r.doc.Advise(adviceFor(t, n))
}

// mark remembers where a field stands: a scalar or an alias at its value, a mapping or list at its key, where one looks
// for it.
func (r *reader) mark(path string, key, value ast.Node) place {
	at := positionOf(key)
	meant, err := r.unwrap(value)
	text, isScalar := rawOf(meant)
	if err != nil || isScalar || value != meant {
		at = positionOf(value)
	}
	at.written = text
	r.doc.places[path] = at
	return at
}
