package target

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/passmuster/muster/internal/strict"
)

// The bounds on files that a target file names.
const (
	maxAuthorityBytes = 1 << 20
	maxTokensBytes    = 256 << 20 // a million tokens of 250 bytes
)

const besideTarget = "files are named relative to the folder of the target file"

// tokens reads the file of access tokens, if one is named, and checks every token without ever showing it.
func (d *decoder) tokens(p *Playtime) {
	const list, file = "playtime.access_tokens", "playtime.access_tokens_file"
	switch {
	case d.Has(list) && d.Has(file):
		d.Fault(file, "given together with access_tokens; want one of the two")
		return
	case d.Has(file):
		p.AccessTokens = d.tokensFile(file, p.AccessTokensFile)
		return
	case len(p.AccessTokens) == 0:
		d.Fault(list, "want at least one access token, or access_tokens_file")
	}
	for i, token := range p.AccessTokens {
		if !isToken(token.Reveal()) {
			d.Fault(strict.Index(list, i), "want a token of visible ASCII characters without spaces")
		}
	}
}

// tokensFile reads one token per line; blank lines and those that begin with # are skipped.
func (d *decoder) tokensFile(path, name string) []Secret {
	data, ok := d.read(path, name, maxTokensBytes)
	if !ok {
		return nil
	}
	var tokens []Secret
	number := 0
	for line := range bytes.Lines(data) {
		number++
		switch token := string(bytes.TrimSpace(line)); {
		case token == "" || token[0] == '#':
		case !isToken(token):
			d.Fault(path, "line %d of %s: want a token of visible ASCII characters without spaces", number, d.shown(path))
			return nil
		default:
			tokens = append(tokens, Secret(token))
		}
	}
	if len(tokens) == 0 {
		d.Fault(path, "%s holds no token; want one per line", d.shown(path))
	}
	return tokens
}

// authority reads the certificate authority, if one is named.
func (d *decoder) authority(path string, t *TLS) {
	if !d.Has(path) {
		return
	}
	data, ok := d.read(path, t.CAFile, maxAuthorityBytes)
	if !ok {
		return
	}
	if err := certificates(data); err != nil {
		d.Fault(path, "%s: want certificates in PEM form, got %v", d.shown(path), err)
		return
	}
	t.CA = data
}

// read reads a file that the target file names; ok is false when it could not, and that is reported.
func (d *decoder) read(path, name string, limit int) (data []byte, ok bool) {
	if name == "" {
		d.Fault(path, "want the name of a file, got nothing")
		return nil, false
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(d.dir, name)
	}
	data, err := strict.ReadUpTo(name, int64(limit)+1)
	switch {
	case err != nil:
		d.Fault(path, "read %s: %v", d.shown(path), strict.Reason(err))
		d.Advise(besideTarget)
	case len(data) > limit:
		d.Fault(path, "%s is larger than %d bytes", d.shown(path), limit)
	default:
		return data, true
	}
	return nil, false
}

// certificates reports why data is not one or more certificates in PEM form, with nothing but comments around them.
func certificates(data []byte) error {
	count := 0
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return fmt.Errorf("a block of type %s", block.Type)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return errors.New("a certificate that cannot be parsed")
		}
		count++
		data = rest
	}
	if count == 0 {
		return errors.New("none")
	}
	return nil
}

// isToken tells whether s can stand in an Authorization header as it is.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
