package clauses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

const inInsights = `document, "Playtime Metrics", list of insights; fact B-I`

// settleSeconds is how long a target may take to count what it acknowledged, before a check calls it uncounted. The
// document names no time, so the target file may rule on it (playtime.insights_settle_seconds).
const settleSeconds = 1

// settlePoll is the pause between two looks.
const settlePoll = 50 * time.Millisecond

// insightClauses judge lower bounds only: others may play at the same target, and can but raise the figures.
var insightClauses = []clause{
	counted("concurrent-players",
		"A player with an open session counts as concurrent",
		func(p *play) {
			p.given(contract.Start)
			p.eventually("at least 1 concurrent player", func(in contract.Insights) bool { return in.ConcurrentPlayers >= 1 })
		}),
	counted("concurrent-content",
		"The content of an open session counts as concurrent",
		func(p *play) {
			p.given(contract.Start)
			want := int64(len(content()))
			p.eventually(fmt.Sprintf("at least %d pieces of concurrent content", want),
				func(in contract.Insights) bool { return in.ConcurrentUGC >= want })
		}),
	counted("total-players",
		"A player that started a session counts in the total, which never falls",
		func(p *play) {
			before := p.look()
			p.given(contract.Start)
			want := max(before.TotalPlayers, 1)
			p.eventually(fmt.Sprintf("a total of at least %d players", want),
				func(in contract.Insights) bool { return in.TotalPlayers >= want })
		}),
	counted("average-playtime",
		"A session that ended counts in the average playtime, from its start to its end as the client stamped them",
		func(p *play) {
			p.given(contract.Start, earlier(10*time.Minute))
			p.given(contract.End)
			p.eventually("an average playtime above 0 s", func(in contract.Insights) bool { return in.AveragePlaytime > 0 })
		}),
	counted("average-content",
		"The ids of a start count in the average content per session",
		func(p *play) {
			p.given(contract.Start)
			p.eventually("an average above 0 ids per session", func(in contract.Insights) bool { return in.AverageUGCSession > 0 })
		}),
	lesser(counted("new-content",
		"Content that no session had before raises the concurrent content by as much as there is of it",
		func(p *play) {
			const pieces = 12
			before := p.look()
			p.given(contract.Start, ids(p.freshContent(pieces)...))
			want := before.ConcurrentUGC + pieces
			p.eventually(fmt.Sprintf("at least %d pieces of concurrent content, %d more than before", want, pieces),
				func(in contract.Insights) bool { return in.ConcurrentUGC >= want })
		})),
	counted("figures-agree",
		"No more players are concurrent than ever played",
		func(p *play) {
			p.given(contract.Start)
			p.eventually("concurrent players within the total",
				func(in contract.Insights) bool { return in.ConcurrentPlayers <= in.TotalPlayers })
		}),
	unseen(contract.Must, "insights/dashboard",
		"The owner sees the five insights on a dashboard",
		`document, "Viewing Insights"`, "a page for people behind a login; the document gives no endpoint"),
	unseen(contract.May, "insights/pushed-to-a-store",
		"The owner may have the metrics pushed to an S3-compatible store of his own in Parquet",
		`document, "Exporting your data"`, "the document announces it for later"),
	unseen(contract.Must, "insights/export",
		"The owner can export the insights",
		`document, "Exporting your data"`, "a button of that page; the document gives no endpoint and no format"),
}

// counted returns a clause about the insights, for targets that claim to serve them.
func counted(id, duty string, script func(*play)) clause {
	c := must("insights/"+id, duty, inInsights, script)
	c.Needs, c.Serial = append(c.Needs, contract.CapInsights), true
	return c
}

// lesser makes a clause a SHOULD: other content may fall silent while it is judged, which no target can help.
func lesser(c clause) clause {
	c.Level = contract.Should
	return c
}

// freshContent returns ids that no session had before, as far as chance allows.
func (p *play) freshContent(count int) []int64 {
	fresh := make([]int64, count)
	for i := range fresh {
		fresh[i] = 1_000_000_000 + int64(playerOf(p.probe.ID()))
	}
	return fresh
}

// look reads the insights.
func (p *play) look() contract.Insights {
	if p.err != nil {
		return contract.Insights{}
	}
	if p.probe.Insights == nil {
		p.fail(errors.New("read insights: the target offers none"))
		return contract.Insights{}
	}
	in, err := p.probe.Insights.Insights(p.ctx)
	if err != nil {
		p.fail(fmt.Errorf("read insights: %w", err))
	}
	return in
}

// eventually judges that the insights come to show something in the time that the target has for it.
func (p *play) eventually(wanted string, shown func(contract.Insights) bool) {
	settle := time.Duration(p.ruled("playtime.insights_settle_seconds", settleSeconds)) * time.Second
	ctx, cancel := context.WithTimeout(p.ctx, settle)
	defer cancel()
	for {
		in := p.look()
		if p.err != nil || shown(in) {
			return
		}
		select {
		case <-time.After(settlePoll):
		case <-ctx.Done():
			if p.ctx.Err() != nil { // cut short from outside: the target had less time than it is granted
				p.fail(fmt.Errorf("read insights: %w", p.ctx.Err()))
				return
			}
			p.violations = append(p.violations, contract.Violation{Wanted: wanted, Got: fmt.Sprintf("%+v", in)})
			return
		}
	}
}
