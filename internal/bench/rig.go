package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/bench/process"
)

// How long things may take before a measurement is given up.
const (
	readyWithin = 90 * time.Second // a server, or a generator's first request
	settleFor   = time.Second      // between the first request and the measurement
)

// rig is the machine and what is installed on it. Everything that a run leaves on the disk is in dir.
type rig struct {
	options
	root, bin, dir string
	generator      int // the core of whatever is measured, and that of the servers; both below 0 on a small machine
	server         int
	cert, key      string // of loopback, for every server
	runs           int    // of muster so far
}

func newRig(o options) (*rig, error) {
	root, err := checkout()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "muster-bench-")
	if err != nil {
		return nil, err
	}
	r := &rig{options: o, root: root, bin: filepath.Join(root, "bin", "bench"), dir: dir, generator: -1, server: -1}
	if _, err := exec.LookPath("taskset"); err == nil && runtime.NumCPU() >= 2 {
		r.generator, r.server = 0, 1
	}
	return r, nil
}

// checkout returns the folder of the module that the working directory belongs to.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "cmd", "muster")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("find the checkout: run it from within")
		}
		dir = up
	}
}

func (r *rig) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// window is how long one contestant is measured.
func (r *rig) window() time.Duration { return time.Duration(r.seconds) * time.Second }

// lacking says why something cannot be measured on this machine, or with this binary.
type lacking struct{ why string }

func (l *lacking) Error() string { return l.why }

// tool finds a program: one that was installed into bin/bench, or one of the system's.
func (r *rig) tool(name, cure string) (string, error) {
	if path := filepath.Join(r.bin, name); executable(path) {
		return path, nil
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return "", &lacking{name + " is not installed: " + cure}
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// muster is the binary that is measured.
func (r *rig) muster() string { return filepath.Join(r.root, "bin", "muster") }

// file writes a file of the rig and returns its path.
func (r *rig) file(name, content string) (string, error) {
	path := filepath.Join(r.dir, name)
	return path, os.WriteFile(path, []byte(content), 0o600)
}

// identity makes the certificate and the key of loopback, once.
func (r *rig) identity(ctx context.Context) error {
	if r.cert != "" {
		return nil
	}
	openssl, err := r.tool("openssl", "apt-get install openssl")
	if err != nil {
		return err
	}
	cert, key := filepath.Join(r.dir, "cert.pem"), filepath.Join(r.dir, "key.pem")
	out, err := exec.CommandContext(ctx, openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make a certificate: %w: %s", err, out)
	}
	r.cert, r.key = cert, key
	return nil
}

// freeAddr finds an address of loopback where nobody listens, with a port below those that the system gives to clients.
func freeAddr(ctx context.Context) (string, error) {
	const low, high, tries = 20000, 32000, 50
	for range tries {
		n, err := rand.Int(rand.Reader, big.NewInt(high-low))
		if err != nil {
			return "", err
		}
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(low+int(n.Int64())))
		if l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", fmt.Errorf("find a free port: none in %d tries between %d and %d", tries, low, high)
}

// ready starts a program and waits for its word that it is ready.
func (r *rig) ready(ctx context.Context, c process.Command) (*process.Process, []string, error) {
	p, err := process.Start(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	words, err := p.Line(waiting, "ready")
	if err != nil {
		p.Kill()
		return nil, nil, err
	}
	return p, words, nil
}
