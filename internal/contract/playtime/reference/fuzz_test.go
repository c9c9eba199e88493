package reference

import (
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// FuzzRespond: whatever arrives, the correct server answers it, and never with a fault of its own.
func FuzzRespond(f *testing.F) {
	for _, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End} {
		m := request(f, kind, "s", 1, epoch, 5)
		f.Add("POST", m.Path, "api_key=k", "Bearer a", "application/json", "*/*", "linux", m.Body)
	}
	f.Add("POST", playtime.PathStart, "", "Bearer a", formType, "", "", []byte("input_json={}&ids[]=1"))
	f.Add("GET", playtime.PathExport, "format=parquet&table=%zz", "", "", "", "", []byte(nil))
	f.Add("GET", playtime.PathInsights, "", "", "", "", "", []byte(nil))
	f.Add("POST", "/v1/x", "%", "bearer", ";;", ";q=0", "\xff", []byte(`[[[[[{"Key":`))
	f.Fuzz(func(t *testing.T, method, path, query, auth, mediaType, accept, platform string, body []byte) {
		knobs := Knobs{Forms: len(body)%2 == 0, RefuseReplays: true, IDsInBeatHash: true, Limits: DocumentedLimits(), Skew: 1}
		s := serverWith(t, knobs)
		for range 2 { // the second time something is remembered
			m := &contract.Message{Transport: contract.HTTP, Method: method, Path: path, Query: query, Body: body, Header: []contract.Field{
				{Name: "Authorization", Value: auth}, {Name: "Content-Type", Value: mediaType}, {Name: "Accept", Value: accept},
				{Name: playtime.HeaderPlatform, Value: platform}, {Name: "X-Forwarded-For", Value: platform},
			}}
			if !s.Handles(m) {
				return
			}
			if r := s.Respond(epoch, m).Reply; r.Status < 200 || r.Status >= 500 {
				t.Fatalf("answered %d %s", r.Status, r.Body)
			}
		}
	})
}
