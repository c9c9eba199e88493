package contract

import (
	"context"
	"strings"
	"testing"
)

func holds(context.Context, *Probe) ([]Violation, error) { return nil, nil }

// sound is a clause that nothing is wrong with.
func sound(id string) Clause {
	return Clause{ID: id, Duty: "does so", Level: Must, Basis: "ruling 0", Actor: Server, Check: holds}
}

func TestRegisterKeepsOrderAndFindsById(t *testing.T) {
	r, err := NewRegister(sound("a/b/c"), sound("a/b/a"))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Clauses()[0].ID + " " + r.Clauses()[1].ID; got != "a/b/c a/b/a" {
		t.Errorf("got order %s, want the order given", got)
	}
	if c, ok := r.Lookup("a/b/a"); !ok || c.ID != "a/b/a" {
		t.Errorf("lookup gave %q, %v", c.ID, ok)
	}
	if _, ok := r.Lookup("a/b/x"); ok {
		t.Error("lookup found a clause that is not there")
	}
}

func TestRegisterRefusesEveryUnsoundClauseAtOnce(t *testing.T) {
	change := func(edit func(*Clause)) Clause {
		c := sound("a/b/c")
		edit(&c)
		return c
	}
	cases := map[string]Clause{
		"malformed id":            change(func(c *Clause) { c.ID = "a/b" }),
		"malformed id, uppercase": change(func(c *Clause) { c.ID = "a/b/C" }),
		"duty and basis":          change(func(c *Clause) { c.Duty = "" }),
		"both be given":           change(func(c *Clause) { c.Basis = "" }),
		"no level":                change(func(c *Clause) { c.Level = 0 }),
		`actor ""`:                change(func(c *Clause) { c.Actor = "" }),
		"either a check":          change(func(c *Clause) { c.Check = nil }),
		"the reason":              change(func(c *Clause) { c.Unobservable = "it is hidden" }),
	}
	for want, c := range cases {
		want, _, _ = strings.Cut(want, ",")
		if _, err := NewRegister(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
	_, err := NewRegister(sound("a/b/c"), sound("a/b/c"), cases["no level"])
	if err == nil || !strings.Contains(err.Error(), "used twice") || !strings.Contains(err.Error(), "no level") {
		t.Errorf("got error %v, want both faults", err)
	}
}

func TestLevelsReadBackInEitherCase(t *testing.T) {
	for _, l := range []Level{May, Should, Must} {
		text, err := l.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got Level
		if err := got.UnmarshalText([]byte(strings.ToLower(string(text)))); err != nil || got != l {
			t.Errorf("%s read back as %v, %v", text, got, err)
		}
	}
	if _, err := ParseLevel("shall"); err == nil || !strings.Contains(err.Error(), "must, should or may") {
		t.Errorf("got error %v, want one that says what is allowed", err)
	}
}

func TestOnlyTheTargetsOwnWordIsAnAnswer(t *testing.T) {
	cases := []struct {
		reply Reply
		want  bool
	}{
		{Reply{Outcome: Acknowledged}, true},
		{Reply{Outcome: Failed, Class: ClassRejected}, true},
		{Reply{Outcome: Failed, Class: ClassAuth}, true},
		{Reply{Outcome: Indeterminate, Class: ClassTimeout}, false},
		{Reply{Outcome: Indeterminate, Class: ClassReset}, false},
		{Reply{Outcome: NeverSent, Class: ClassDial}, false},
		{Reply{Outcome: NeverSent, Class: ClassGenerator}, false},
		{Reply{Outcome: Indeterminate}, false},
	}
	for _, c := range cases {
		if got := c.reply.Answered(); got != c.want {
			t.Errorf("%s %s: answered %v, want %v", c.reply.Outcome, c.reply.Class, got, c.want)
		}
	}
}

func TestHeadersAreFoundInAnyCase(t *testing.T) {
	m := Message{Header: []Field{{"X-API-Key", "1"}, {"x-api-key", "2"}}}
	if v, ok := m.Get("x-Api-Key"); !ok || v != "1" {
		t.Errorf("got %q, %v, want the first", v, ok)
	}
	if _, ok := m.Get("accept"); ok {
		t.Error("found a header that is not there")
	}
}

func TestWordsOfKindsAndOutcomes(t *testing.T) {
	for k := range Kinds {
		if s := Kind(k).String(); s == "unknown" {
			t.Errorf("kind %d has no word", k)
		}
	}
	for o := range Outcomes {
		if s := Outcome(o).String(); s == "unknown" {
			t.Errorf("outcome %d has no word", o)
		}
	}
	if Kind(Kinds).String() != "unknown" || Outcome(Outcomes).String() != "unknown" {
		t.Error("a number outside has a word")
	}
}
