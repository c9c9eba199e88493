package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/strict"
)

// longestThreshold bounds the characters of a threshold.
const longestThreshold = 128

var times = []string{Response, Service, Ack, Visible}

var quantities = []string{Response, Service, Ack, Visible, Errors, Lost, Duplicated, Reordered, Corrupt, Phantom}

var statistics = []string{"p50", "p90", "p99", "p99.9", "max"}

var comparisons = []string{"<", "<=", "==", ">=", ">"}

var (
	thresholdWord = regexp.MustCompile(`[<>=!]+|[^\s<>=!]+`)
	operationForm = regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	shareForm     = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	digitFirst    = regexp.MustCompile(`^[0-9]`)
)

// Parse reads the threshold. The error is one line that names the text, the word that is wrong and what is allowed there.
func (t Threshold) Parse() (Condition, error) {
	text := strings.TrimSpace(string(t))
	c := Condition{Text: text}
	if len(text) > longestThreshold {
		return Condition{}, fmt.Errorf("threshold %s: want at most %d characters", strict.Show(text), longestThreshold)
	}
	r := thresholdReader{words: thresholdWord.FindAllString(text, -1)}
	for _, part := range []func(*Condition) error{r.subject, r.comparison, r.bound, r.window, r.abort, r.end, sound} {
		if err := part(&c); err != nil {
			return Condition{}, fmt.Errorf("threshold %s: %w", strict.Show(text), err)
		}
	}
	return c, nil
}

// thresholdReader goes through the words of a threshold.
type thresholdReader struct {
	words []string
	at    int
}

// peek returns the next word, or nothing at the end.
func (r *thresholdReader) peek() string {
	if r.at < len(r.words) {
		return r.words[r.at]
	}
	return ""
}

func (r *thresholdReader) next() string {
	word := r.peek()
	r.at = min(r.at+1, len(r.words))
	return word
}

// read returns the words so far, for an error about what follows them.
func (r *thresholdReader) read() string { return strconv.Quote(strings.Join(r.words[:r.at], " ")) }

// oneOf reads a word that must be among some.
func (r *thresholdReader) oneOf(what string, known []string) (string, error) {
	word := r.peek()
	if slices.Contains(known, word) {
		return r.next(), nil
	}
	after := ""
	if r.at > 0 {
		after = " after " + r.read()
	}
	got := "got " + strict.Show(word)
	if word == "" {
		got = "got nothing"
	}
	return "", fmt.Errorf("want %s%s, one of %s, %s%s", what, after, strings.Join(known, " "), got, strict.Suggest(word, known))
}

// subject reads what the threshold is about.
func (r *thresholdReader) subject(c *Condition) (err error) {
	if operationForm.MatchString(r.peek()) {
		c.Operation = r.next()
	}
	if r.peek() == "lag" {
		return fmt.Errorf("the lag is the generator's own: generator.max_lag and generator.late_share judge it, and make a run invalid")
	}
	if c.Quantity, err = r.oneOf("a quantity", quantities); err != nil {
		return err
	}
	if slices.Contains(times, c.Quantity) {
		c.Statistic, err = r.oneOf("a statistic", statistics)
	}
	return err
}

func (r *thresholdReader) comparison(c *Condition) (err error) {
	c.Comparison, err = r.oneOf("a comparison", comparisons)
	return err
}

// bound reads the bound in the unit that the quantity is measured in.
func (r *thresholdReader) bound(c *Condition) error {
	text := r.next()
	share, isShare := strings.CutSuffix(text, "%")
	switch {
	case c.Statistic != "":
		d, err := time.ParseDuration(text)
		if err != nil || !digitFirst.MatchString(text) {
			return fmt.Errorf("bound %q: want a duration such as 250ms", text)
		}
		c.Unit, c.Bound = Micros, float64(d)/float64(time.Microsecond)
	case isShare && c.Quantity == Errors:
		v, err := strconv.ParseFloat(share, 64)
		if err != nil || v > 100 || !shareForm.MatchString(share) {
			return fmt.Errorf("bound %q: want 0%% to 100%%", text)
		}
		c.Unit, c.Bound = Share, v/100
	default:
		v, err := strconv.ParseUint(text, 10, 53)
		if err != nil {
			return fmt.Errorf("bound %q: want a whole number%s", text, map[bool]string{true: " or a share such as 0.1%"}[c.Quantity == Errors])
		}
		c.Bound = float64(v)
	}
	return nil
}

// window reads how long the windows are, if there are any.
func (r *thresholdReader) window(c *Condition) error {
	if r.peek() != "over" {
		return nil
	}
	r.next()
	if word := r.next(); word != "any" {
		return fmt.Errorf(`want "over any" and a window, such as over any 10s, got "over %s"`, word)
	}
	text := r.next()
	d, err := time.ParseDuration(text)
	if err != nil || d < shortestWindow || d > longestWindow || d%time.Second != 0 {
		return fmt.Errorf("window %q: want whole seconds, %v to %v, because a second is what a run keeps", text, plain(shortestWindow), plain(longestWindow))
	}
	c.Window = d
	return nil
}

func (r *thresholdReader) abort(c *Condition) error {
	if c.Abort = r.peek() == "abort"; c.Abort {
		r.next()
	}
	return nil
}

// end refuses what is left over.
func (r *thresholdReader) end(c *Condition) error {
	if r.at == len(r.words) {
		return nil
	}
	allowed := "nothing more"
	switch {
	case c.Abort:
	case c.Window > 0:
		allowed = "abort or nothing"
	default:
		allowed = "over any 10s, abort or nothing"
	}
	return fmt.Errorf("want %s after %s, got %s", allowed, r.read(), strict.Show(r.peek()))
}

// sound refuses what can be read and means nothing.
func sound(c *Condition) error {
	switch {
	case c.OfLedger() && c.Operation != "":
		return fmt.Errorf("the ledger is one for all operations, want %s without %s", c.Quantity, c.Operation)
	case c.OfLedger() && c.Window > 0:
		return fmt.Errorf("the ledger is of the run as a whole, want %s without over any %v", c.Quantity, plain(c.Window))
	case c.Quantity == Lost && c.Abort:
		return fmt.Errorf("what is lost is known when everything was read back, and then there is nothing left to abort: want it without abort")
	case c.Quantity == Visible && c.Abort && c.Window == 0 && (c.Statistic != "max" || c.Wants() >= 0):
		return fmt.Errorf("how many events will be seen is not known beforehand, so this is open until the end of the run: want it without abort, over windows (over any 10s), or max with < or <=")
	}
	return nil
}
