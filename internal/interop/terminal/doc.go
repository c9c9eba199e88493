// Package terminal holds tests that look at what muster draws on a genuine terminal: tmux, which is one, and tells what
// can be seen on it.
//
// The tests carry the build tag integration; a missing tmux fails them.
package terminal
