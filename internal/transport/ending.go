package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// ErrDeadline is the cause with which a message's own deadline ends it.
var ErrDeadline = errors.New("no answer before the deadline")

// Fault is an error that came before there was a connection to write to, with the class that it belongs to.
type Fault struct {
	Class contract.Class
	Err   error
}

func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns what went wrong.
func (f *Fault) Unwrap() error { return f.Err }

// OfStatus is what an HTTP answer with this status says. Only 2xx takes a message; a redirect, which is never followed,
// does not.
func OfStatus(status int) (contract.Outcome, contract.Class) {
	switch {
	case status >= 200 && status < 300:
		return contract.Acknowledged, contract.ClassNone
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return contract.Failed, contract.ClassAuth
	case status == http.StatusRequestEntityTooLarge:
		return contract.Failed, contract.ClassTooLarge
	case status == http.StatusTooManyRequests:
		return contract.Failed, contract.ClassRateLimited
	case status >= 300 && status < 500:
		return contract.Failed, contract.ClassRejected
	case status >= 500 && status < 600:
		return contract.Failed, contract.ClassServer
	default:
		return contract.Failed, contract.ClassProtocol
	}
}

// Ending is all that is known about an HTTP exchange that ended without a whole answer.
type Ending struct {
	Err       error
	Sent      bool // a connection was in hand, so bytes may have been written
	Full      bool // all connections were in use
	Expired   bool // the message's own deadline passed
	Cancelled bool // the caller or the driver's end cut it short
}

// Judge classifies an ending. It never claims that nothing was sent when something may have been.
func (e Ending) Judge() (contract.Outcome, contract.Class) {
	if e.Sent {
		return contract.Indeterminate, e.class()
	}
	return contract.NeverSent, e.class()
}

func (e Ending) class() contract.Class {
	var before *Fault
	switch {
	case e.Cancelled:
		return contract.ClassCancelled
	case e.Expired && !e.Sent && e.Full:
		return contract.ClassGenerator // every connection was busy until the end: our own bound, not the target's
	case e.Expired:
		return contract.ClassTimeout
	case errors.As(e.Err, &before):
		return before.Class
	case e.Sent && linkBroke(e.Err):
		return contract.ClassReset
	case e.Sent:
		return contract.ClassProtocol
	default:
		return ofProxy(e.Err)
	}
}

// Detail is one line for people. Neither it nor what it is made of holds a header, a body or a query.
func (e Ending) Detail(class contract.Class) string {
	switch {
	case class == contract.ClassCancelled:
		return "cancelled before the answer"
	case class == contract.ClassGenerator && e.Expired:
		return "no connection became free before the deadline"
	case e.Expired && !e.Sent:
		return "no connection before the deadline"
	case e.Expired:
		return ErrDeadline.Error()
	default:
		return OneLine(e.Err.Error())
	}
}

// OfDial is the class of a dial that failed. Some faults are this machine's own.
func OfDial(err error) contract.Class {
	if Exhausted(err) {
		return contract.ClassGenerator
	}
	return contract.ClassDial
}

// ofProxy is the class of an error that came before any connection and not from our dialer: from a proxy's tunnel, or
// because net/http would not send such a request at all.
func ofProxy(err error) contract.Class {
	var op *net.OpError
	var untrusted *tls.CertificateVerificationError
	var alien tls.RecordHeaderError
	switch {
	case errors.As(err, &untrusted), errors.As(err, &alien):
		return contract.ClassTLS
	case errors.As(err, &op):
		return contract.ClassDial
	default:
		return contract.ClassGenerator
	}
}

// linkBroke tells a connection that broke from an answer that made no sense. One error of net/http has only its text.
func linkBroke(err error) bool {
	return Broken(err) || strings.Contains(err.Error(), "server closed idle connection")
}

// Refuse is the reply to a message that cannot be put on the wire as it is.
func Refuse(err error) contract.Reply {
	return contract.Reply{
		Outcome: contract.NeverSent, Class: contract.ClassGenerator, Detail: OneLine(err.Error()), Done: time.Now(),
	}
}

// StatusDetail is one line about an HTTP answer that did not take its message.
func StatusDetail(o contract.Outcome, status int) string {
	if o == contract.Acknowledged {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("answered %d %s", status, http.StatusText(status)))
}
