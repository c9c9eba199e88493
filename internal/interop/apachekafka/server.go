package apachekafka

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/target"
)

const (
	readyWithin = 90 * time.Second       // a cold Java takes 5 to 10 s on an idle machine
	readyEvery  = 200 * time.Millisecond // between two looks
	stopWithin  = 30 * time.Second       // then the process is killed
)

// Options say what broker to start.
type Options struct {
	Jars      string // folder of the broker's jars; see Jars
	Dir       string // an empty folder for configuration, data and log; the caller removes it
	Advertise string // host:port that clients are told; default where the broker listens
}

// Server is one running broker. It is safe for concurrent use; the caller closes it.
type Server struct {
	opts        Options
	addr        string
	ca          []byte
	admin, game user
	java        *java
	client      *kgo.Client // of the admin
}

type user struct{ Name, Password string }

// Start formats the storage, starts the broker and returns once it answers its admin, which takes some seconds. There
// are no topics yet. It fails when the broker dies or is not ready within 90 s, with the end of its log.
func Start(ctx context.Context, opts Options) (*Server, error) {
	client, controller, err := freePorts(ctx)
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, addr: client,
		admin: user{"admin", rand.Text()}, game: user{"game", rand.Text()},
	}
	settings := settings{
		Dir: opts.Dir, Client: client, Controller: controller, Advertised: cmp.Or(opts.Advertise, client),
		Admin: s.admin, Game: s.game,
	}
	if s.ca, err = settings.write(); err != nil {
		return nil, err
	}
	if err := format(ctx, opts, settings); err != nil {
		return nil, err
	}
	if s.java, err = launch(ctx, opts); err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

// ready waits until the admin is let in and every part of the broker is up.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	var err error
	if s.client, err = kgo.NewClient(append(adminOptions(s), kgo.RetryTimeout(readyEvery))...); err != nil {
		return fmt.Errorf("start apache kafka: %w", err)
	}
	for {
		if err = s.client.Ping(ctx); err == nil {
			return nil
		}
		select {
		case <-s.java.exited:
			return fmt.Errorf("start apache kafka: it ended: %w\n%s", s.java.failed, s.java.tail())
		case <-ctx.Done():
			return fmt.Errorf("start apache kafka: not ready within %v: %w\n%s", readyWithin, err, s.java.tail())
		case <-time.After(readyEvery):
		}
	}
}

// Addr returns where the broker listens for clients.
func (s *Server) Addr() string { return s.addr }

// Game returns how the game reaches a topic; it may do there what AddTopic granted.
func (s *Server) Game(topic string) target.Kafka { return s.reach(s.game, topic) }

// Admin returns how a user reaches a topic who may do everything.
func (s *Server) Admin(topic string) target.Kafka { return s.reach(s.admin, topic) }

func (s *Server) reach(u user, topic string) target.Kafka {
	return target.Kafka{
		Brokers: []string{cmp.Or(s.opts.Advertise, s.addr)}, Topic: topic, TLS: &target.TLS{CA: s.ca},
		SASL: &target.SASL{Mechanism: "scram-sha-256", Username: u.Name, Password: target.Secret(u.Password)},
	}
}

// Close ends the broker and returns when its process is gone: by its own will within 30 s, or killed then, or at once
// when ctx has ended.
func (s *Server) Close(ctx context.Context) error {
	if s.client != nil {
		s.client.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	return s.java.stop(ctx)
}

// freePorts finds two addresses of loopback where nobody listens, with ports below those that the system gives to
// clients, so that none of them is taken before the broker takes it.
func freePorts(ctx context.Context) (string, string, error) {
	const low, high, tries = 20000, 32000, 50
	var found []string
	for range tries {
		n, err := rand.Int(rand.Reader, big.NewInt(high-low))
		if err != nil {
			return "", "", fmt.Errorf("find a free port: %w", err)
		}
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(low+int(n.Int64())))
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
		if err != nil {
			continue // taken; another one will do
		}
		if err := l.Close(); err != nil {
			return "", "", fmt.Errorf("find a free port: %w", err)
		}
		if found = append(found, addr); len(found) == 2 && found[0] != found[1] {
			return found[0], found[1], nil
		}
	}
	return "", "", fmt.Errorf("find a free port: none in %d tries between %d and %d", tries, low, high)
}
