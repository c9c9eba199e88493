package reports

import (
	"crypto/sha256"
	_ "embed" // style and scripts are part of the binary
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/passmuster/muster/reports/chart"
)

// The parts of the page that come from uPlot, as `make assets` fetched them, and the page's own script: files of one
// function body, in the order in which they build on each other.
var (
	//go:embed assets/uplot/LICENSE
	plotLicence string
	//go:embed assets/uplot/uPlot.iife.min.js
	plotScript string
	//go:embed assets/uplot/uPlot.min.css
	plotStyle string
	//go:embed assets/page/text.js
	textScript string
	//go:embed assets/page/model.js
	modelScript string
	//go:embed assets/page/draw.js
	drawScript string
	//go:embed assets/page/stage.js
	stageScript string
	//go:embed assets/page/page.js
	mainScript string
)

// Frame is what a page has around its content. The zero value is that of a report in a file.
type Frame struct {
	Script  string // runs after the page's own; it may dispatch the events that assets/page/page.js tells of
	Connect string // to which sources scripts may connect, in the words of a content security policy; empty is to none
	State   string // words about the page itself, such as that it is live, in an element with the id "state"
}

// document is a page in its frame.
type document struct {
	page
	Policy        string
	Style         template.CSS
	Script, Extra template.JS
	Data          chart.Block
	State         string
}

// Write writes the whole page. The page's policy lets nothing run or look but what is written here, and fetches nothing.
func (p *Page) Write(w io.Writer, f Frame) error {
	looks, script := style+plotStyle, pageScript()
	return layout.Execute(w, document{
		page: p.page, Policy: policy(looks, f.Connect, script, f.Script),
		Style: template.CSS(looks), Script: template.JS(script), Extra: template.JS(f.Script), Data: p.block, State: f.State,
	})
}

// pageScript wraps all parts in one function, so that the page has no global names but those of the browser.
func pageScript() string {
	return "/*!\nuPlot, whose licence is:\n\n" + plotLicence + "*/\n(() => {\n\"use strict\";\n" +
		strings.Join([]string{plotScript, textScript, modelScript, drawScript, stageScript, mainScript}, "\n") + "})();\n"
}

// policy is the content security policy: by the digest of what is written in the page, and nothing else.
func policy(looks, connect string, scripts ...string) string {
	allowed := "script-src"
	for _, s := range scripts {
		if s != "" {
			allowed += " " + digest(s)
		}
	}
	all := []string{"default-src 'none'", "style-src " + digest(looks), allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"}
	if connect != "" {
		all = append(all, "connect-src "+connect)
	}
	return strings.Join(all, "; ")
}

// digest names inline text as a policy does.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
