package reference

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

//go:embed page.html
var pageHTML string

// pageData is what the page shows.
type pageData struct {
	Target   *target.Target // its secrets print as placeholders
	Mutant   string
	Insights *contract.Insights // nil when no half has them
	Stats    Stats
	Now      time.Time
}

// page answers the two paths that are the host's own, and says whether the request was for one of them.
func (s *Server) page(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch r.URL.Path {
	case "/healthz":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // a client who has gone does not hear it
	case "/":
		s.showPage(w)
	default:
		return false
	}
	return true
}

func (s *Server) showPage(w http.ResponseWriter) {
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	now := time.Now()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	data := pageData{s.target, s.opts.Mutant, s.insights(now), s.Stats(), now.UTC().Truncate(time.Second)}
	_ = page.Execute(w, data) // a client who has gone does not see it
}

// insights asks the half that serves them, as a client would.
func (s *Server) insights(now time.Time) *contract.Insights {
	m := contract.Message{Transport: contract.HTTP, Method: http.MethodGet, Path: insightsPath}
	half := s.halfFor(&m)
	if half == nil {
		return nil
	}
	reply := half.Respond(now, &m).Reply
	var figures contract.Insights
	if reply.Status != http.StatusOK || json.Unmarshal(reply.Body, &figures) != nil {
		return nil
	}
	return &figures
}
