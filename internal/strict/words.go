package strict

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// shownLength bounds how much of an offending value is shown, in characters.
const shownLength = 60

var plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// isName tells whether a member's name can stand in a path without quotes.
func isName(s string) bool { return len(s) <= shownLength && plainName.MatchString(s) }

// shorten cuts a text to what is shown of it.
func shorten(s string) string {
	if runes := []rune(s); len(runes) > shownLength {
		return string(runes[:shownLength]) + "..."
	}
	return s
}

// Show quotes an offending value for a fault, cut to a sane length.
func Show(s string) string { return fmt.Sprintf("%q", shorten(s)) }

// wantOf says in plain words how a value of Go type t is written.
func wantOf(t reflect.Type) string {
	if isDuration(t) {
		return "a duration with a unit, such as 150s or 30m"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		members, _ := membersOf(t)
		return "a mapping with " + strings.Join(members, ", ")
	case reflect.Map:
		return "a mapping"
	case reflect.Pointer:
		return wantOf(t.Elem())
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("a whole number from 0 to %d", ^uint64(0)>>(64-t.Bits()))
	default:
		return "a whole number"
	}
}

// gotOf says in plain words what stands in the file, without the value where that may be or hold a secret.
func gotOf(n ast.Node, t reflect.Type) string {
	raw, _ := rawOf(n)
	var kind, shown string
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case ast.MapNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		kind, shown = "a truth value", raw
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		kind, shown = "a number", "the number "+shorten(raw)
	default:
		kind, shown = "text", Show(raw)
	}
	if holdsSecret(t, nil) {
		return kind
	}
	return shown
}

// adviceFor gives the advice that fits a value of the wrong type.
func adviceFor(t reflect.Type, n ast.Node) string {
	switch {
	case isNull(n):
		return "leave a member out, with its name, when there is nothing to say"
	case isDuration(t):
		return "durations are written with a unit: 500ms, 150s, 30m, 1h30m"
	case t.Kind() == reflect.String:
		return "quote a number or a truth value to make it text"
	default:
		return ""
	}
}
