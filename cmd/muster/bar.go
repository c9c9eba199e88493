package main

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar is a progress bar on a terminal, and nothing elsewhere. It is safe for concurrent use.
type bar struct {
	container *mpb.Progress
	bar       *mpb.Bar
}

// bar starts a progress bar that counts units.
func (v *voice) bar(title, unit string) *bar {
	var out io.Writer // nil is no bar
	if v.terminal {
		out = v.stderr
	}
	container := mpb.New(mpb.WithOutput(out), mpb.WithWidth(40))
	return &bar{container: container, bar: container.AddBar(0,
		mpb.PrependDecorators(decor.Name(title+"  ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "+unit)),
		mpb.BarRemoveOnComplete(),
	)}
}

// set says how far things are.
func (b *bar) set(done, total int) {
	b.bar.SetTotal(int64(total), false)
	b.bar.SetCurrent(int64(done))
}

// end takes the bar off the terminal.
func (b *bar) end() {
	b.bar.SetTotal(-1, true)
	b.container.Wait()
}
