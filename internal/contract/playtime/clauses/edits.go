package clauses

import (
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// The alterations that scripts are written with. Those of the action are signed as they stand; those of the message
// leave the hash as it was, unless they say otherwise.

func ids(ids ...int64) edit { return intend(func(a *contract.Action) { a.UGC = ids }) }

func order(n int) edit { return intend(func(a *contract.Action) { a.Order = n }) }

func sessionID(id string) edit { return intend(func(a *contract.Action) { a.SessionID = id }) }

func nonce(text string) edit { return intend(func(a *contract.Action) { a.Nonce = text }) }

func platform(name string) edit { return intend(func(a *contract.Action) { a.Platform = name }) }

func portal(name string) edit { return intend(func(a *contract.Action) { a.Portal = name }) }

// earlier stamps the action as if it had happened before.
func earlier(by time.Duration) edit {
	return intend(func(a *contract.Action) { a.At = a.At.Add(-by) })
}

// seconds stamps the action in seconds instead of milliseconds, in the body and in the hash.
func seconds() edit {
	return alter(func(d *draft) {
		d.over.ts = d.over.ts[:len(d.over.ts)-3]
		d.set(playtime.MemberTS, []byte(d.over.ts))
		d.resign()
	})
}

// quoted writes a number, or each number of an array, as a string.
func quoted(name string) edit {
	return alter(func(d *draft) {
		m := d.find(name)
		if m == nil {
			return
		}
		text := string(m.value)
		if array, is := strings.CutPrefix(text, "["); is {
			text = `["` + strings.ReplaceAll(strings.TrimSuffix(array, "]"), ",", `","`) + `"]`
		} else {
			text = `"` + text + `"`
		}
		m.value = []byte(text)
	})
}

// with adds a member, or gives it another value in JSON.
func with(name, value string) edit {
	return alter(func(d *draft) { d.set(name, []byte(value)) })
}

// without drops a member.
func without(name string) edit {
	return alter(func(d *draft) {
		d.members = slices.DeleteFunc(d.members, func(m member) bool { return m.name == name })
	})
}

// alphabetical puts the members into the order of their names.
func alphabetical() edit {
	return alter(func(d *draft) {
		slices.SortFunc(d.members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	})
}

// signedOver makes the hash over something else than the message says.
func signedOver(change func(*signing)) edit {
	return alter(func(d *draft) {
		change(&d.over)
		d.resign()
	})
}

// body sends these bytes in place of the JSON object.
func body(text string) edit { return alter(func(d *draft) { d.body = []byte(text) }) }

// cut drops the last byte of the body, which leaves it without its end.
func cut() edit {
	return alter(func(d *draft) {
		whole := join(d.members)
		d.body = whole[:len(whole)-1]
	})
}

// trailing puts something behind the body, which makes it no JSON text any more.
func trailing(rubbish string) edit {
	return alter(func(d *draft) {
		d.finish()
		d.body = append(d.body, rubbish...)
	})
}

// header sets a header line.
func header(name, value string) edit {
	return alter(func(d *draft) {
		dropHeader(d, name)
		d.message.Header = append(d.message.Header, contract.Field{Name: name, Value: value})
	})
}

// noHeader drops a header line.
func noHeader(name string) edit { return alter(func(d *draft) { dropHeader(d, name) }) }

func dropHeader(d *draft, name string) {
	d.message.Header = slices.DeleteFunc(d.message.Header, func(f contract.Field) bool {
		return strings.EqualFold(f.Name, name)
	})
}

// longerToken puts something behind the access token, which makes it one that was never issued.
func longerToken() edit {
	return alter(func(d *draft) {
		for i, f := range d.message.Header {
			if strings.EqualFold(f.Name, "Authorization") {
				d.message.Header[i].Value += "-never-issued"
			}
		}
	})
}

func query(raw string) edit { return alter(func(d *draft) { d.message.Query = raw }) }

func path(other string) edit { return alter(func(d *draft) { d.message.Path = other }) }

func method(other string) edit { return alter(func(d *draft) { d.message.Method = other }) }
