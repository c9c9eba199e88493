// Package browser holds tests that look at the pages of the project with a real Chromium: what is drawn, what moves,
// what the page asks of the network, and how it is used with a keyboard, on a phone and without scripts.
//
// The tests carry the build tag integration and drive the command chromium over the DevTools protocol; where it is
// missing they fail. `go test -tags integration -artifacts -outputdir DIR` keeps the screenshots that they take.
package browser
