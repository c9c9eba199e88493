package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
)

// reachWithin bounds the first connection to a door.
const reachWithin = 5 * time.Second

// insightsLimit bounds the body of an insights answer, in bytes.
const insightsLimit = 64 << 10

// Reach connects once to every door of t that has a base URL, so that a target which cannot be reached is known before
// anything is played. The doors of brokers are reached when their drivers are opened.
func Reach(ctx context.Context, t *target.Target) error {
	var errs []error
	for _, d := range allDoors(t) {
		if d.BaseURL != "" {
			errs = append(errs, dial(ctx, d))
		}
	}
	return errors.Join(errs...)
}

// dial opens and closes a TCP connection to a door with a base URL, or to the proxy that the environment puts before it.
func dial(ctx context.Context, d Door) error {
	base, err := url.Parse(d.BaseURL)
	if err != nil {
		return fmt.Errorf("reach %s: %w", d.Field, err)
	}
	proxy, err := proxyOf(d)
	if err != nil {
		return err
	}
	hop, by := base, ""
	if proxy != nil {
		hop, by = proxy, " by the proxy of the environment"
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", dialer.To(hop).Address)
	if err != nil {
		return fmt.Errorf("reach %s %s%s: %w", d.Field, base.Redacted(), by, err)
	}
	return conn.Close()
}

// insights reads the five insights by HTTP GET.
type insights struct {
	url    string
	client *http.Client
}

// NewInsights returns a reader of the insights of t; nil when t does not offer them.
func NewInsights(t *target.Target) contract.InsightsReader {
	if t.Playtime == nil || t.Playtime.Insights == nil {
		return nil
	}
	return &insights{url: t.Playtime.Insights.URL, client: &http.Client{
		Timeout:       reachWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the target's word is its own
	}}
}

// Insights implements contract.InsightsReader.
func (r *insights) Insights(ctx context.Context) (contract.Insights, error) {
	var got contract.Insights
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return got, fmt.Errorf("read insights %s: %w", r.url, err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return got, fmt.Errorf("read insights: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, insightsLimit))
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return got, fmt.Errorf("read insights %s: %w", r.url, err)
	case resp.StatusCode != http.StatusOK:
		return got, fmt.Errorf("read insights %s: status %d, want 200", r.url, resp.StatusCode)
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return got, fmt.Errorf("read insights %s: %w", r.url, err)
	}
	return got, nil
}
