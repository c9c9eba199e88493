package reference

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// rules is everything about the server's behaviour that can be otherwise: rulings on what the document leaves open,
// and the switches that mutants turn. Its zero value is not correct; see correct.
type rules struct {
	// What success answers, by kind of action.
	status [3]int
	body   [3]string

	// Credentials, method and headers.
	tokenOptional bool
	anyToken      bool
	apiKeyWrites  bool
	emptyToken    bool // a bearer token of no characters is taken
	tokenPrefix   bool // a token is taken that begins with an issued one
	keyExcuses    bool // an API key makes up for a token that was never issued
	anyMediaType  bool
	anyMethod     bool
	bars          func(*contract.Message) (field string) // the header refused although the contract allows it

	// Bodies.
	trim     func(body []byte) []byte                              // what is read in place of the body
	forgiven func(*refusal) bool                                   // which faulty bodies are acknowledged, unread
	demands  func(contract.Kind, *playtime.Request) (field string) // the member refused although the contract allows it

	// The hash.
	signing       []form // the signing strings taken; the document knows one
	hashUnchecked [3]bool
	otherKeys     []keying // other ways to use the key that are taken, too
	hashStatus    int      // of a refused hash (ruling 20)
	badHashActs   [3]bool  // what comes with a wrong hash is refused and done all the same

	// The life of a session.
	startTwice     *refusal // ruling 18; nil takes it
	unknownSession *refusal // ruling 19; nil takes it
	orderUnchecked bool
	gapsRefused    [3]bool
	endMustRise    bool
	reap           time.Duration // a session that was silent for so long is dropped; 0 leaves it to the knob
	skew           time.Duration // how far a timestamp may be from the server's clock; 0 is any distance (ruling 22)
	endsIgnored    bool
	oneSession     bool

	miscount func(*contract.Insights)

	// Refusals.
	reshape     func(*refusal)                     // changes every refusal before it is written
	hides       func(contract.Kind, *refusal) bool // which refusals are told with status 200
	errorType   string                             // content type of the envelope
	plainErrors bool                               // no envelope
}

// correct returns the behaviour that the document asks for, with the default of every ruling.
func correct() rules {
	const ok = http.StatusNoContent
	return rules{
		status:     [3]int{ok, ok, ok},
		signing:    []form{written},
		hashStatus: http.StatusUnprocessableEntity,
		errorType:  "application/json",
	}
}

// ruled sets what a target file rules on where the document leaves it open.
func (r *rules) ruled(rulings map[string]any) {
	if status, given := number(rulings["playtime.bad_hash_status"]); given {
		r.hashStatus = status
	}
	if status, given := number(rulings["playtime.start_twice_status"]); given && status >= 300 {
		r.startTwice = &refusal{status: status, ref: refInvalid, message: "the session was started before"}
	}
	if status, given := number(rulings["playtime.unknown_session_status"]); given && status >= 300 {
		r.unknownSession = &refusal{status: status, ref: refInvalid, message: "the session was never started, or it is over"}
		if status == http.StatusNotFound {
			r.unknownSession.ref = refNotFound
		}
	}
}

// number reads a ruling, which may come as any type of whole number.
func number(value any) (int, bool) {
	n, err := strconv.Atoi(fmt.Sprint(value))
	return n, err == nil
}

func (r *rules) badHash() *refusal {
	no := invalid(playtime.FieldError{Field: playtime.MemberHash, Text: "does not match the request"})
	no.status = r.hashStatus
	return no
}

// lenient drops the refusal of a body that is forgiven.
func (r *rules) lenient(no *refusal) *refusal {
	if r.forgiven != nil && r.forgiven(no) {
		return nil
	}
	return no
}

// complain finds the faults that no contract knows.
func (r *rules) complain(kind contract.Kind, req *playtime.Request) []playtime.FieldError {
	if r.demands == nil {
		return nil
	}
	if field := r.demands(kind, req); field != "" {
		return []playtime.FieldError{{Field: field, Text: "is not taken in this form"}}
	}
	return nil
}
