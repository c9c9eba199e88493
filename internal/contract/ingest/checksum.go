package ingest

import (
	"bytes"
	"hash/crc32"

	"github.com/passmuster/muster/internal/contract"
)

// Every rendered event has a property that holds the CRC-32C of what the event says: of its canonical form (canonical
// says which), up to and with the padding. A verifier can thus tell from a stored event alone whether it is what was
// sent, without keeping what was sent. The events of a plain backend are in canonical form already and end in that
// property, so theirs is the checksum of all bytes before it.
const (
	padName  = "muster_pad"
	sumName  = "muster_checksum"
	sumStart = `"` + sumName + `":"`
	sumBytes = 2 * crc32.Size
	sumTail  = len(sumStart) + sumBytes + len(`"}}`)
)

// appendChecksum appends the checksum of what it is of; it may be of dst's own bytes.
func appendChecksum(dst []byte, of []byte) []byte {
	return appendHex(dst, crc32.Checksum(of, crc32.MakeTable(crc32.Castagnoli)))
}

// seal appends the checksum of dst[start:] as the last property, closes properties and event, and returns all.
func seal(dst []byte, start int) []byte {
	end := len(dst)
	dst = append(dst, sumStart...)
	dst = appendChecksum(dst, dst[start:end])
	return append(dst, `"}}`...)
}

// Check tells whether a stored event is one that a Renderer made, of whatever client, and still says what it said then,
// under its own id. A target may write it anew: other member order, other spacing, other forms of the same time, members
// added; what a client adds to the documented members is not covered. It is safe for concurrent use and needs no state;
// the load half takes it as its judge of corruption.
func Check(s contract.Stored) bool {
	if sealed(s.Value) {
		return bytes.Contains(s.Value, []byte(`,"id":"`+s.ID+`",`))
	}
	e, faults := DecodeEvent(s.Value)
	if len(faults) > 0 || s.ID != e.ID || e.Properties == nil {
		return false
	}
	var pad, sum string
	for name, value := range members(e.Properties) {
		switch {
		case value[0] != '"':
		case string(name) == padName:
			pad = unquote(value)
		case string(name) == sumName:
			sum = unquote(value)
		}
	}
	e.ID = PlainID(e.ID)
	return sum == string(appendChecksum(nil, appendOpen(nil, &e, pad)))
}

// sealed tells whether value is, byte for byte, something that seal made.
func sealed(value []byte) bool {
	cut := len(value) - sumTail
	if cut < 0 || !bytes.HasPrefix(value[cut:], []byte(sumStart)) || !bytes.HasSuffix(value, []byte(`"}}`)) {
		return false
	}
	sum := value[cut+len(sumStart):][:sumBytes]
	return string(sum) == string(appendChecksum(nil, value[:cut]))
}

// appendOpen appends e up to and with its padding: all that the checksum covers.
func appendOpen(dst []byte, e *Event, pad string) []byte {
	dst = append(appendHead(dst, e), `,"properties":{`...)
	if pad == "" {
		return dst
	}
	dst = append(dst, `"`+padName+`":`...)
	return append(appendString(dst, pad), ',')
}
