// Command sink is the target of the benchmarks over plain HTTP: it answers 204 to every request and counts them. It is
// fasthttp's server, so that the server is not the limit before the generators are.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync/atomic"

	"github.com/valyala/fasthttp"

	"github.com/passmuster/muster/internal/bench/peers/count"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var served atomic.Int64
	server := fasthttp.Server{
		NoDefaultServerHeader: true, NoDefaultDate: true, Concurrency: 1 << 20,
		Handler: func(ctx *fasthttp.RequestCtx) {
			served.Add(1)
			ctx.SetStatusCode(fasthttp.StatusNoContent)
		},
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	return count.Serve(l.Addr().String(), func(context.Context) (int64, error) {
		select {
		case err := <-failed:
			return 0, fmt.Errorf("sink ended: %w", err)
		default:
			return served.Load(), nil
		}
	})
}
