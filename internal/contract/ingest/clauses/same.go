package clauses

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// difference is one member that is stored otherwise than it was sent.
type difference struct{ wanted, got string }

// differences compares an event as it is stored with the event as it was sent. Order, spacing, escapes and the way a
// number is written do not matter, nor do members that the target added. A time may be stored in another of the forms
// that clients send.
func differences(sent, stored []byte) []difference {
	want, err := parse(sent)
	if err != nil {
		return []difference{{"an event", "sent what is not JSON: " + err.Error()}}
	}
	got, err := parse(stored)
	if err != nil {
		return []difference{{"a stored JSON object", fmt.Sprintf("%.60q", stored)}}
	}
	for _, value := range []any{want, got} {
		if e, is := value.(map[string]any); is {
			plainTimes(e)
		}
	}
	return compare("", want, got)
}

func parse(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}

// plainTimes makes numbers of times that are strings.
func plainTimes(e map[string]any) {
	for _, name := range []string{"time_server", "time_local"} {
		if text, is := e[name].(string); is && text != "" && strings.Trim(text, "0123456789") == "" {
			e[name] = json.Number(text)
		}
	}
}

func compare(path string, want, got any) []difference {
	switch want := want.(type) {
	case map[string]any:
		if object, is := got.(map[string]any); is {
			return compareMembers(path, want, object)
		}
	case []any:
		if list, is := got.([]any); is && len(list) == len(want) {
			var found []difference
			for i := range want {
				found = append(found, compare(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])...)
			}
			return found
		}
	case json.Number:
		if number, is := got.(json.Number); is && equal(want.String(), number.String()) {
			return nil
		}
	default:
		if want == got {
			return nil
		}
	}
	return []difference{{show(path, want), show(path, got)}}
}

func compareMembers(path string, want, got map[string]any) []difference {
	var found []difference
	for _, name := range slices.Sorted(maps.Keys(want)) {
		inner := strings.TrimPrefix(path+"."+name, ".")
		value, has := got[name]
		if !has {
			found = append(found, difference{show(inner, want[name]), inner + " not stored"})
			continue
		}
		found = append(found, compare(inner, want[name], value)...)
	}
	return found
}

// equal tells whether two JSON numbers are the same number, exactly.
func equal(a, b string) bool {
	if a == b {
		return true
	}
	x, okX := rational(a)
	y, okY := rational(b)
	return okX && okY && x.Cmp(y) == 0
}

// rational reads a number of ordinary size; a target may answer with any exponent, and the exact value of a huge one
// would fill the memory.
func rational(number string) (*big.Rat, bool) {
	const digits, exponent = 1000, 400
	_, power, _ := strings.Cut(strings.ToLower(number), "e")
	if n, err := strconv.Atoi(power); power != "" && (err != nil || max(n, -n) > exponent) || len(number) > digits {
		return nil, false
	}
	return new(big.Rat).SetString(number)
}

func show(path string, value any) string {
	const most = 100
	text := string(encode(value))
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return path + " = " + text
}
