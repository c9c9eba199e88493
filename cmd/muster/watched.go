package main

import "context"

// watchedFlags say where a load run can be seen while it goes on.
type watchedFlags struct {
	telemetryFlags
	liveFlags
}

// begin makes the run directory of a run that l is to play, once everything that is to show the run listens, and has it told
// of all that the directory is given. The caller must call end when the run is over.
func (f watchedFlags) begin(ctx context.Context, v *voice, l *player, create func() (*runDir, error)) (r *runDir, end func(), err error) {
	page, err := f.listen(ctx)
	if err != nil {
		return nil, nil, err
	}
	shown, err := f.show(ctx, v, l)
	if err != nil {
		endPage(v, page)
		return nil, nil, err
	}
	end = func() {
		shown.end(ctx)
		endPage(v, page)
	}
	if r, err = create(); err != nil {
		end()
		return nil, nil, err
	}
	shown.watch(r)
	r.follow(v, page, l.portion.run)
	return r, end, nil
}
