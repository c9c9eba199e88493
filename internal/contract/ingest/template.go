package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

// A template is the wire form of one event as a person would write it down: JSON with slots such as $name, which stand
// for what differs from event to event. A slot that ends in ? leaves its whole member out when it has nothing to say.
type template []part

// part is a run of fixed text and the slot that follows it.
type part struct {
	text     string
	slot     slot
	optional bool
}

// slot is one value of an event, in one form.
type slot uint8

const (
	noSlot slot = iota // the end of a template
	tagSlot
	nameSlot
	idSlot
	idUpperSlot
	idUUIDSlot  // with hyphens
	idEventSlot // with hyphens and the prefix event-
	timeSlot
	timeTextSlot   // in quotation marks
	timeDoubleSlot // with a fraction of zero
	accountSlot    // a wallet address
	userSlot
	deviceSlot
	osSlot
	sessionSlot
	sessionHexSlot // without hyphens
	propertiesSlot
)

// slotNames are the slots as templates write them, in the order of the constants.
var slotNames = []string{
	"", "tag", "name", "id", "id_upper", "id_uuid", "id_event", "time", "time_text", "time_double", "account", "user", "device",
	"os", "session", "session_hex", "properties",
}

// values is what the slots of one event are filled from.
type values struct {
	tag    string
	action *contract.Action
	event  *contract.Event
	at     int64          // Unix milliseconds
	sum    [sumBytes]byte // the checksum
}

// append appends the value of one slot. It is a switch and not a table of functions, so that v need not be allocated.
func (s slot) append(dst []byte, v *values) []byte {
	switch s {
	case tagSlot:
		return appendString(dst, v.tag)
	case nameSlot:
		return appendString(dst, v.event.Name)
	case idSlot, idUpperSlot, idUUIDSlot, idEventSlot:
		return appendID(dst, s, v.event.ID)
	case timeSlot:
		return strconv.AppendInt(dst, v.at, 10)
	case timeTextSlot:
		return append(strconv.AppendInt(append(dst, '"'), v.at, 10), '"')
	case timeDoubleSlot:
		return append(strconv.AppendInt(dst, v.at, 10), ".0"...)
	case accountSlot:
		return appendAccount(dst, v.action.Player)
	case userSlot:
		return appendNumbered(dst, `"player-`, v.action.Player)
	case deviceSlot:
		return appendNumbered(dst, `"device-`, v.action.Player)
	case osSlot:
		return appendString(dst, strings.ToLower(v.action.Platform))
	case sessionSlot:
		return appendString(dst, v.action.SessionID)
	case sessionHexSlot:
		return appendWithoutHyphens(dst, v.action.SessionID)
	case propertiesSlot:
		return appendProperties(dst, v)
	default:
		return dst
	}
}

// compile reads a template. An unknown slot is an error that names it.
func compile(text string) (template, error) {
	var t template
	for text != "" {
		before, after, found := strings.Cut(text, "$")
		end := 0
		for found && end < len(after) && (after[end] == '_' || 'a' <= after[end] && after[end] <= 'z') {
			end++
		}
		known := slices.Index(slotNames, after[:end])
		if known < 0 || found && end == 0 {
			return nil, fmt.Errorf("compile event template: unknown slot $%s", after[:end])
		}
		p := part{text: before, slot: slot(known)}
		text, p.optional = strings.CutPrefix(after[end:], "?")
		t = append(t, p)
	}
	return t, nil
}

// append appends the event that v describes.
func (t template) append(dst []byte, v *values) []byte {
	for i := range t {
		p := &t[i]
		before := len(dst)
		dst = append(dst, p.text...)
		value := len(dst)
		dst = p.slot.append(dst, v)
		if p.optional && (string(dst[value:]) == `""` || string(dst[value:]) == `0`) {
			dst = dst[:before]
		}
	}
	return dst
}

func appendNumbered(dst []byte, prefix string, player uint32) []byte {
	return append(strconv.AppendUint(append(dst, prefix...), uint64(player), 10), '"')
}

// appendAccount appends a wallet address that nobody holds: 0x7e57, zeros, and the player's number in hex.
func appendAccount(dst []byte, player uint32) []byte {
	dst = append(dst, `"0x7e570000000000000000000000000000`...)
	return append(appendHex(dst, player), '"')
}

// appendHex appends n as eight hex digits.
func appendHex(dst []byte, n uint32) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[n>>shift&15])
	}
	return dst
}

// appendProperties appends the properties that every event has: padding where it is wished for, and the checksum.
func appendProperties(dst []byte, v *values) []byte {
	dst = appendPad(append(dst, '{'), v.event.Pad)
	dst = append(dst, sumStart...)
	return append(append(dst, v.sum[:]...), `"}`...)
}

// plainDigits is how many hex digits an id has that muster makes.
const plainDigits = 32

// appendID appends an id in one of its forms; an id that muster did not make is written as it is.
func appendID(dst []byte, form slot, id string) []byte {
	if form == idSlot || !plain(id) {
		return appendString(dst, id)
	}
	dst = append(dst, '"')
	switch form {
	case idUpperSlot:
		for i := range len(id) {
			dst = append(dst, upper(id[i]))
		}
	case idEventSlot:
		dst = appendUUID(append(dst, "event-"...), id)
	default:
		dst = appendUUID(dst, id)
	}
	return append(dst, '"')
}

// appendUUID appends an id with hyphens in the places where a UUID has them. All digits are kept, so it is a UUID in
// form only: the digits that tell a UUID's version are the id's own.
func appendUUID(dst []byte, id string) []byte {
	for i := range len(id) {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			dst = append(dst, '-')
		}
		dst = append(dst, id[i])
	}
	return dst
}

func upper(digit byte) byte {
	if 'a' <= digit {
		return digit - ('a' - 'A')
	}
	return digit
}

// plain tells whether an id has the form of those that muster makes.
func plain(id string) bool {
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(id) == plainDigits
}

func appendWithoutHyphens(dst []byte, text string) []byte {
	start := len(dst)
	dst = appendString(dst, text)
	kept := slices.DeleteFunc(dst[start:], func(c byte) bool { return c == '-' })
	return dst[:start+len(kept)]
}

// PlainID returns the id that muster gave an event: what is left of a UUID, prefixed or not, or of upper-case digits,
// when the client's form is taken away. Any other id is returned as it is.
func PlainID(id string) string {
	digits := strings.TrimPrefix(id, "event-")
	if len(digits) == plainDigits+4 {
		digits = strings.ReplaceAll(digits, "-", "")
	}
	if digits = strings.ToLower(digits); plain(digits) {
		return digits
	}
	return id
}
