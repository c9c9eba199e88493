package h1

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/passmuster/muster/internal/contract"
)

// head renders requests. What is the same in all of them is put together once.
type head struct {
	path  string // of the base URL, escaped, without its trailing slash
	host  string
	agent string
}

func newHead(base *url.URL, agent string) head {
	return head{path: base.RawPath, host: base.Host, agent: agent}
}

// render appends m to b as it goes over the wire: the request line, Host, the fields of m in their order and spelling,
// the length, and the body. Host comes first even when m names one; framing is ours.
func (h *head) render(b []byte, m *contract.Message) ([]byte, error) {
	method := m.Method
	if method == "" {
		method = http.MethodGet
	}
	if !httpguts.ValidHeaderFieldName(method) {
		return b, fmt.Errorf("render request: method %q is malformed", method)
	}
	b = append(append(b, method...), ' ')
	b, err := h.target(b, m)
	if err != nil {
		return b, err
	}
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, h.hostOf(m.Header)...)
	b = append(b, "\r\n"...)
	if b, err = h.fields(b, m.Header); err != nil {
		return b, err
	}
	if len(m.Body) > 0 || method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(m.Body)), 10)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, m.Body...), nil
}

// target appends the path and the query. A path with bytes that have to be escaped is escaped.
func (h *head) target(b []byte, m *contract.Message) ([]byte, error) {
	path := m.Path
	if !plainPath(path) {
		decoded, err := url.PathUnescape(h.path + path)
		if err != nil {
			return b, fmt.Errorf("render request: path %q is malformed", h.path+path)
		}
		b = append(b, (&url.URL{Path: decoded, RawPath: h.path + path}).EscapedPath()...)
	} else {
		b = append(append(b, h.path...), path...)
	}
	if h.path == "" && path == "" {
		b = append(b, '/')
	}
	if m.Query == "" {
		return b, nil
	}
	for i := range len(m.Query) {
		if m.Query[i] <= ' ' || m.Query[i] == 0x7f {
			return b, fmt.Errorf("render request: query has byte %#02x, want it escaped", m.Query[i])
		}
	}
	return append(append(b, '?'), m.Query...), nil
}

// plainPath says whether a path can go over the wire as it is without a closer look.
func plainPath(p string) bool {
	for i := range len(p) {
		c := p[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '/', c == '-', c == '_', c == '.', c == '~':
		default:
			return false
		}
	}
	return true
}

func (h *head) hostOf(fields []contract.Field) string {
	for i := range fields {
		if len(fields[i].Name) == len("Host") && strings.EqualFold(fields[i].Name, "Host") && httpguts.ValidHostHeader(fields[i].Value) {
			return fields[i].Value
		}
	}
	return h.host
}

// fields appends the header fields, but for those that are framing.
func (h *head) fields(b []byte, fields []contract.Field) ([]byte, error) {
	agent := h.agent
	for i := range fields {
		f := &fields[i]
		switch kindOf(f.Name) {
		case framing:
			continue
		case userAgent:
			agent = ""
			if f.Value == "" {
				continue // as net/http has it: an empty agent is none
			}
		case ordinary:
		}
		if !httpguts.ValidHeaderFieldName(f.Name) {
			return b, fmt.Errorf("render request: header name %q is malformed", f.Name)
		}
		if !plainValue(f.Value) {
			return b, fmt.Errorf("render request: value of header %s has a control character", f.Name)
		}
		b = append(append(b, f.Name...), ": "...)
		b = append(append(b, f.Value...), "\r\n"...)
	}
	if agent != "" {
		b = append(append(append(b, "User-Agent: "...), agent...), "\r\n"...)
	}
	return b, nil
}

// kind says how a header field is treated.
type kind uint8

const (
	ordinary kind = iota
	framing
	userAgent
)

func kindOf(name string) kind {
	switch len(name) {
	case len("Host"):
		if strings.EqualFold(name, "Host") {
			return framing
		}
	case len("Content-Length"):
		if strings.EqualFold(name, "Content-Length") {
			return framing
		}
	case len("Transfer-Encoding"):
		if strings.EqualFold(name, "Transfer-Encoding") {
			return framing
		}
	case len("User-Agent"):
		if strings.EqualFold(name, "User-Agent") {
			return userAgent
		}
	}
	return ordinary
}

// plainValue says whether a value has no control characters but tabs.
func plainValue(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' && v[i] != '\t' || v[i] == 0x7f {
			return false
		}
	}
	return true
}

// replayable says whether m may be sent again although it may have been taken: net/http's rule, which is that of RFC 9110,
// section 9.2.2, and of idempotency keys.
func replayable(m *contract.Message) bool {
	switch m.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	for i := range m.Header {
		if n := m.Header[i].Name; n == "Idempotency-Key" || n == "X-Idempotency-Key" {
			return true
		}
	}
	return false
}
