package httpdriver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// errDeadline is the cause with which a message's own deadline ends it.
var errDeadline = errors.New("no answer before the deadline")

// ofStatus is what an answer with this status says. Only 2xx takes a message; a redirect, which is never followed,
// does not.
func ofStatus(status int) (contract.Outcome, contract.Class) {
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

// ending is all that is known about an exchange that ended without a whole answer.
type ending struct {
	err       error
	sent      bool // a connection was in hand, so bytes may have been written
	full      bool // all connections were in use
	expired   bool // the message's own deadline passed
	cancelled bool // the caller or the driver's end cut it short
}

// judge classifies an ending. It never claims that nothing was sent when something may have been.
func (e ending) judge() (contract.Outcome, contract.Class) {
	if e.sent {
		return contract.Indeterminate, e.class()
	}
	return contract.NeverSent, e.class()
}

func (e ending) class() contract.Class {
	var before *fault
	switch {
	case e.cancelled:
		return contract.ClassCancelled
	case e.expired && !e.sent && e.full:
		return contract.ClassGenerator // every connection was busy until the end: our own bound, not the target's
	case e.expired:
		return contract.ClassTimeout
	case errors.As(e.err, &before):
		return before.class
	case e.sent && linkBroke(e.err):
		return contract.ClassReset
	case e.sent:
		return contract.ClassProtocol
	default:
		return ofProxy(e.err)
	}
}

// detail is one line for people. Neither it nor what it is made of holds a header, a body or a query.
func (e ending) detail(class contract.Class) string {
	switch {
	case class == contract.ClassCancelled:
		return "cancelled before the answer"
	case class == contract.ClassGenerator && e.expired:
		return "no connection became free before the deadline"
	case e.expired && !e.sent:
		return "no connection before the deadline"
	case e.expired:
		return errDeadline.Error()
	default:
		return transport.OneLine(e.err.Error())
	}
}

// ofDial is the class of a dial that failed. Some faults are this machine's own.
func ofDial(err error) contract.Class {
	if transport.Exhausted(err) {
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
	return transport.Broken(err) || strings.Contains(err.Error(), "server closed idle connection")
}

// refuse is the reply to a message that cannot be put on the wire as it is.
func refuse(err error) contract.Reply {
	return contract.Reply{
		Outcome: contract.NeverSent, Class: contract.ClassGenerator, Detail: transport.OneLine(err.Error()), Done: time.Now(),
	}
}

func statusDetail(o contract.Outcome, status int) string {
	if o == contract.Acknowledged {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("answered %d %s", status, http.StatusText(status)))
}
