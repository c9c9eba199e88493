package reference

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// storeMutants acknowledge events by HTTP and then do the wrong thing with them.
func storeMutants() []mutant {
	rewrite := func(f func([]byte) []byte) func(*rules) { return func(r *rules) { r.http.rewrite = f } }
	stores := func(f func(uint64, []contract.Record) []contract.Record) func(*rules) {
		return func(r *rules) { r.http.stores = f }
	}
	return []mutant{
		wrong("loses", "readback/acknowledged-is-stored", "loses every second event", stores(everySecond)),
		wrong("loses-last", "readback/batch-is-stored", "loses the last event of a batch", stores(allButLast)),
		wrong("stores-twice", "readback/stored-once", "stores every event twice", stores(twice)),
		wrong("stores-repeats", "readback/repeat-is-stored-once", "stores a repeated event again",
			func(r *rules) { r.http.recognises = never }),
		wrong("first-write-wins", "readback/last-write-wins", "ignores a newer version of an event",
			func(r *rules) { r.http.recognises = sameID }),
		wrong("ignores-deletions", "readback/deletion-counts", "acknowledges deletions and forgets them", stores(noDeletions)),
		wrong("stores-refused", "readback/refused-is-not-stored", "stores events whose key it refused",
			func(r *rules) { r.storesRefused = true }),
		wrong("partial-batch", "readback/refused-batch-is-not-stored", "stores the good events of a batch that it refuses",
			func(r *rules) { r.wholeBatches = false }),
		wrong("alters", "readback/stored-unchanged", "loses a property", rewrite(edit(loseProperty))),
		wrong("stores-ascii", "readback/keeps-unicode", "replaces what is not ASCII by question marks", rewrite(ascii)),
		wrong("numbers-in-single-precision", "readback/keeps-safe-integers", "keeps numbers in 32 bits",
			rewrite(numbers(func(f float64) string { return strconv.FormatFloat(float64(float32(f)), 'f', -1, 32) }))),
		wrong("numbers-in-doubles", "readback/keeps-large-integers", "keeps integers as doubles",
			rewrite(numbers(func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }))),
		wrong("rounds-fractions", "readback/keeps-fractions", "rounds numbers to thousandths",
			rewrite(numbers(func(f float64) string { return strconv.FormatFloat(f, 'f', 3, 64) }))),
		wrong("drops-nulls", "readback/keeps-every-kind-of-property", "drops properties that are null", rewrite(edit(dropNulls))),
	}
}

// everySecond keeps every second record, over all calls when each has one.
func everySecond(number uint64, records []contract.Record) []contract.Record {
	var kept []contract.Record
	for i, r := range records {
		if (number+uint64(i))%2 == 0 {
			kept = append(kept, r)
		}
	}
	return kept
}

func allButLast(_ uint64, records []contract.Record) []contract.Record {
	if len(records) < 2 {
		return records
	}
	return records[:len(records)-1]
}

func noDeletions(_ uint64, records []contract.Record) []contract.Record {
	return slices.DeleteFunc(records, func(r contract.Record) bool {
		event, _ := ingest.DecodeEvent(r.Value)
		return event.Deletes()
	})
}

func twice(_ uint64, records []contract.Record) []contract.Record { return append(records, records...) }

// edit returns a rewriting that changes the members of an event.
func edit(change func(map[string]any)) func([]byte) []byte {
	return func(value []byte) []byte {
		event, ok := decode(value).(map[string]any)
		if !ok {
			return value
		}
		change(event)
		return encode(event, value)
	}
}

// encode returns the JSON of value, or the original where there is none.
func encode(value any, original []byte) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return original
	}
	return text
}

func properties(event map[string]any) map[string]any {
	p, _ := event["properties"].(map[string]any)
	return p
}

func loseProperty(event map[string]any) {
	if names := slices.Sorted(maps.Keys(properties(event))); len(names) > 0 {
		delete(properties(event), names[0])
	}
}

func dropNulls(event map[string]any) {
	for name, value := range properties(event) {
		if value == nil {
			delete(properties(event), name)
		}
	}
}

func ascii(value []byte) []byte {
	return []byte(strings.Map(func(r rune) rune {
		if r > 127 {
			return '?'
		}
		return r
	}, string(value)))
}

// numbers returns a rewriting that writes the number among the properties of an event anew.
func numbers(form func(float64) string) func([]byte) []byte {
	return edit(func(event map[string]any) {
		for name, value := range properties(event) {
			if n, ok := value.(json.Number); ok {
				if f, err := n.Float64(); err == nil {
					properties(event)[name] = json.Number(form(f))
				}
			}
		}
	})
}
