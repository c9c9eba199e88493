package faultproxy

import (
	"context"
	"io"
	"net"
	"time"
)

const (
	chunkSize = 16 << 10 // bytes that are read at once
	onTheWay  = 64       // chunks of one direction that wait for their time; a sender that is quicker has to wait
)

// chunk is bytes that are due on the other side.
type chunk struct {
	bytes []byte
	due   time.Time
	err   error // instead of bytes: why no more come
}

// limit ends a direction after so many bytes.
type limit struct {
	after int64
	why   error
}

// stream carries one direction until it ends and says why: the limit's reason, or whatever ended a side. Bytes to the
// client are never delayed.
func (p *Proxy) stream(ctx context.Context, to, from net.Conn, l limit) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	latency := p.faults.Latency
	if l.why != errReset { //nolint:errorlint // the limit of the way there, itself
		latency = 0
	}
	line := make(chan chunk, onTheWay)
	p.busy.Go(func() { read(ctx, from, latency, line) })
	var passed int64
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c := <-line:
			if !wait(ctx, time.Until(c.due)) {
				return ctx.Err()
			}
			if c.err != nil {
				return c.err
			}
			room := min(int64(len(c.bytes)), l.after-passed)
			if err := p.write(ctx, to, c.bytes[:room]); err != nil {
				return err
			}
			if passed += room; passed == l.after {
				return l.why
			}
		}
	}
}

// read puts what comes on the line, with the time at which it is due.
func read(ctx context.Context, from net.Conn, latency time.Duration, line chan<- chunk) {
	for {
		buffer := make([]byte, chunkSize)
		n, err := from.Read(buffer)
		for _, c := range []chunk{{bytes: buffer[:n]}, {err: err}} {
			if len(c.bytes) == 0 && c.err == nil {
				continue
			}
			c.due = time.Now().Add(latency)
			select {
			case line <- c:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// write passes bytes on, no faster than the bandwidth allows.
func (p *Proxy) write(ctx context.Context, to io.Writer, bytes []byte) error {
	if width := p.faults.Bandwidth; width > 0 && !wait(ctx, time.Duration(float64(len(bytes))/float64(width)*float64(time.Second))) {
		return ctx.Err()
	}
	_, err := to.Write(bytes)
	return err
}

// wait returns after d, or earlier and false when ctx ends.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
