package main

import (
	"context"
	"fmt"

	"github.com/passmuster/muster/reports/live"
)

// liveFlags say where a run is shown in a browser while it goes on.
type liveFlags struct {
	Live string `placeholder:"[HOST]:PORT" help:"Serve the report as a page that grows while the run goes on; port 0 takes any free one. Without a host only this machine can see it; 0.0.0.0:PORT shows it to the network, without a password."`
}

// listen takes the address of the page before anything else happens; nil when no page is wanted.
func (f liveFlags) listen(ctx context.Context) (*live.Server, error) {
	if f.Live == "" {
		return nil, nil //nolint:nilnil // there is no page, which is no error
	}
	page, err := live.Listen(ctx, f.Live)
	if err != nil {
		return nil, usage(fmt.Errorf("--live %s: %w", f.Live, err), "is the address free, and one of this machine's? --live :0 takes any free port")
	}
	return page, nil
}

// follow keeps account of how the run stands, if somebody is to see it: on the terminal, or by a page (which may be nil)
// that is known by the name of the run.
func (r *runDir) follow(v *voice, page *live.Server, run uint64) {
	if v.screen == nil && page == nil {
		return
	}
	r.feed = live.NewFeed(r.manifest)
	r.writer.Watch(r.feed)
	if page != nil {
		page.Serve(r.feed, fmt.Sprintf("%016x", run))
		r.doing = page.Doing
		v.say("live at %s", page.URL())
	}
}

// endPage tells who watches that the run is over, and ends the page, which may be nil.
func endPage(v *voice, page *live.Server) {
	if page == nil {
		return
	}
	if dropped, refused := page.Close(); dropped+refused > 0 {
		v.say("live page: let go %s of viewers who were too slow, %s of more than it takes", several(dropped, "time"), several(refused, "time"))
	}
}
