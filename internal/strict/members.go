package strict

import (
	"reflect"
	"slices"
	"strings"
)

// membersOf lists the names that a struct knows, in its own order, and the fields behind them.
func membersOf(t reflect.Type) ([]string, map[string]reflect.StructField) {
	var names []string
	fields := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		member, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if member == "" || member == "-" {
			continue
		}
		names = append(names, member)
		fields[member] = f
	}
	return names, fields
}

// Members lists the path of every member that a value of this Go type can have, in the type's order: elements of a
// list are written [], those of a map with free names *. It is how a schema is compared with the type behind it.
func Members(t reflect.Type) []string { return membersBelow("", t) }

func membersBelow(path string, t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer:
		return membersBelow(path, t.Elem())
	case reflect.Slice:
		return membersBelow(path+"[]", t.Elem())
	case reflect.Map:
		return append([]string{path + ".*"}, membersBelow(path+".*", t.Elem())...)
	case reflect.Struct:
		names, fields := membersOf(t)
		var all []string
		for _, n := range names {
			child := strings.TrimPrefix(path+"."+n, ".")
			all = append(append(all, child), membersBelow(child, fields[n].Type)...)
		}
		return all
	default:
		return nil
	}
}

// revealer is what a secret's type looks like.
type revealer interface{ Reveal() string }

// holdsSecret tells whether a value of type t is a secret or can hold one.
func holdsSecret(t reflect.Type, seen []reflect.Type) bool {
	if t.Implements(reflect.TypeFor[revealer]()) {
		return true
	}
	if slices.Contains(seen, t) {
		return false
	}
	seen = append(seen, t)
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holdsSecret(t.Elem(), seen)
	case reflect.Struct:
		_, fields := membersOf(t)
		for _, f := range fields {
			if holdsSecret(f.Type, seen) {
				return true
			}
		}
	default:
	}
	return false
}
