package scenarios

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/strict"
)

// The modes of connecting.
const (
	Pooled    = "pooled"     // all players share a bounded number of connections
	PerPlayer = "per-player" // each player has a connection of his own, as real players have
)

// The HTTP versions that a run may speak.
const (
	HTTP1 = "http1"
	HTTP2 = "http2"
)

// Connections says how the generator connects. Its times are on the wall.
type Connections struct {
	Mode     string         `yaml:"mode,omitempty" json:"mode"`                   // pooled (default) or per-player
	Protocol string         `yaml:"protocol,omitempty" json:"protocol"`           // http1 (default) or http2, which is pooled
	Pool     int            `yaml:"pool,omitempty" json:"pool"`                   // connections kept open per HTTP base URL while pooled; default 64
	Timeout  time.Duration  `yaml:"timeout,omitempty" json:"timeout"`             // time that an answer may take; default 10s
	Idle     *time.Duration `yaml:"idle,omitempty" json:"idle"`                   // per-player: how long an unused connection is kept; 0 closes it after each action; default 75s
	Pipeline int            `yaml:"pipeline,omitempty" json:"pipeline,omitempty"` // messages under way on one connection; 0 and 1 are off. HTTP/1.1 while pooled only
	Sources  []string       `yaml:"sources,omitempty" json:"sources,omitempty"`   // local addresses and networks that are dialled from; default the system's choice
	TLS      TLS            `yaml:"tls,omitempty" json:"tls"`
	Kafka    Kafka          `yaml:"kafka,omitempty" json:"kafka"`
}

// TLS says how HTTPS connections are secured.
type TLS struct {
	Version string   `yaml:"version,omitempty" json:"version,omitempty"` // the only one offered, "1.2" or "1.3"; default the newest that both sides have
	Curves  []string `yaml:"curves,omitempty" json:"curves,omitempty"`   // key exchanges offered, in order; default the library's, the post-quantum hybrid first
	Resumed *float64 `yaml:"resumed,omitempty" json:"resumed"`           // share of new connections that resume a session where they can, 0 to 1; default 1
}

// Kafka says how records are produced.
type Kafka struct {
	Linger      *time.Duration `yaml:"linger,omitempty" json:"linger"`             // how long a batch waits for more records; default 5ms, 0 sends at once
	Acks        string         `yaml:"acks,omitempty" json:"acks"`                 // all (default), leader or none
	Compression string         `yaml:"compression,omitempty" json:"compression"`   // none, gzip, snappy (default), lz4 or zstd
	Idempotent  *bool          `yaml:"idempotent,omitempty" json:"idempotent"`     // the broker sorts out records that were sent twice; default true with acks all, and only there
	MaxBuffered int            `yaml:"max_buffered,omitempty" json:"max_buffered"` // records that wait in the generator at most; default 10000
}

var modes = []string{Pooled, PerPlayer}

var protocols = []string{HTTP1, HTTP2}

var tlsVersions = []string{"1.2", "1.3"}

var curveNames = []string{"x25519", "p256", "p384", "x25519mlkem768"}

var acks = []string{"all", "leader", "none"}

var compressions = []string{"none", "gzip", "snappy", "lz4", "zstd"}

const maxPipeline = 256

func (c Connections) withDefaults() Connections {
	c.Mode = cmp.Or(c.Mode, Pooled)
	c.Protocol = cmp.Or(c.Protocol, HTTP1)
	c.Pool = cmp.Or(c.Pool, 64)
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.Idle = given(c.Idle, 75*time.Second)
	c.TLS.Resumed = given(c.TLS.Resumed, 1)
	c.Kafka.Linger = given(c.Kafka.Linger, 5*time.Millisecond)
	c.Kafka.Acks = cmp.Or(c.Kafka.Acks, "all")
	c.Kafka.Compression = cmp.Or(c.Kafka.Compression, "snappy")
	c.Kafka.Idempotent = given(c.Kafka.Idempotent, c.Kafka.Acks == "all")
	c.Kafka.MaxBuffered = cmp.Or(c.Kafka.MaxBuffered, 10_000)
	return c
}

// given returns v, or the default where nothing was said: for members whose zero is a choice of its own.
func given[T any](v *T, otherwise T) *T {
	if v == nil {
		return &otherwise
	}
	return v
}

func (c Connections) validate(fault report) {
	oneOf(fault, "connections.mode", c.Mode, modes)
	oneOf(fault, "connections.protocol", c.Protocol, protocols)
	if c.Protocol == HTTP2 && c.Mode == PerPlayer {
		fault("connections.protocol", "want http1 with mode per-player, got http2, whose players share their connections")
	}
	within(fault, "connections.pool", c.Pool, 1, 65_535)
	within(fault, "connections.timeout", c.Timeout, time.Second, 10*time.Minute)
	within(fault, "connections.idle", *c.Idle, 0, time.Hour)
	within(fault, "connections.pipeline", c.Pipeline, 0, maxPipeline)
	if c.Pipeline > 1 && (c.Mode != Pooled || c.Protocol != HTTP1) {
		fault("connections.pipeline", "want 0 or 1 unless mode is pooled and protocol http1, got %d", c.Pipeline)
	}
	sources(fault, c.Sources)
	c.TLS.validate(fault)
	c.Kafka.validate(fault)
}

func (t TLS) validate(fault report) {
	if t.Version != "" {
		oneOf(fault, "connections.tls.version", t.Version, tlsVersions)
	}
	classic := 0
	for i, name := range t.Curves {
		oneOf(fault, strict.Index("connections.tls.curves", i), name, curveNames)
		if slices.Contains(t.Curves[:i], name) {
			fault(strict.Index("connections.tls.curves", i), "want each curve once, got %s again", name)
		}
		if name != "x25519mlkem768" {
			classic++
		}
	}
	if t.Version == "1.2" && len(t.Curves) > 0 && classic == 0 {
		fault("connections.tls.curves", "want a curve that TLS 1.2 has besides x25519mlkem768")
	}
	if r := *t.Resumed; !(r >= 0 && r <= 1) {
		fault("connections.tls.resumed", "want a share of 0 to 1, got %v", r)
	}
}

func (k Kafka) validate(fault report) {
	within(fault, "connections.kafka.linger", *k.Linger, 0, time.Minute)
	oneOf(fault, "connections.kafka.acks", k.Acks, acks)
	oneOf(fault, "connections.kafka.compression", k.Compression, compressions)
	if *k.Idempotent && k.Acks != "all" {
		fault("connections.kafka.idempotent", "want false unless acks is all, got true with acks %s", k.Acks)
	}
	within(fault, "connections.kafka.max_buffered", k.MaxBuffered, 1, 10_000_000)
}

// oneOf reports a word that is none of the known ones.
func oneOf(fault report, path, word string, known []string) {
	if !slices.Contains(known, word) {
		fault(path, "want %s, got %s%s", strings.Join(known, ", "), strict.Show(word), strict.Suggest(word, known))
	}
}
