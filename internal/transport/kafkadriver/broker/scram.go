package broker

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// passwords is the server's side of SCRAM-SHA-256 (RFC 5802, section 3; RFC 7677) for one user who has several
// passwords, which the broker's own cannot do. It serves mutants only. A broker cannot be blind to passwords
// altogether: the client, too, asks for a proof that the other side knows the password, and with a random one that
// proof cannot be given. Its methods run on the broker's goroutine.
type passwords struct {
	user  string
	each  []string
	begun map[string]string // by nonce: what both sides have said of the exchange
}

const (
	scramIterations = 4096 // the least that clients accept
	maxBegun        = 1000 // exchanges that may be under way; beyond it all of them have to begin again
)

// errRefused ends the connection, which is how the broker refuses credentials.
var errRefused = errors.New("authenticate: credentials refused")

// answer takes the next message of an exchange: the client's first, or its final one.
func (p *passwords) answer(req *kmsg.SASLAuthenticateRequest) (kmsg.Response, error) {
	text := string(req.SASLAuthBytes)
	next := p.final
	if strings.HasPrefix(text, "n,") {
		next = p.first
	}
	said, err := next(text)
	if err != nil {
		return nil, err
	}
	resp, ok := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
	if !ok {
		return nil, errRefused
	}
	resp.SASLAuthBytes = []byte(said)
	return resp, nil
}

// first answers "n,,n=USER,r=NONCE" with salt, iterations and a longer nonce.
func (p *passwords) first(text string) (string, error) {
	bare, ok := strings.CutPrefix(text, "n,,")
	name, nonce, cut := strings.Cut(bare, ",r=")
	if !ok || !cut || name != "n="+p.user {
		return "", errRefused
	}
	nonce += base64.RawStdEncoding.EncodeToString(random(18))
	said := fmt.Sprintf("r=%s,s=%s,i=%d", nonce, base64.StdEncoding.EncodeToString(random(16)), scramIterations)
	if len(p.begun) >= maxBegun {
		clear(p.begun)
	}
	p.begun[nonce] = bare + "," + said
	return said, nil
}

// final answers "c=biws,r=NONCE,p=PROOF" with the server's proof, if the client's fits one of the passwords.
func (p *passwords) final(text string) (string, error) {
	rest, proof, ok := strings.Cut(text, ",p=")
	_, nonce, cut := strings.Cut(rest, ",r=")
	sofar, known := p.begun[nonce]
	if !ok || !cut || !known {
		return "", errRefused
	}
	delete(p.begun, nonce)
	_, salted, _ := strings.Cut(sofar, ",s=")
	salt64, _, _ := strings.Cut(salted, ",i=")
	salt, err := base64.StdEncoding.DecodeString(salt64)
	if err != nil {
		return "", errRefused
	}
	given, err := base64.StdEncoding.DecodeString(proof)
	if err != nil || len(given) != sha256.Size {
		return "", errRefused
	}
	for _, password := range p.each {
		if signature, ok := prove(password, salt, sofar+","+rest, given); ok {
			return "v=" + base64.StdEncoding.EncodeToString(signature), nil
		}
	}
	return "", errRefused
}

// prove checks the client's proof for one password and returns the server's.
func prove(password string, salt []byte, exchange string, given []byte) ([]byte, bool) {
	salted, err := pbkdf2.Key(sha256.New, password, salt, scramIterations, sha256.Size)
	if err != nil {
		return nil, false
	}
	clientKey := sign(salted, "Client Key")
	stored := sha256.Sum256(clientKey)
	signature := sign(stored[:], exchange)
	for i := range signature {
		signature[i] ^= clientKey[i]
	}
	return sign(sign(salted, "Server Key"), exchange), bytes.Equal(signature, given)
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, as documented
	return b
}
