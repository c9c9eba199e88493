package dashboard

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/passmuster/muster/internal/numeral"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// parts are the templates that are sent anew each second, each for the element of the page that names it.
var parts = []string{"asof", "insights", "traffic", "clients", "requests", "faults"}

// page renders views, whole or in parts.
type page struct {
	layout *template.Template
	policy string // the Content-Security-Policy that the page can live with
}

func newPage() (*page, error) {
	layout, err := template.New("page").Funcs(template.FuncMap{"count": numeral.Thousands, "clock": clock, "took": took}).Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	return &page{layout: layout, policy: policy()}, nil
}

// policy lets the page's own style and script in, by their digests, and a connection home; nothing else.
func policy() string {
	return strings.Join([]string{
		"default-src 'none'", "style-src " + digest(pageCSS), "script-src " + digest(pageJS), "connect-src 'self'", "img-src data:",
		"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
	}, "; ")
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// whole renders the page.
func (p *page) whole(v view) ([]byte, error) {
	var b bytes.Buffer
	err := p.layout.Execute(&b, struct {
		View   view
		Style  template.CSS
		Script template.JS
	}{v, template.CSS(pageCSS), template.JS(pageJS)})
	return b.Bytes(), err
}

// event renders the parts as one server-sent event: a JSON object with the HTML of each.
func (p *page) event(v view) ([]byte, error) {
	rendered := make(map[string]string, len(parts))
	for _, name := range parts {
		var b strings.Builder
		if err := p.layout.ExecuteTemplate(&b, name, v); err != nil {
			return nil, err
		}
		rendered[name] = b.String()
	}
	var b bytes.Buffer
	b.WriteString("data: ")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(rendered); err != nil { // one line, whatever the HTML holds
		return nil, err
	}
	b.WriteString("\n")
	return b.Bytes(), nil
}
