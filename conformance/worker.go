package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// aliveEvery is how often a worker says that it is alive, whatever its checks wait for.
const aliveEvery = 5 * time.Second

// longestWord bounds what a worker may say of one clause, in bytes.
const longestWord = 16 << 20

// word is one line that a worker tells: what became of a clause, that it has told of all, or only that it is alive.
type word struct {
	ID  string `json:"id,omitempty"`
	Row row    `json:"row,omitzero"`
	End bool   `json:"end,omitempty"`
}

// Work judges the target by the clauses with these ids, as the worker of a crew: it writes a line of JSON to w as soon as
// each clause has been judged, every few seconds, and when all have been. cfg.Filter and cfg.Progress say nothing here.
//
// The error is muster's own fault or that of w; the last line is not written then.
func Work(ctx context.Context, cfg Config, ids []string, w io.Writer) error {
	selected := map[string]bool{}
	for _, id := range ids {
		if c, known := cfg.Register.Lookup(id); !known || c.Check == nil {
			return fmt.Errorf("conform: clause %q: no such clause that could be judged", id)
		}
		selected[id] = true
	}
	m := newMouth(w)
	stop := m.breathe()
	err := runTree(ctx, cfg, selected, func(id string, r row) { m.say(word{ID: id, Row: r}) })
	stop()
	if err == nil {
		m.say(word{End: true})
	}
	return errors.Join(err, m.err)
}

// mouth writes the words of a worker. It is safe for concurrent use.
type mouth struct {
	mu  sync.Mutex // guards all below
	enc *json.Encoder
	err error // the first word that could not be written; none was after it
}

func newMouth(w io.Writer) *mouth { return &mouth{enc: json.NewEncoder(w)} }

func (m *mouth) say(w word) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.err = m.enc.Encode(w)
	}
}

// breathe says at once, and again and again until the returned function has been called, that the worker is alive.
func (m *mouth) breathe() (stop func()) {
	m.say(word{})
	done := make(chan struct{})
	var breathing sync.WaitGroup
	breathing.Go(func() {
		tick := time.NewTicker(aliveEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				m.say(word{})
			}
		}
	})
	return func() { close(done); breathing.Wait() }
}

// hear reads what a worker tells and calls heard for every line but the last. It returns an error when the worker ended
// before it had told all.
func hear(from io.Reader, heard func(word)) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestWord)
	for lines.Scan() {
		var line word
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("read what it found: %w", err)
		}
		if line.End {
			return nil
		}
		heard(line)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read what it found: %w", err)
	}
	return errUntold
}

var errUntold = errors.New("it ended before it had told all")
