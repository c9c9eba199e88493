package reference

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
)

const (
	maxShown   = 2048 // bytes of a line or a body that a transcript shows
	maxHeaders = 40   // header lines that a transcript shows
	minSecret  = 8    // bytes from which on a secret is looked for everywhere; a shorter one is no secret of anybody
	redacted   = "[redacted]"
)

// secretName tells by the name of a header or a query parameter that its value is a secret. A client that is tried here
// may well bring credentials of the real service.
var secretName = regexp.MustCompile(`(?i)^(cookie|.*(authorization|api[-_]?key|token|secret|password|metrics[-_]?key))$`)

// secretMember finds such a member in a body, be it JSON or a form.
var secretMember = regexp.MustCompile(`(?i)("?[a-z_-]*(?:api[-_]?key|token|secret|password|metrics[-_]?key)"?\s*[:=]\s*"?)[^"&\s,}]+`)

// transcript writes a message in the manner of HTTP's own text form, and what it was answered. What is a secret by its
// name is replaced, there and wherever else it stands.
func transcript(m *contract.Message, answered string) string {
	secrets := secretsOf(m)
	var b strings.Builder
	if m.Method != "" {
		fmt.Fprintf(&b, "> %s %s\n", m.Method, secrets.hide(locator(m)))
	}
	for i, f := range m.Header {
		if i == maxHeaders {
			fmt.Fprintf(&b, "> (%d more header lines)\n", len(m.Header)-i)
			break
		}
		fmt.Fprintf(&b, "> %s: %s\n", f.Name, secrets.show(headerValue(f)))
	}
	if len(m.Body) > 0 {
		fmt.Fprintf(&b, ">\n> %s\n", secrets.show(string(m.Body)))
	}
	for _, r := range m.Records {
		fmt.Fprintf(&b, "> key %s\n>\n> %s\n", secrets.show(string(r.Key)), secrets.show(string(r.Value)))
	}
	fmt.Fprintf(&b, "< %s\n", answered)
	return b.String()
}

// locator returns path and query, the values of secret parameters replaced.
func locator(m *contract.Message) string {
	if m.Query == "" {
		return m.Path
	}
	pairs := strings.Split(m.Query, "&")
	for i, pair := range pairs {
		if name, _, _ := strings.Cut(pair, "="); secretName.MatchString(name) {
			pairs[i] = name + "=" + redacted
		}
	}
	return m.Path + "?" + strings.Join(pairs, "&")
}

// headerValue returns the value of a header; of a secret one no more than the scheme before it.
func headerValue(f contract.Field) string {
	if !secretName.MatchString(f.Name) || f.Value == "" {
		return f.Value
	}
	if scheme, _, found := strings.Cut(f.Value, " "); found && !strings.ContainsAny(scheme, "=;") {
		return scheme + " " + redacted
	}
	return redacted
}

// secrets are values that must not be shown.
type secrets []string

// secretsOf collects what m brings under secret names, long enough to be looked for elsewhere.
func secretsOf(m *contract.Message) secrets {
	var found secrets
	add := func(value string) {
		if len(value) >= minSecret {
			found = append(found, value)
		}
	}
	for _, f := range m.Header {
		if secretName.MatchString(f.Name) {
			scheme, rest, _ := strings.Cut(f.Value, " ")
			add(scheme)
			add(strings.TrimSpace(rest))
		}
	}
	for pair := range strings.SplitSeq(m.Query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !secretName.MatchString(name) {
			continue
		}
		add(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			add(plain)
		}
	}
	return found
}

// hide replaces the secrets in text.
func (s secrets) hide(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return secretMember.ReplaceAllString(text, "${1}"+redacted)
}

// show returns text without the secrets, cut at maxShown, or its size when it is not text.
func (s secrets) show(text string) string {
	if !utf8.ValidString(text) {
		return fmt.Sprintf("(%d bytes that are not UTF-8)", len(text))
	}
	hidden := s.hide(text)
	if len(hidden) > maxShown {
		return strings.ToValidUTF8(hidden[:maxShown], "") + fmt.Sprintf("… (%d bytes in all)", len(text))
	}
	return hidden
}
