package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/bench/process"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

// far is how long a peer is told to go on; it is ended when it has been measured.
const far = "600s"

// heartbeat is one heartbeat as muster renders it. The peers send its very bytes, again and again.
func heartbeat() (contract.Message, error) {
	r, err := playtime.NewRenderer(&target.Target{Name: "bench", Playtime: &target.Playtime{
		AccessTokens: []target.Secret{token}, MetricsKey: metricsKey,
	}})
	if err != nil {
		return contract.Message{}, err
	}
	var m contract.Message
	return m, r.Render(&m, &contract.Action{
		Kind: contract.Heartbeat, Transport: contract.HTTP, Order: 2, At: time.UnixMilli(1_700_000_000_000), Platform: "windows", Portal: "steam",
		SessionID: "bf7a0136-0087-4a77-8f10-d1f57089770a", Nonce: "13d7b51e-4183-4390-8c4e-cb028027ff9a",
	})
}

// foreign makes a contestant of a program that is not ours.
func (r *rig) foreign(name string, core int, against *server, command func(tool string, m contract.Message) ([]string, error), program, cure string) contestant {
	return r.outside(name, "request", course{core: core, against: against}, func(context.Context) (process.Command, error) {
		tool, err := r.tool(program, cure)
		if err != nil {
			return process.Command{}, err
		}
		m, err := heartbeat()
		if err != nil {
			return process.Command{}, err
		}
		args, err := command(tool, m)
		return process.Command{Args: args}, err
	})
}

func (r *rig) wrk(core int, scheme string, against *server) contestant {
	return r.foreign("wrk", core, against, func(tool string, m contract.Message) ([]string, error) {
		var lua strings.Builder
		fmt.Fprintf(&lua, "wrk.method = %q\nwrk.body = %q\n", m.Method, m.Body)
		for _, h := range m.Header {
			fmt.Fprintf(&lua, "wrk.headers[%q] = %q\n", h.Name, h.Value)
		}
		script, err := r.file("post.lua", lua.String())
		return []string{tool, "-t1", "-c64", "-d" + far, "-s", script, scheme + "://" + against.addr + m.Path}, err
	}, "wrk", "apt-get install wrk")
}

func (r *rig) vegeta(core int, against *server) contestant {
	return r.foreign("vegeta CLI", core, against, func(tool string, m contract.Message) ([]string, error) {
		body, err := r.file("body.json", string(m.Body))
		if err != nil {
			return nil, err
		}
		var text strings.Builder
		fmt.Fprintf(&text, "%s http://%s%s\n", m.Method, against.addr, m.Path)
		for _, h := range m.Header {
			fmt.Fprintf(&text, "%s: %s\n", h.Name, h.Value)
		}
		targets, err := r.file("vegeta.targets", text.String()+"@"+body+"\n")
		return []string{tool, "attack", "-rate=0", "-workers=64", "-max-workers=64", "-connections=64", "-duration=" + far,
			"-targets=" + targets, "-output=/dev/null"}, err
	}, "vegeta", "make bench-peers")
}

func (r *rig) oha(core int, against *server) contestant {
	return r.foreign("oha", core, against, func(tool string, m contract.Message) ([]string, error) {
		args := []string{tool, "--no-tui", "-c", "64", "-z", far, "-m", m.Method, "-d", string(m.Body)}
		for _, h := range m.Header {
			args = append(args, "-H", h.Name+": "+h.Value)
		}
		return append(args, "http://"+against.addr+m.Path), nil
	}, "oha", "make bench-peers (needs cargo)")
}

// k6Script renders and signs the same heartbeat for each request, as a player's client does.
const k6Script = `import http from 'k6/http';
import { hmac } from 'k6/crypto';

export const options = { vus: 64, duration: '{far}', discardResponseBodies: true };
const session = 'bf7a0136-0087-4a77-8f10-d1f57089770a';
const headers = {headers};
let order = 0;

export default function () {
  order++;
  const ts = Date.now();
  const nonce = '13d7b51e-4183-4390-8c4e-' + (order + 100000000000).toString(16).padStart(12, '0');
  const hash = hmac('sha256', '{key}', ts + session + nonce, 'hex');
  http.post('{url}', JSON.stringify({ session_id: session, session_ts: ts, session_hash: hash, session_nonce: nonce, session_order_id: order }), { headers });
}
`

func (r *rig) k6(core int, against *server) contestant {
	c := r.foreign("k6, signing", core, against, func(tool string, m contract.Message) ([]string, error) {
		var headers []string
		for _, h := range m.Header {
			headers = append(headers, fmt.Sprintf("%q: %q", h.Name, h.Value))
		}
		script, err := r.file("k6.js", strings.NewReplacer("{far}", far, "{key}", metricsKey, "{url}", "http://"+against.addr+m.Path,
			"{headers}", "{ "+strings.Join(headers, ", ")+" }").Replace(k6Script))
		return []string{tool, "run", "--quiet", "--summary-mode=disabled", "--no-thresholds", "--no-usage-report", script}, err
	}, "k6", "make bench-peers")
	c.unit = "action"
	return c
}
