package dialer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// newTLS makes the configuration that all connections share.
func newTLS(cfg Config, host string) (*tls.Config, error) {
	want := cfg.TLS
	if want.Resumed < 0 || want.Resumed > 1 {
		return nil, fmt.Errorf("tls: share of resumed handshakes %v: want 0 to 1", want.Resumed)
	}
	if want.MinVersion == 0 {
		want.MinVersion = tls.VersionTLS12
	}
	if want.MaxVersion != 0 && want.MaxVersion < want.MinVersion {
		return nil, fmt.Errorf("tls: newest version %s is older than %s, the oldest", tls.VersionName(want.MaxVersion), tls.VersionName(want.MinVersion))
	}
	v := &verifier{name: host}
	if len(cfg.CA) > 0 {
		v.roots = x509.NewCertPool()
		if !v.roots.AppendCertsFromPEM(cfg.CA) {
			return nil, errors.New("ca holds no PEM certificate")
		}
	}
	c := &tls.Config{
		ServerName: host, NextProtos: cfg.Protocols, MinVersion: want.MinVersion, MaxVersion: want.MaxVersion, CurvePreferences: want.Curves,
		// The library's check runs for every full handshake; the verifier's is the same, once per leaf.
		InsecureSkipVerify: true,
		VerifyConnection:   v.verify,
	}
	if want.Resumed > 0 {
		c.ClientSessionCache = &sessions{share: want.Resumed}
	}
	return c, nil
}

// Secure says whether connections are to be secured.
func (d *Dialer) Secure() bool { return d.tls != nil }

// Shake secures a connection. It ends when the connection's deadline does; what to do with the connection when it
// fails is the caller's affair.
func (d *Dialer) Shake(c net.Conn) (*tls.Conn, error) {
	began := time.Now()
	secure := tls.Client(c, d.tls)
	if err := secure.Handshake(); err != nil { //nolint:noctx // a context costs a goroutine for each handshake; the deadline ends it
		d.tlsErrors.Add(1)
		return nil, err
	}
	s := secure.ConnectionState()
	d.shaken(time.Since(began), s.DidResume, agreed(&s))
	return secure, nil
}

// agreed names what a handshake settled on. A resumed session of TLS 1.2 has no key exchange.
func agreed(s *tls.ConnectionState) string {
	parts := []string{tls.VersionName(s.Version)}
	if s.CurveID != 0 {
		parts = append(parts, s.CurveID.String())
	}
	return strings.Join(append(parts, tls.CipherSuiteName(s.CipherSuite)), " ")
}
