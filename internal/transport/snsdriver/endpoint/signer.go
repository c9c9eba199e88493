package endpoint

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"time"
)

// signer signs what is delivered.
type signer struct {
	key  *rsa.PrivateKey
	cert []byte // PEM
}

func newSigner() (*signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "muster reference notifications"},
		NotBefore:    now.Add(-time.Hour), // for subscribers whose clock is behind
		NotAfter:     now.Add(365 * 24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make signing certificate: %w", err)
	}
	return &signer{key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, nil
}

// sign returns the signature of text in base64. Version 1 is over SHA-1, which SNS still signs with unless a topic asks
// for version 2.
func (s *signer) sign(text []byte, version string) (string, error) {
	hash, sum := hashOf(version, text)
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, hash, sum)
	return base64.StdEncoding.EncodeToString(signature), err
}

func hashOf(version string, text []byte) (crypto.Hash, []byte) {
	if version == "2" {
		sum := sha256.Sum256(text)
		return crypto.SHA256, sum[:]
	}
	sum := sha1.Sum(text)
	return crypto.SHA1, sum[:]
}

func (e *Endpoint) serveCert(w http.ResponseWriter) {
	s, err := e.signer()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	_, _ = w.Write(s.cert) // a client who has gone does not hear it
}
