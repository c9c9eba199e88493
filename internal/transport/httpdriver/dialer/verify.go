package dialer

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"
	"time"
)

// knownLeaves bounds the leaves that are remembered; a server with more of them costs a check each time.
const knownLeaves = 64

// verifier checks that a server is who it should be, by the rules of crypto/tls. A chain takes longer to check than a
// handshake takes, and says the same for the same leaf as long as no certificate of it ends, so that it is checked once.
// That the server has the leaf's key is proven by every full handshake, and by every resumed one of its session.
type verifier struct {
	name  string
	roots *x509.CertPool // nil for the system's

	mu     sync.RWMutex // guards leaves
	leaves []leaf
}

// leaf is a certificate that was found good, and until when.
type leaf struct {
	raw   []byte
	until time.Time
}

func (v *verifier) verify(s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 {
		return &tls.CertificateVerificationError{Err: errors.New("tls: the server has shown no certificate")}
	}
	if v.knows(s.PeerCertificates[0].Raw, time.Now()) {
		return nil
	}
	options := x509.VerifyOptions{DNSName: v.name, Roots: v.roots, Intermediates: x509.NewCertPool()}
	for _, c := range s.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	chains, err := s.PeerCertificates[0].Verify(options)
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
	}
	v.learn(leaf{raw: s.PeerCertificates[0].Raw, until: earliestEnd(chains[0])})
	return nil
}

func (v *verifier) knows(raw []byte, now time.Time) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, l := range v.leaves {
		if bytes.Equal(l.raw, raw) {
			return now.Before(l.until)
		}
	}
	return false
}

func (v *verifier) learn(l leaf) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i := range v.leaves {
		if bytes.Equal(v.leaves[i].raw, l.raw) {
			v.leaves[i] = l
			return
		}
	}
	if len(v.leaves) == knownLeaves {
		v.leaves = v.leaves[1:]
	}
	v.leaves = append(v.leaves, l)
}

func earliestEnd(chain []*x509.Certificate) time.Time {
	end := chain[0].NotAfter
	for _, c := range chain[1:] {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return end
}
