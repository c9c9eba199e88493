package dashboard

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// writeTimeout is what a viewer is given to take one event.
const writeTimeout = 10 * time.Second

// ServePage answers with the whole page, as of the last snapshot.
func (b *Board) ServePage(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	text, err := b.page.whole(b.view())
	b.mu.Unlock()
	if err != nil {
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Content-Security-Policy", b.page.policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // a client who has gone does not see it
}

// ServeLive streams server-sent events (HTML standard, section 9.2): the present view at once, then one each second,
// until the client goes or the board is closed. Beyond 32 viewers the answer is 503.
func (b *Board) ServeLive(w http.ResponseWriter, r *http.Request) {
	viewer, err := b.join()
	if err != nil {
		http.Error(w, "the view could not be rendered", http.StatusInternalServerError)
		return
	}
	if viewer == nil {
		http.Error(w, "too many viewers: at most "+strconv.Itoa(maxViewers), http.StatusServiceUnavailable)
		return
	}
	defer b.leave(viewer)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	for {
		select {
		case event := <-viewer:
			if !send(w, event) {
				return
			}
		case <-r.Context().Done():
			return
		case <-b.stop:
			return
		}
	}
}

// send writes one event through to the client, and says whether that went well. The stream outlives the deadline that
// the server gives to an answer, so each event gets its own.
func send(w http.ResponseWriter, event []byte) bool {
	control := http.NewResponseController(w)
	err := control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return false
	}
	if _, err := w.Write(event); err != nil {
		return false
	}
	return control.Flush() == nil
}
