package conformance

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// bodyShown bounds how much of a body a transcript shows, in bytes.
const bodyShown = 2048

// Evidence turns exchanges into text that may leave the process: transcripts and commands, secrets replaced.
// The zero value replaces nothing.
type Evidence struct {
	// Secrets maps each secret value to the name of the variable that stands for it, such as ACCESS_TOKEN.
	Secrets map[string]string
	// Base returns the variable that stands for the base URL of an operation, such as PLAYTIME_URL.
	Base func(operation string) string
}

// Redact replaces every secret in text by $NAME, the longest first, so that one inside another leaves no rest.
func (e Evidence) Redact(text string) string {
	values := make([]string, 0, len(e.Secrets))
	for value := range e.Secrets {
		if value != "" {
			values = append(values, value)
		}
	}
	sort.Slice(values, func(i, j int) bool {
		if len(values[i]) != len(values[j]) {
			return len(values[i]) > len(values[j])
		}
		return values[i] < values[j]
	})
	for _, value := range values {
		text = strings.ReplaceAll(text, value, "$"+e.Secrets[value])
	}
	return text
}

// violations renders what a check saw for the run directory.
func (e Evidence) violations(seen []contract.Violation) []record.Violation {
	out := make([]record.Violation, 0, len(seen))
	for _, v := range seen {
		r := record.Violation{Wanted: e.Redact(v.Wanted), Got: e.Redact(v.Got)}
		if v.Exchange != nil {
			r.Exchange = e.Redact(transcript(v.Exchange))
			r.Curl = e.Curl(&v.Exchange.Message)
		}
		out = append(out, r)
	}
	return out
}

// transcript writes an exchange in the manner of HTTP's own text form.
func transcript(x *contract.Exchange) string {
	var b strings.Builder
	m := &x.Message
	if m.Transport == contract.HTTP {
		fmt.Fprintf(&b, "> %s %s\n", m.Method, pathAndQuery(m))
		for _, h := range m.Header {
			fmt.Fprintf(&b, "> %s: %s\n", h.Name, h.Value)
		}
	}
	writeBody(&b, "> ", m.Body)
	for _, r := range m.Records {
		fmt.Fprintf(&b, "> key %s\n", shown(r.Key))
		writeBody(&b, "> ", r.Value)
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
	writeBody(&b, "< ", x.Reply.Body)
	return b.String()
}

func writeBody(b *strings.Builder, prefix string, body []byte) {
	if len(body) > 0 {
		fmt.Fprintf(b, "%s\n%s%s\n", strings.TrimSpace(prefix), prefix, shown(body))
	}
}

// shown returns body as text, cut at bodyShown, or its size when it is not text.
func shown(body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("(%d bytes that are not UTF-8)", len(body))
	}
	if len(body) > bodyShown {
		return strings.ToValidUTF8(string(body[:bodyShown]), "") + fmt.Sprintf("… (%d bytes in all)", len(body))
	}
	return string(body)
}

// Curl returns a command for a POSIX shell that sends a message by HTTP again, with variables in place of secrets; empty
// for another transport.
func (e Evidence) Curl(m *contract.Message) string {
	if m.Transport != contract.HTTP {
		return ""
	}
	base := "BASE_URL"
	if e.Base != nil {
		base = e.Base(m.Operation)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `curl -i -X %s "$%s%s"`, m.Method, base, doubleQuoted(pathAndQuery(m)))
	for _, h := range m.Header {
		fmt.Fprintf(&b, ` -H "%s: %s"`, h.Name, doubleQuoted(h.Value))
	}
	if len(m.Body) > 0 {
		fmt.Fprintf(&b, " --data-raw '%s'", strings.ReplaceAll(string(m.Body), `'`, `'\''`))
	}
	return e.Redact(b.String())
}

// doubleQuoted escapes s for use between double quotes. Redact runs afterwards and puts in the live variables.
func doubleQuoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(s)
}

func pathAndQuery(m *contract.Message) string {
	if m.Query == "" {
		return m.Path
	}
	return m.Path + "?" + m.Query
}
