package kafkadriver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
)

// stage is how far the newest connection has come. Brokers often refuse by hanging up, so that the stage at which they
// do is all there is to tell a wrong password from a missing TLS.
type stage uint8

const (
	dialling stage = iota
	handshaking
	greeting // the first request, which asks for the versions that the broker speaks
	authenticating
	asking
)

func (s stage) String() string {
	return [...]string{"dial", "tls handshake", "first request", "sasl authentication", "request"}[s]
}

// watch dials for a client and follows its connections. It is safe for concurrent use.
type watch struct {
	net       net.Dialer
	tls       *tls.Config // nil for plaintext
	anonymous bool        // there is no SASL
	links     transport.Links

	mu    sync.Mutex
	stage stage
	addr  string
}

func newWatch(k target.Kafka, timeout time.Duration) (*watch, error) {
	w := &watch{net: net.Dialer{Timeout: timeout}, anonymous: k.SASL == nil}
	if k.TLS == nil {
		return w, nil
	}
	w.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: k.TLS.ServerName}
	if len(k.TLS.CA) > 0 {
		w.tls.RootCAs = x509.NewCertPool()
		if !w.tls.RootCAs.AppendCertsFromPEM(k.TLS.CA) {
			return nil, errors.New("connect to kafka: ca holds no PEM certificate")
		}
	}
	return w, nil
}

// at notes a stage, and the broker's address when it is given.
func (w *watch) at(s stage, addr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stage = s
	if addr != "" {
		w.addr = addr
	}
}

// dial connects for the client, with TLS where the target says so.
func (w *watch) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // the client tries again when a request is over; that says nothing about the broker
	}
	w.at(dialling, addr)
	began := time.Now()
	c, err := w.net.DialContext(ctx, network, addr)
	if c, err = w.links.Dialled(c, time.Since(began), err); err != nil {
		return nil, err
	}
	if w.tls != nil {
		if c, err = w.secure(ctx, c, addr); err != nil {
			return nil, err
		}
	}
	w.at(greeting, addr)
	return c, nil
}

func (w *watch) secure(ctx context.Context, raw net.Conn, addr string) (net.Conn, error) {
	w.at(handshaking, addr)
	conf := w.tls.Clone()
	if conf.ServerName == "" {
		conf.ServerName, _, _ = net.SplitHostPort(addr) // it was dialled, so it splits
	}
	ctx, cancel := context.WithTimeout(ctx, w.net.Timeout)
	defer cancel()
	c, began := tls.Client(raw, conf), time.Now()
	err := c.HandshakeContext(ctx)
	w.links.Shaken(time.Since(began), c.ConnectionState().DidResume, err)
	if err != nil {
		_ = raw.Close() // the handshake's error is the one to tell
		return nil, err
	}
	return c, nil
}

// OnBrokerRead notes that the first request was answered. The client calls it.
func (w *watch) OnBrokerRead(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, err error) {
	if err != nil || key != int16(kmsg.ApiVersions) {
		return
	}
	if w.anonymous {
		w.at(asking, "")
		return
	}
	w.at(authenticating, "")
}

// explain makes a ConnectError of the error of a request.
func (w *watch) explain(ctx context.Context, err error) *ConnectError {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := &ConnectError{Broker: w.addr, Stage: w.stage.String(), Err: err}
	var refused *kerr.Error
	switch {
	case errors.As(err, &refused):
		_, e.Class = ofCode(refused)
	case errors.Is(ctx.Err(), context.Canceled):
		e.Class = contract.ClassCancelled
	case ctx.Err() != nil:
		e.Class, e.Err = contract.ClassTimeout, errors.New("no answer in time")
	case w.stage != dialling && errors.Is(err, os.ErrDeadlineExceeded): // the client's own patience ended before ctx did
		e.Class, e.Err = contract.ClassTimeout, errors.New("no answer in time")
	default:
		e.Class = w.stage.class(err, w.tls == nil, w.anonymous)
	}
	return e
}

// class says what it means when a connection failed at this stage, on this machine's side or by the broker's hanging up.
func (s stage) class(err error, plaintext, anonymous bool) contract.Class {
	switch {
	case transport.Exhausted(err):
		return contract.ClassGenerator
	case s == dialling:
		return contract.ClassDial
	case s == handshaking, s == greeting && plaintext: // whoever hangs up on the first plain bytes wants TLS
		return contract.ClassTLS
	case s == authenticating, s == asking && anonymous && transport.Broken(err): // whoever hangs up on a stranger wants SASL
		return contract.ClassAuth
	default:
		return ofLink(err)
	}
}

// watched is a SASL mechanism that tells how far it gets.
type watched struct {
	sasl.Mechanism
	watch *watch
}

func (m watched) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	m.watch.at(authenticating, host)
	s, first, err := m.Mechanism.Authenticate(ctx, host)
	return watchedSession{s, m.watch}, first, err
}

type watchedSession struct {
	sasl.Session
	watch *watch
}

func (s watchedSession) Challenge(challenge []byte) (bool, []byte, error) {
	done, answer, err := s.Session.Challenge(challenge)
	if done && err == nil {
		s.watch.at(asking, "")
	}
	return done, answer, err
}
