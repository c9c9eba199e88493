package strict

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

var (
	// decimal is how whole numbers are written. A leading zero would mean base 8 to some readers of YAML and 10 to others.
	decimal = regexp.MustCompile(`^[-+]?(0|[1-9][0-9_]*)$`)
	// fractional is how other numbers are written.
	fractional = regexp.MustCompile(`^[-+]?(0|[1-9][0-9_]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)
)

// isDuration tells whether t is time.Duration, which is an integer to Go and a text with a unit to people.
func isDuration(t reflect.Type) bool { return t == reflect.TypeFor[time.Duration]() }

// scalar reads n into a Go value that is no container. The error is the whole text of the fault.
func scalar(n ast.Node, into reflect.Value) error {
	t := into.Type()
	raw, ok := rawOf(n)
	if !ok {
		return refusal(n, t)
	}
	switch {
	case isDuration(t):
		return duration(n, raw, into)
	case t.Kind() == reflect.String:
		return text(n, raw, into)
	case t.Kind() == reflect.Bool:
		return truth(n, into)
	case into.CanInt(), into.CanUint():
		return whole(n, raw, into)
	case into.CanFloat():
		return number(n, raw, into)
	default:
		return fmt.Errorf("a field of Go type %s cannot be read from a file", t)
	}
}

func text(n ast.Node, raw string, into reflect.Value) error {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		into.SetString(raw)
		return nil
	}
	return refusal(n, into.Type())
}

func truth(n ast.Node, into reflect.Value) error {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		return refusal(n, into.Type())
	}
	into.SetBool(b.Value)
	return nil
}

// duration reads 150s, 30m or 1h30m. A number without a unit is refused, save 0, which needs none.
func duration(n ast.Node, raw string, into reflect.Value) error {
	if !isText(n) && raw != "0" {
		return refusal(n, into.Type())
	}
	d, err := time.ParseDuration(raw)
	if err != nil {
		return refusal(n, into.Type())
	}
	into.SetInt(int64(d))
	return nil
}

func whole(n ast.Node, raw string, into reflect.Value) error {
	if n.Type() == ast.IntegerType && !decimal.MatchString(raw) {
		return fmt.Errorf("%w; write it in decimal, without leading zeros", refusal(n, into.Type()))
	}
	if quoted(n) || !decimal.MatchString(raw) {
		return refusal(n, into.Type())
	}
	plain := strings.TrimPrefix(strings.ReplaceAll(raw, "_", ""), "+")
	bits := into.Type().Bits()
	if into.CanUint() {
		u, err := strconv.ParseUint(plain, 10, bits)
		if err != nil {
			return refusal(n, into.Type())
		}
		into.SetUint(u)
		return nil
	}
	i, err := strconv.ParseInt(plain, 10, bits)
	if err != nil {
		return refusal(n, into.Type())
	}
	into.SetInt(i)
	return nil
}

func number(n ast.Node, raw string, into reflect.Value) error {
	f, err := strconv.ParseFloat(strings.ReplaceAll(raw, "_", ""), 64)
	if err != nil || quoted(n) || !fractional.MatchString(raw) || math.IsInf(f, 0) {
		return refusal(n, into.Type())
	}
	into.SetFloat(f)
	return nil
}

// refusal says what was wanted and what was there.
func refusal(n ast.Node, t reflect.Type) error {
	return errors.New("want " + wantOf(t) + ", got " + gotOf(n, t))
}

// rawOf returns a scalar as the file has it, without its quotes.
func rawOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value == nil {
			return "", true
		}
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

// keyOf returns the name of a member if it is plain text or reads like it.
func keyOf(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func isNull(n ast.Node) bool {
	_, null := n.(*ast.NullNode)
	return null || n == nil
}

func isText(n ast.Node) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return true
	default:
		return false
	}
}

// quoted tells whether a scalar was marked as text, by quotes or as a block.
func quoted(n ast.Node) bool {
	s, ok := n.(*ast.StringNode)
	return isText(n) && (!ok || s.Token == nil || s.Token.Type != token.StringType)
}
