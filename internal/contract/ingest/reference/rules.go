package reference

import (
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// rules are all the switches of the server's behaviour. A mutant is a change to one of them.
type rules struct {
	http, kafka, sns door

	keyNeeded       bool // a POST without a key is refused
	keyChecked      bool // a POST with an unknown key is refused
	keyStatus       int  // status of the refusal of a missing key
	unknownStatus   int  // status of the refusal of an unknown key
	emptyKey        bool // a key of no characters is taken
	keyPrefix       bool // a key is taken that begins with the right one
	keyExactCase    bool // the key's header is known in one spelling only
	mediaChecked    bool // other media types are refused
	mediaExact      bool // the media type is compared as text, parameters and all
	bareObject      bool // one object without an array around it is taken
	arrayOfOne      bool // an array with one event is taken
	largestBatch    int  // more events in one POST are answered 500; 0 is no limit
	bodyLimit       int  // bytes
	tooLargeStatus  int
	anyMethod       bool // every method is answered as if it were POST or GET
	takesMalformed  bool // what is not JSON is acknowledged
	takesIncomplete bool // events that have faults are acknowledged
	wholeBatches    bool // one bad event makes the whole POST refused
	storesRefused   bool // what was sent with a wrong key is stored all the same
	errorMember     string
	receipt         func(number uint64, body []byte) []byte
	clock           func(now time.Time) string
	clockType       string
}

// door is what happens to the events of one transport.
type door struct {
	recognises recognition
	keyIsID    bool                                                             // a record's key must be its event's id
	arrays     bool                                                             // a record may hold an array
	sizeLimit  int                                                              // bytes of a record's value; 0 is no limit
	refuses    func(event map[string]any) string                                // names a member to find fault with
	rewrite    func(value []byte) []byte                                        // what is stored in place of value
	stores     func(number uint64, records []contract.Record) []contract.Record // what is stored in place of records
}

// correct returns the rules of the contract.
func correct() rules {
	return rules{
		kafka:          door{keyIsID: true},
		keyNeeded:      true,
		keyChecked:     true,
		keyStatus:      403, // A-H10
		unknownStatus:  403,
		bodyLimit:      256 << 10, // A-H11
		tooLargeStatus: 413,
		mediaChecked:   true,
		bareObject:     true, // ruling 23
		arrayOfOne:     true,
		wholeBatches:   true, // ruling 38
		errorMember:    "message",
		receipt:        queueReceipt,
		clock:          func(now time.Time) string { return strconv.FormatInt(now.UnixMilli(), 10) },
		clockType:      "text/plain; charset=utf-8",
	}
}
