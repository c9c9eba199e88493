package reference

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference/dashboard"
)

// share of the time is the most that asking for the insights may take: a half with millions of players needs a while to
// count them, and is not to be kept from its clients by that.
const share = 100

// figures asks the half that serves the insights for them, as a client would. It is not safe for concurrent use.
type figures struct {
	of       *Server
	next     time.Time // not to be asked before
	insights *contract.Insights
	buckets  []dashboard.Count
}

// at returns the insights and the playtime buckets as of now, or as of the last time that they were asked for; none when
// no half has them.
func (f *figures) at(now time.Time) (*contract.Insights, []dashboard.Count) {
	if now.Before(f.next) {
		return f.insights, f.buckets
	}
	f.insights, f.buckets = f.ask(now)
	f.next = now.Add(share * time.Since(now))
	return f.insights, f.buckets
}

// ask has no client who would hear of a fault, so it counts it.
func (f *figures) ask(now time.Time) (_ *contract.Insights, _ []dashboard.Count) {
	defer func() {
		if recover() != nil {
			f.of.counts.panics.Add(1)
		}
	}()
	m := contract.Message{Transport: contract.HTTP, Method: http.MethodGet, Path: insightsPath}
	half := f.of.halfFor(&m)
	if half == nil {
		return nil, nil
	}
	reply := half.Respond(now, &m).Reply
	var told struct {
		contract.Insights
		Buckets buckets `json:"playtime_buckets"`
	}
	if reply.Status != http.StatusOK || json.Unmarshal(reply.Body, &told) != nil {
		return nil, nil
	}
	return &told.Insights, told.Buckets
}

// buckets are the members of an object, in the order in which they stand there.
type buckets []dashboard.Count

// UnmarshalJSON reads an object of whole numbers. Anything but an object is no buckets.
func (b *buckets) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var total int64
		if err := dec.Decode(&total); err != nil {
			return err
		}
		label, _ := name.(string)
		*b = append(*b, dashboard.Count{Name: label, Total: total})
	}
	return nil
}
