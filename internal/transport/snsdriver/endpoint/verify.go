package endpoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	dateForm  = "20060102T150405Z"
	skew      = 15 * time.Minute // that a request's clock may be off
)

// credential is what a request says about who signed it, and how.
type credential struct {
	accessKey, date, region, service string
	signed                           []string // names of the headers that were signed, in the request's order
	signature                        []byte
}

// authenticate verifies the signature of a request.
func (e *Endpoint) authenticate(r *http.Request, body []byte) *Error {
	given := r.Header.Get("Authorization")
	if given == "" {
		if e.cfg.Wrong.Unsigned {
			return nil
		}
		return newError(unsigned, "the request carries no Authorization header")
	}
	c, refused := parseAuthorization(given)
	if refused != nil {
		return refused
	}
	known := hmac.Equal([]byte(c.accessKey), []byte(e.cfg.AccessKeyID))
	switch {
	case !known && e.cfg.Wrong.AnyAccessKey, e.cfg.Wrong.AnySecret && known:
		return nil
	case !known:
		return newError(unknownAccessKey, "the access key is not known here")
	case c.region != e.cfg.Region || c.service != "sns":
		return newError(badSignature, fmt.Sprintf("credential of %.32q in %.32q, want sns in %s", c.service, c.region, e.cfg.Region))
	}
	return c.verify(r, body, e.cfg.SecretAccessKey, time.Now())
}

// parseAuthorization reads the header's value: the algorithm, and Credential, SignedHeaders and Signature in any order.
func parseAuthorization(value string) (c credential, refused *Error) {
	scheme, rest, _ := strings.Cut(value, " ")
	if scheme != algorithm {
		return c, newError(incomplete, "want "+algorithm)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = text
	}
	scope := strings.Split(parts["Credential"], "/")
	if len(scope) != 5 || scope[4] != "aws4_request" {
		return c, newError(incomplete, "want Credential=KEY/DATE/REGION/SERVICE/aws4_request")
	}
	c = credential{accessKey: scope[0], date: scope[1], region: scope[2], service: scope[3]}
	c.signed = strings.Split(parts["SignedHeaders"], ";")
	if !slices.Contains(c.signed, "host") {
		return c, newError(badSignature, "host is not among SignedHeaders")
	}
	signature, err := hex.DecodeString(parts["Signature"])
	if err != nil || len(signature) != sha256.Size {
		return c, newError(incomplete, "want a Signature of 64 hex digits")
	}
	c.signature = signature
	return c, nil
}

// verify computes the signature anew, over the headers that the request names.
func (c credential) verify(r *http.Request, body []byte, secret string, now time.Time) *Error {
	stamp := r.Header.Get("X-Amz-Date")
	signedAt, err := time.Parse(dateForm, stamp)
	switch {
	case err != nil || !strings.HasPrefix(stamp, c.date) || c.date == "":
		return newError(incomplete, "want an X-Amz-Date of the day of the credential")
	case !slices.Contains(c.signed, "x-amz-date"):
		return newError(badSignature, "x-amz-date is not among SignedHeaders")
	case now.Sub(signedAt).Abs() > skew:
		return newError(badSignature, fmt.Sprintf("signed at %s, more than %s from now", stamp, skew))
	}
	sum := sha256.Sum256(body)
	payload := hex.EncodeToString(sum[:])
	if told := r.Header.Get("X-Amz-Content-Sha256"); told != "" && told != payload {
		return newError(badSignature, "x-amz-content-sha256 is not the hash of the body")
	}
	request := sha256.Sum256([]byte(c.canonical(r, payload)))
	scope := strings.Join([]string{c.date, c.region, c.service, "aws4_request"}, "/")
	text := strings.Join([]string{algorithm, stamp, scope, hex.EncodeToString(request[:])}, "\n")
	key := []byte("AWS4" + secret)
	for _, step := range []string{c.date, c.region, c.service, "aws4_request", text} {
		key = digest(key, step)
	}
	if !hmac.Equal(key, c.signature) {
		return newError(badSignature, "the signature is not that of this request by this access key")
	}
	return nil
}

func digest(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text)) // a hash takes everything
	return h.Sum(nil)
}

// canonical is the request in the one form that both sides hash.
func (c credential) canonical(r *http.Request, payload string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", r.Method, canonicalPath(r.URL), canonicalQuery(r.URL.Query()))
	for _, name := range c.signed {
		fmt.Fprintf(&b, "%s:%s\n", name, headerValue(r, name))
	}
	fmt.Fprintf(&b, "\n%s\n%s", strings.Join(c.signed, ";"), payload)
	return b.String()
}

// headerValue is a header as it is signed: values joined by commas, runs of spaces made one. What net/http keeps apart
// from the others is looked for where it keeps it.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	values := slices.Clone(r.Header.Values(name))
	for i, v := range values {
		values[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(values, ",")
}

// canonicalPath escapes each segment of the path once more, as every service but S3 asks for.
func canonicalPath(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		return "/"
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = escape(s)
	}
	return strings.Join(segments, "/")
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, v := range values {
			pairs = append(pairs, escape(name)+"="+escape(v))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// escape is percent-encoding of everything but the unreserved characters (RFC 3986, section 2.3).
func escape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), "%7E", "~")
}
