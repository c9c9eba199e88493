package playtime

import "unicode/utf8"

// Request is the body of one operation.
type Request struct {
	IDs       []int64 // content of the session, in the order given; nil unless the operation is a start
	SessionID string  // any text that is not empty
	TS        string  // decimal text of the timestamp, of 10 digits (seconds) or 13 (milliseconds), as it is hashed
	Hash      string  // as the client made it
	Nonce     string  // any text that is not empty
	Order     int64   // from 1

	Quoted  []string // numeric members that were written as strings: legal (rulings 1, 3, 4), told for the record
	Pairs   bool     // written as an array of Key and Value objects: not the contract, told for the record
	Unknown []string // members that the document does not give to the operation, sorted: ignored, told for the record
}

// AppendJSON appends the request as a compact JSON object with its members in the order of the document's samples.
// The timestamp and all other numbers are written as JSON integers. A start has ids even when there are none.
func (r *Request) AppendJSON(dst []byte, op string) []byte {
	form := rest()
	return form.appendBody(dst, op == OpStart, &values{
		ids: r.IDs, session: r.SessionID, ts: []byte(r.TS), hash: appendString(nil, r.Hash), nonce: r.Nonce, order: r.Order,
	})
}

// appendString appends s as a JSON string (RFC 8259 section 7). Bytes that are not UTF-8 become the replacement
// character, so that the result is always valid.
func appendString(dst []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	dst = append(dst, '"')
	if plain(s) {
		return append(append(dst, s...), '"')
	}
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', byte(c))
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = utf8.AppendRune(dst, c)
		}
	}
	return append(dst, '"')
}

// plain says whether s needs no escapes, as the ids of sessions never do.
func plain[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
