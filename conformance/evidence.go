package conformance

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// bodyShown bounds how much of a body a transcript shows, in bytes.
const bodyShown = 2048

// bodyRead bounds how much of a body is looked through for secrets before it is cut to bodyShown, so that the cut leaves
// no part of one.
const bodyRead = 64 << 10

// Evidence turns exchanges into text that may leave the process: transcripts and commands, secrets replaced.
// The zero value replaces nothing.
type Evidence struct {
	redactor *Redactor
	base     func(operation string) string
}

// NewEvidence returns an Evidence without the secrets that r knows; nil knows none. base returns the variable that stands
// for the base URL of an operation, such as PLAYTIME_URL; nil means BASE_URL for all.
func NewEvidence(r *Redactor, base func(operation string) string) Evidence {
	return Evidence{redactor: r, base: base}
}

// Redact returns text with every secret replaced by $NAME.
func (e Evidence) Redact(text string) string { return e.redactor.Redact(text) }

// violations renders what a check saw for the run directory.
func (e Evidence) violations(seen []contract.Violation) []record.Violation {
	out := make([]record.Violation, 0, len(seen))
	for _, v := range seen {
		r := record.Violation{Wanted: e.Redact(v.Wanted), Got: e.Redact(v.Got)}
		if v.Exchange != nil {
			r.Exchange = e.transcript(v.Exchange)
			r.Curl = e.Curl(&v.Exchange.Message)
		}
		out = append(out, r)
	}
	return out
}

// transcript writes an exchange in the manner of HTTP's own text form.
func (e Evidence) transcript(x *contract.Exchange) string {
	var b strings.Builder
	m := &x.Message
	if m.Transport == contract.HTTP {
		fmt.Fprintf(&b, "> %s %s\n", m.Method, pathAndQuery(m))
		for _, h := range m.Header {
			fmt.Fprintf(&b, "> %s: %s\n", h.Name, h.Value)
		}
	}
	e.writeBody(&b, "> ", m.Body)
	for _, r := range m.Records {
		fmt.Fprintf(&b, "> key %s\n", e.shown(r.Key))
		e.writeBody(&b, "> ", r.Value)
	}
	fmt.Fprintf(&b, "< %s", x.Reply.Outcome)
	if x.Reply.Status != 0 {
		fmt.Fprintf(&b, ", status %d", x.Reply.Status)
	}
	if x.Reply.Detail != "" {
		fmt.Fprintf(&b, ", %s", x.Reply.Detail)
	}
	b.WriteByte('\n')
	for _, h := range x.Reply.Header {
		fmt.Fprintf(&b, "< %s: %s\n", h.Name, h.Value)
	}
	e.writeBody(&b, "< ", x.Reply.Body)
	return e.Redact(b.String())
}

func (e Evidence) writeBody(b *strings.Builder, prefix string, body []byte) {
	if len(body) > 0 {
		fmt.Fprintf(b, "%s\n%s%s\n", strings.TrimSpace(prefix), prefix, e.shown(body))
	}
}

// shown returns body as text without secrets, cut at bodyShown, or its size when it is not text.
func (e Evidence) shown(body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("(%d bytes that are not UTF-8)", len(body))
	}
	text := e.Redact(string(body[:min(len(body), bodyRead)]))
	if len(body) > bodyRead || len(text) > bodyShown {
		return strings.ToValidUTF8(text[:min(len(text), bodyShown)], "") + fmt.Sprintf("… (%d bytes in all)", len(body))
	}
	return text
}

// Curl returns a command for a POSIX shell that sends a message by HTTP again, with variables in place of secrets; empty
// for another transport.
func (e Evidence) Curl(m *contract.Message) string {
	if m.Transport != contract.HTTP {
		return ""
	}
	base := "BASE_URL"
	if e.base != nil {
		base = e.base(m.Operation)
	}
	live := func(name string) string { return "$" + name }
	var b strings.Builder
	fmt.Fprintf(&b, `curl -i -X %s "$%s%s"`, m.Method, base, e.redactor.rewrite(pathAndQuery(m), doubleQuoted, live))
	for _, h := range m.Header {
		fmt.Fprintf(&b, ` -H "%s"`, e.redactor.rewrite(h.Name+": "+h.Value, doubleQuoted, live))
	}
	if len(m.Body) > 0 {
		outside := func(name string) string { return `'"$` + name + `"'` } // no variable is live within single quotes
		fmt.Fprintf(&b, " --data-raw '%s'", e.redactor.rewrite(string(m.Body), singleQuoted, outside))
	}
	return b.String()
}

// doubleQuoted escapes s for use between double quotes.
func doubleQuoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(s)
}

// singleQuoted escapes s for use between single quotes.
func singleQuoted(s string) string { return strings.ReplaceAll(s, `'`, `'\''`) }

func pathAndQuery(m *contract.Message) string {
	if m.Query == "" {
		return m.Path
	}
	return m.Path + "?" + m.Query
}
