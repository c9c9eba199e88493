package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/bench/process"
)

// server is a running server and how to ask it what it has served.
type server struct {
	*process.Process
	addr    string // host:port
	counter counter
}

// counter tells how much a server has served so far.
type counter struct {
	url    string
	client *http.Client
}

func newCounter(url string) counter {
	return counter{url: url, client: &http.Client{Timeout: 5 * time.Second}}
}

// served is the last number of a page: the page of our own peers is nothing else, and in nginx's it is the number of
// requests, in the third line.
var served = regexp.MustCompile(`(?m)^(?: ?\d+ \d+ )?(\d+) ?$`)

func (c counter) count(ctx context.Context) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return 0, err
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("count at the server: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // all of it was read, or it failed anyway
	text, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return 0, fmt.Errorf("count at the server: %w", err)
	}
	return parseServed(string(text))
}

func parseServed(page string) (int64, error) {
	found := served.FindStringSubmatch(page)
	if found == nil {
		return 0, fmt.Errorf("count at the server: no number in %q", page)
	}
	return strconv.ParseInt(found[1], 10, 64)
}

// peer starts one of our own peers, which tells its address and where it counts.
func (r *rig) peer(ctx context.Context, core int, args ...string) (*server, error) {
	tool, err := r.tool(args[0], "make bench-peers")
	if err != nil {
		return nil, err
	}
	p, words, err := r.ready(ctx, process.Command{Args: append([]string{tool}, args[1:]...), Core: core})
	if err != nil {
		return nil, err
	}
	if len(words) != 2 {
		p.Kill()
		return nil, fmt.Errorf("start %s: it is ready with %q, want an address and a URL", args[0], words)
	}
	return &server{Process: p, addr: words[0], counter: newCounter(words[1])}, nil
}

// nginxConf is one worker that answers 204 to everything, by HTTPS, and counts by HTTP.
const nginxConf = `daemon off;
master_process off;
error_log stderr crit;
pid {dir}/nginx.pid;
events { worker_connections 19000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  server {
    listen {https} ssl backlog=4096;
    ssl_certificate {cert};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3; # 1.3 is not on by default before nginx 1.23
    ssl_session_cache shared:bench:10m;
    location / { return 204; }
  }
  server {
    listen {http};
    location = /count { stub_status; }
  }
}
`

// nginx starts nginx on the servers' core.
func (r *rig) nginx(ctx context.Context) (*server, error) {
	tool, err := r.tool("nginx", "apt-get install nginx-light")
	if err != nil {
		if tool, err = r.tool("/usr/sbin/nginx", "apt-get install nginx-light"); err != nil {
			return nil, err
		}
	}
	if err := r.identity(ctx); err != nil {
		return nil, err
	}
	https, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	conf, err := r.file("nginx.conf", strings.NewReplacer(
		"{dir}", r.dir, "{https}", https, "{http}", plain, "{cert}", r.cert, "{key}", r.key).Replace(nginxConf))
	if err != nil {
		return nil, err
	}
	p, err := process.Start(ctx, process.Command{Args: []string{tool, "-p", r.dir, "-c", conf}, Core: r.server})
	if err != nil {
		return nil, err
	}
	s := &server{Process: p, addr: https, counter: newCounter("http://" + plain + "/count")}
	return s, s.listening(ctx)
}

// listening waits until a server that says nothing answers.
func (s *server) listening(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if _, err := s.counter.count(ctx); err == nil {
				return nil
			}
		case <-s.Exited():
			return fmt.Errorf("start %s: it ended: %s", filepath.Base(s.addr), s.Said())
		case <-ctx.Done():
			s.Kill()
			return fmt.Errorf("start nginx: it did not answer within %v: %s", readyWithin, s.Said())
		}
	}
}
