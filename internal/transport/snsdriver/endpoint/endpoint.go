// Package endpoint is the other side of snsdriver: an SNS of one account, in memory, that speaks the Query protocol (form
// POST in, XML out, version 2010-03-31) and delivers to HTTP and HTTPS subscribers as SNS does.
//
// Requests flow in; each message that was published flows to the callback Accept, as a contract.Message, and to the
// confirmed subscribers of its topic. Signatures (Signature Version 4) are verified by the headers that the request
// itself names as signed, from the written rule and in code of this package: it must not share a mistake with the SDK
// that the driver signs with. The package imports internal/contract only.
//
// Offered are Publish, PublishBatch, CreateTopic, GetTopicAttributes, Subscribe (http, https), ConfirmSubscription,
// Unsubscribe and ListSubscriptionsByTopic, with the errors and limits that their public reference gives. Not offered,
// and refused as such: FIFO topics, message structure json, filter policies, other protocols, signatures in the query.
// A delivery is tried a few times within seconds, where SNS goes on for an hour or longer.
package endpoint

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bodyLimit bounds a request's body, in bytes: the largest message that SNS takes, each byte of it escaped, and some.
const bodyLimit = 4 << 20

// CertPath is where the certificate of the signing key is served, below Config.URL.
const CertPath = "/SimpleNotificationService.pem"

// Endpoint is an http.Handler. It is safe for concurrent use; the caller closes it.
type Endpoint struct {
	cfg    Config
	signer func() (*signer, error) // made when first needed, which takes a moment

	mu     sync.Mutex // guards topics and everything in them
	topics map[string]*topic

	life    context.Context // of deliveries
	end     context.CancelFunc
	working sync.WaitGroup
	counts  counts
}

// Stats counts what an endpoint did since it was made.
type Stats struct {
	Requests    int64 // whatever became of them
	Refused     int64 // requests that were answered with an error
	Published   int64 // messages that were acknowledged
	Failed      int64 // entries of batches that were not
	Delivered   int64 // messages and confirmations that a subscriber answered with 2xx
	Undelivered int64 // those that no attempt delivered
	Dropped     int64 // those that found a subscriber's queue full
}

type counts struct {
	requests, refused, published, failed, delivered, undelivered, dropped atomic.Int64
}

// New makes an endpoint. It opens no socket.
func New(cfg Config) (*Endpoint, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	e := &Endpoint{cfg: cfg, signer: sync.OnceValues(newSigner), topics: map[string]*topic{}}
	e.life, e.end = context.WithCancel(context.Background())
	for _, name := range cfg.Topics {
		e.addTopic(name)
	}
	return e, nil
}

// Stats returns the counts as of now.
func (e *Endpoint) Stats() Stats {
	c := &e.counts
	return Stats{
		Requests: c.requests.Load(), Refused: c.refused.Load(), Published: c.published.Load(), Failed: c.failed.Load(),
		Delivered: c.delivered.Load(), Undelivered: c.undelivered.Load(), Dropped: c.dropped.Load(),
	}
}

// Close ends the deliveries, those under way included.
func (e *Endpoint) Close() {
	e.end()
	e.working.Wait()
	e.cfg.Client.CloseIdleConnections()
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.counts.requests.Add(1)
	if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, CertPath) {
		e.serveCert(w)
		return
	}
	id := newID()
	result, refused := e.answer(r)
	if refused != nil {
		e.counts.refused.Add(1)
		status := refused.status()
		if refused.Code == e.cfg.Wrong.Hides {
			status = http.StatusOK
		}
		writeXML(w, id, status, refused.document(id))
		return
	}
	writeXML(w, id, http.StatusOK, document(result, id))
}

// answer finds out what is asked, by whom, and does it.
func (e *Endpoint) answer(r *http.Request) (result, *Error) {
	body, form, refused := read(r)
	if refused != nil {
		return nil, refused
	}
	told, refused := e.perform(r, body, form)
	if refused != nil && refused.Code == e.cfg.Wrong.Acts {
		e.acceptAll(r.Context(), form)
	}
	return told, refused
}

// perform does what a request asks for, if it may.
func (e *Endpoint) perform(r *http.Request, body []byte, form url.Values) (result, *Error) {
	name := form.Get("Action")
	act, known := actions[name]
	if !known {
		return nil, newError(invalidAction, fmt.Sprintf("the action %.64q is not offered", name))
	}
	// A link in a confirmation or a notification is followed as it is, by whoever has it.
	if linked := r.Method == http.MethodGet && act.byLink; !linked {
		if refused := e.authenticate(r, body); refused != nil {
			return nil, refused
		}
	}
	if code := e.cfg.Disturb(name, -1); code != "" {
		return nil, newError(Code(code), "disturbed on purpose")
	}
	return act.do(e, r.Context(), form)
}

// read returns the parameters, of the body or, where there is none, of the query.
func read(r *http.Request) ([]byte, url.Values, *Error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	switch {
	case err != nil:
		return nil, nil, newError(incompleteBody, "the body did not arrive whole")
	case len(body) > bodyLimit:
		return nil, nil, newError(tooLarge, fmt.Sprintf("a body of more than %d bytes", bodyLimit))
	case r.Method == http.MethodGet:
		return body, r.URL.Query(), nil
	case r.Method != http.MethodPost:
		return nil, nil, newError(invalidAction, "want POST")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, nil, newError(malformed, "the body is no form: "+err.Error())
	}
	return body, form, nil
}

// action is what a client can ask for.
type action struct {
	do     func(e *Endpoint, ctx context.Context, form url.Values) (result, *Error)
	byLink bool // also by GET, unsigned: SNS puts such links into what it delivers
}

var actions = map[string]action{
	"Publish":                  {do: (*Endpoint).publish},
	"PublishBatch":             {do: (*Endpoint).publishBatch},
	"CreateTopic":              {do: (*Endpoint).createTopic},
	"GetTopicAttributes":       {do: (*Endpoint).topicAttributes},
	"Subscribe":                {do: (*Endpoint).subscribe},
	"ConfirmSubscription":      {do: (*Endpoint).confirm, byLink: true},
	"Unsubscribe":              {do: (*Endpoint).unsubscribe, byLink: true},
	"ListSubscriptionsByTopic": {do: (*Endpoint).subscriptions},
}

// newID returns a random UUID (RFC 9562, section 5.4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, as documented
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// stamp writes an instant as SNS does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
