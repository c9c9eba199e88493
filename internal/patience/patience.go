// Package patience limits how long something may take, without the time that it is made to wait by a rule that is not
// its own, such as a cap on the rate of messages.
//
// A context flows in and a bounded one out; whoever makes its owner wait suspends the limit meanwhile. The package
// imports the standard library only.
package patience

import (
	"context"
	"sync"
	"time"
)

// WithLimit returns a context that ends as by a deadline when so much time has passed that was not suspended, or when
// parent ends. Call the function to free what it holds. The limit is that of the innermost WithLimit; a deadline that
// was derived from it by package context does not move with it.
func WithLimit(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	p := &bounded{Context: parent, done: make(chan struct{}), left: limit, stops: 1}
	p.resume()
	release := context.AfterFunc(parent, func() { p.end(parent.Err()) })
	return p, func() {
		release()
		p.end(context.Canceled)
	}
}

// Suspend stops the limit that ctx has from WithLimit until the function that it returns is called. Several may
// suspend one limit at once; time counts again when the last has called. Without a limit it does nothing.
func Suspend(ctx context.Context) (resume func()) {
	p, ok := ctx.Value(key{}).(*bounded)
	if !ok {
		return func() {}
	}
	p.suspend()
	return sync.OnceFunc(p.resume)
}

// key finds the limit of a context.
type key struct{}

// bounded is a context with a limit. It is safe for concurrent use.
type bounded struct {
	context.Context // the parent, for values
	done            chan struct{}

	mu    sync.Mutex    // guards what follows
	err   error         // why it ended
	stops int           // how many have suspended it
	left  time.Duration // of the limit, when it was last suspended
	until time.Time     // when the limit is used up; zero while suspended
	timer *time.Timer   // nil while suspended
}

// Deadline implements context.Context: there is none to tell while the limit is suspended.
func (p *bounded) Deadline() (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	outer, has := p.Context.Deadline()
	if p.until.IsZero() || has && outer.Before(p.until) {
		return outer, has
	}
	return p.until, true
}

// Done implements context.Context.
func (p *bounded) Done() <-chan struct{} { return p.done }

// Err implements context.Context.
func (p *bounded) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Value implements context.Context.
func (p *bounded) Value(k any) any {
	if k == (key{}) {
		return p
	}
	return p.Context.Value(k)
}

func (p *bounded) suspend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stops++
	if p.timer != nil {
		p.timer.Stop()
		p.left, p.until, p.timer = time.Until(p.until), time.Time{}, nil
	}
}

func (p *bounded) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stops--
	if p.stops > 0 || p.err != nil || p.timer != nil {
		return
	}
	p.until = time.Now().Add(p.left)
	p.timer = time.AfterFunc(p.left, p.expire)
}

// expire ends the context, unless the limit was suspended at the very last moment.
func (p *bounded) expire() {
	p.mu.Lock()
	running := p.timer != nil && !time.Now().Before(p.until)
	p.mu.Unlock()
	if running {
		p.end(context.DeadlineExceeded)
	}
}

func (p *bounded) end(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	p.err = why
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	close(p.done)
}
