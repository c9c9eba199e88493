// Package browser holds tests that look at the pages of the project with a real Chromium: what is drawn, what moves,
// what the page asks of the network, and how it is used with a keyboard, on a phone, without scripts and without eyes.
//
// The tests carry the build tag integration. They drive the command chromium over the DevTools protocol and want
// axe-core, which judges whether everybody can use the page; what is missing fails them.
// `go test -tags integration -artifacts -outputdir DIR` keeps the screenshots that they take.
package browser
