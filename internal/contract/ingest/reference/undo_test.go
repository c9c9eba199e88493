package reference

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// What could not be stored is forgotten, so that the client's repeat of it is taken.
func TestUndo(t *testing.T) {
	s, now := newServer(t), time.UnixMilli(1735689600250)
	body := "[" + event("a") + "," + event("b") + "]"
	first := s.Respond(now, post(body))
	if len(first.Accepted) != 2 || first.Undo == nil {
		t.Fatalf("%d stored, undo %t", len(first.Accepted), first.Undo != nil)
	}
	first.Undo()
	again := s.Respond(now, post(body))
	if len(again.Accepted) != 2 {
		t.Errorf("%d stored after the first attempt was undone, want 2", len(again.Accepted))
	}
	if repeat := s.Respond(now, post(body)); len(repeat.Accepted) != 0 || repeat.Undo != nil {
		t.Errorf("%d stored of a repeat, undo %t", len(repeat.Accepted), repeat.Undo != nil)
	}
	if refused := s.Respond(now, post("[")); refused.Undo != nil {
		t.Error("a refusal can be undone")
	}
}

// Undoing leaves a newer version alone, and brings back what was known before.
func TestUndoOfVersions(t *testing.T) {
	s := newSeen(10)
	one, two, three := []byte("1"), []byte("2"), []byte("3")
	first, _ := s.before("a", one, identical)
	second, _ := s.before("a", two, identical)
	s.undo([]trace{first})
	if _, repeat := s.before("a", two, identical); !repeat {
		t.Error("undoing an old version forgot the newer one")
	}
	s.undo([]trace{second})
	if _, repeat := s.before("a", one, identical); !repeat {
		t.Error("undoing the newer version did not bring back the old one")
	}
	twice := []trace{}
	for _, v := range [][]byte{two, three} {
		tr, _ := s.before("a", v, identical)
		twice = append(twice, tr)
	}
	s.undo(twice)
	if _, repeat := s.before("a", one, identical); !repeat {
		t.Error("undoing two versions of one batch did not bring back the one before both")
	}
}

// Memory stays bounded however often is undone.
func TestUndoStaysBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSeen(4)
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			tr, _ := s.before(rapid.StringMatching("[a-h]").Draw(t, "id"), []byte(rapid.StringMatching("[12]").Draw(t, "value")), identical)
			if rapid.Bool().Draw(t, "undo") {
				s.undo([]trace{tr})
			}
			if len(s.content) > 4 || len(s.order) > 4 {
				t.Fatalf("%d remembered in %d places, want at most 4", len(s.content), len(s.order))
			}
		}
	})
}

func TestDeletion(t *testing.T) {
	s, now := newServer(t), time.UnixMilli(1735689600250)
	deletion := event("a")[:len(event("a"))-1] + `,"op":"delete"}`
	var copies []contract.Stored
	for _, body := range []string{event("a"), deletion, deletion, event("a")} {
		for _, r := range s.Respond(now, post("["+body+"]")).Accepted {
			copies = append(copies, contract.Stored{ID: string(r.Key), Value: r.Value})
		}
	}
	if len(copies) != 3 {
		t.Fatalf("%d copies, want the event, its deletion once, and the event again", len(copies))
	}
	for n, counts := range []bool{false, true, false, true} {
		if _, got := ingest.Current(copies[:n]); got != counts {
			t.Errorf("after %d copies the event counts: %t", n, got)
		}
	}
}

// FuzzAnyMessage sends what no client ever would: the correct server neither panics nor claims that the fault is its own.
func FuzzAnyMessage(f *testing.F) {
	f.Add("POST", "/ingress/events", "application/json", "key-1", []byte("["+event("a")+"]"), uint8(0))
	f.Add("PUT", "/utils/time-unix", ";;", "", []byte{0xff}, uint8(1))
	f.Add("", "", "", "", []byte(`[[[[`), uint8(2))
	f.Add("POST", "/ingress/events", "application/json", "key-1", []byte(`[{"properties":`), uint8(3))
	f.Fuzz(func(t *testing.T, method, path, mediaType, key string, body []byte, way uint8) {
		s := newServer(t)
		m := &contract.Message{
			Transport: []contract.Transport{contract.HTTP, contract.Kafka, contract.SNS, ""}[way%4],
			Method:    method, Path: path, Query: path, Body: body, Records: []contract.Record{{Key: []byte(key), Value: body}, {}},
			Header: []contract.Field{{Name: "Content-Type", Value: mediaType}, {Name: "X-API-Key", Value: key}, {Name: key, Value: path}},
		}
		s.Handles(m)
		a := s.Respond(time.UnixMilli(0), m)
		if http := m.Transport == contract.HTTP || m.Transport == ""; http && (a.Reply.Status < 200 || a.Reply.Status > 499) {
			t.Fatalf("status %d: %s", a.Reply.Status, a.Reply.Body)
		}
		if a.Reply.Class == contract.ClassServer || len(a.Accepted) > 0 && a.Undo == nil {
			t.Fatalf("class %s, %d accepted, undo %t", a.Reply.Class, len(a.Accepted), a.Undo != nil)
		}
		for _, r := range a.Accepted {
			if e, faults := ingest.DecodeEvent(r.Value); len(faults) > 0 || e.ID != string(r.Key) {
				t.Fatalf("accepted %q = %s: %v", r.Key, r.Value, faults)
			}
		}
	})
}
