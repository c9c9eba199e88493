// Package dashboard shows how a running server stands as one page that stays live: big figures, line charts over the
// last five minutes, the last requests, and what clients do wrong.
//
// A Snapshot of totals flows in once a second, from a Source that the owner gives, whether anybody looks or not; the
// last 300 are kept. The page flows out by ServePage, drawn whole by the server, so that it reads with scripts off; and
// ServeLive sends the parts of it anew, once a second, as server-sent events, to at most 32 viewers. All drawing is done
// here and once for everybody: the script in the page does nothing but put parts in their places.
//
// The page asks nothing of any other origin, and its Content-Security-Policy would not let it. The package may import
// internal/contract and internal/numeral.
package dashboard
