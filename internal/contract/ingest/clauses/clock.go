package clauses

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// clock are the clauses about the clock that clients ask for the time of their events.
func (s suite) clock() []contract.Clause {
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP}, []contract.Clause{
		{
			ID: "ingest/clock/answers-digits", Level: contract.Must, Basis: "fact A-H6",
			Duty: "The clock answers without a key, and its body is decimal digits alone",
			Check: onClock(func(digits string, _ *contract.Exchange, _ time.Time) string {
				if digits == "" || strings.Trim(digits, "0123456789") != "" {
					return "decimal digits alone"
				}
				return ""
			}),
		}, {
			ID: "ingest/clock/in-milliseconds", Level: contract.Must, Basis: "fact A-H6",
			Duty: "The clock tells Unix time in milliseconds",
			Check: onClock(func(digits string, _ *contract.Exchange, _ time.Time) string {
				if len(digits) != len(instant) {
					return "13 digits, as Unix milliseconds have from 2001 to 2286"
				}
				return ""
			}),
		}, {
			ID: "ingest/clock/is-right", Level: contract.Should, Basis: "fact A-H6; ruling 27",
			Duty: "The clock is within a minute of the prober's",
			Check: onClock(func(digits string, _ *contract.Exchange, now time.Time) string {
				ms, err := strconv.ParseInt(digits, 10, 64)
				if err != nil || time.UnixMilli(ms).Sub(now).Abs() > time.Minute {
					return fmt.Sprintf("a time within a minute of %d", now.UnixMilli())
				}
				return ""
			}),
		}, {
			ID: "ingest/clock/is-plain-text", Level: contract.Should, Basis: "fact A-H6",
			Duty: "The clock answers as plain text",
			Check: onClock(func(_ string, x *contract.Exchange, _ time.Time) string {
				if sent, _ := x.Reply.Get("Content-Type"); !strings.HasPrefix(strings.ToLower(sent), "text/plain") {
					return fmt.Sprintf("media type text/plain, not %q", sent)
				}
				return ""
			}),
		},
	})
}

// onClock is a check of what the clock answers; judge gets the body without the space around it, and the prober's time
// when the answer came, and says what was wanted.
func onClock(judge func(digits string, x *contract.Exchange, now time.Time) (wanted string)) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		x, err := send(ctx, p, &contract.Message{
			Operation: ingest.OpHTTP, Transport: contract.HTTP, Method: http.MethodGet, Path: ingest.ClockPath,
		})
		if err != nil {
			return nil, err
		}
		if !taken(x) {
			return []contract.Violation{violation("the clock to answer", x)}, nil
		}
		if wanted := judge(strings.TrimSpace(string(x.Reply.Body)), x, p.Now()); wanted != "" {
			return []contract.Violation{violation(wanted, x)}, nil
		}
		return nil, nil
	}
}
