package snsdriver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// handshake tells whether err is that of a TLS handshake.
func handshake(err error) bool {
	var untrusted *tls.CertificateVerificationError
	var alien tls.RecordHeaderError
	var alert tls.AlertError
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &untrusted) || errors.As(err, &alien) || errors.As(err, &alert) || errors.As(err, &unknown)
}
