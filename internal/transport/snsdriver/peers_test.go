package snsdriver_test

import (
	"io"
	"log"
	"net/http"
	"testing"
)

// forward passes a request on unchanged, Host and all, as a TLS terminator does.
func forward(t *testing.T, to string, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	req, err := http.NewRequestWithContext(r.Context(), r.Method, to+r.URL.RequestURI(), r.Body)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header, req.Host, req.ContentLength = r.Header.Clone(), r.Host, r.ContentLength
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

// quiet is where a server may complain about handshakes that are meant to fail.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
