package plan

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Identity makes the ids of one run: unique over all runs, players and events, looking random, and made from nothing
// but numbers, so that they need not be stored. An event's id can be turned back into its numbers by anyone; the key
// is no secret. Safe for concurrent use.
type Identity struct {
	run     uint64
	events  cipher.Block
	session cipher.Block
	nonce   cipher.Block
}

// NewIdentity returns the ids of a run. The run's number should be drawn at random, once per run; all slices of one
// run share it.
func NewIdentity(run uint64) *Identity {
	return &Identity{run: run, events: block("event"), session: block("session"), nonce: block("nonce")}
}

// block returns the cipher for one purpose. AES-128 takes any 16 bytes as a key.
func block(purpose string) cipher.Block {
	key := sha256.Sum256([]byte("muster " + purpose + " id, version 1"))
	b, err := aes.NewCipher(key[:16])
	if err != nil {
		panic(fmt.Sprintf("identity: a 16 byte key was refused: %v", err)) // cannot happen
	}
	return b
}

// Run returns the run's number.
func (id *Identity) Run() uint64 { return id.run }

// EventID returns the id of a player's event number seq (from 0): 32 hex digits, one AES block.
func (id *Identity) EventID(player, seq uint32) string {
	b := id.numbers(player, seq)
	id.events.Encrypt(b[:], b[:])
	return hex.EncodeToString(b[:])
}

// ParseEventID turns an event's id back into its numbers. Every 32 hex digits are somebody's id; whether they are of
// this run shows in run. They may be written as a client writes them: in upper case, with hyphens in the places where a
// UUID has them, and then after a prefix that ends in a hyphen. It is false when text is anything else.
func (id *Identity) ParseEventID(text string) (run uint64, player, seq uint32, ok bool) {
	var b [aes.BlockSize]byte
	digits, ok := digitsOf(text)
	if !ok {
		return 0, 0, 0, false
	}
	if _, err := hex.Decode(b[:], digits[:]); err != nil {
		return 0, 0, 0, false
	}
	id.events.Decrypt(b[:], b[:])
	run = binary.BigEndian.Uint64(b[:])
	return run, binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:]), true
}

// digitsOf takes away what a client put around the digits of an id; false when there is anything but their number.
func digitsOf(text string) (digits [2 * aes.BlockSize]byte, ok bool) {
	const length = 36
	if len(text) == len(digits) {
		copy(digits[:], text)
		return digits, true
	}
	cut := len(text) - length
	if cut < 0 || cut > 0 && text[cut-1] != '-' {
		return digits, false
	}
	uuid := text[cut:]
	if uuid[8] != '-' || uuid[13] != '-' || uuid[18] != '-' || uuid[23] != '-' {
		return digits, false
	}
	copy(digits[:8], uuid[:8])
	copy(digits[8:12], uuid[9:13])
	copy(digits[12:16], uuid[14:18])
	copy(digits[16:20], uuid[19:23])
	copy(digits[20:], uuid[24:])
	return digits, true
}

// SessionID returns the id of a player's session, in the form of a random UUID.
func (id *Identity) SessionID(player, session uint32) string {
	b := id.numbers(player, session)
	id.session.Encrypt(b[:], b[:])
	return uuid(b)
}

// Nonce returns a value, in the form of a random UUID, that no other action has. Order is the action's place in its
// session.
func (id *Identity) Nonce(player, session, order uint32) string {
	b := id.numbers(player, session)
	id.nonce.Encrypt(b[:], b[:])
	tail := binary.BigEndian.Uint32(b[12:])
	binary.BigEndian.PutUint32(b[12:], tail^order)
	id.nonce.Encrypt(b[:], b[:])
	return uuid(b)
}

// numbers lays out what an id is made of.
func (id *Identity) numbers(player, n uint32) (b [aes.BlockSize]byte) {
	binary.BigEndian.PutUint64(b[:], id.run)
	binary.BigEndian.PutUint32(b[8:], player)
	binary.BigEndian.PutUint32(b[12:], n)
	return b
}

// uuid writes b as a UUID of version 4 (RFC 9562, 5.4), giving up six of its bits.
func uuid(b [aes.BlockSize]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:8], b[:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:], b[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}
