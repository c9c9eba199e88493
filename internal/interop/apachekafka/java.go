package apachekafka

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"text/template"
)

//go:embed server.properties.tmpl
var propertiesTemplate string

//go:embed log4j2.properties
var logging []byte

const (
	clusterID  = "bXVzdGVyLWFwYWNoZS1rYQ" // any 16 bytes, in the alphabet of URLs
	properties = "server.properties"
	logFile    = "server.log"
	tailBytes  = 2000
)

// settings fill the template of the broker's properties.
type settings struct {
	Dir, Client, Controller, Advertised string
	Admin, Game                         user
}

// write writes every file that the broker reads, for its owner only, and returns the authority that clients trust.
func (s settings) write() ([]byte, error) {
	ca, keystore, err := identity()
	if err != nil {
		return nil, fmt.Errorf("configure apache kafka: %w", err)
	}
	form, err := template.New(properties).Parse(propertiesTemplate)
	if err != nil {
		return nil, fmt.Errorf("configure apache kafka: %w", err)
	}
	var text bytes.Buffer
	if err := form.Execute(&text, s); err != nil {
		return nil, fmt.Errorf("configure apache kafka: %w", err)
	}
	for name, content := range map[string][]byte{
		properties: text.Bytes(), "log4j2.properties": logging, "ca.pem": ca, "keystore.pem": keystore,
	} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), content, 0o600); err != nil {
			return nil, fmt.Errorf("configure apache kafka: %w", err)
		}
	}
	return ca, nil
}

// command is Java with the broker's jars, in the broker's folder.
func command(ctx context.Context, opts Options, args ...string) *exec.Cmd {
	base := []string{
		"-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-Dlog4j2.configurationFile=log4j2.properties",
		"-cp", filepath.Join(opts.Jars, "*"),
	}
	c := exec.CommandContext(ctx, "java", append(base, args...)...)
	c.Dir = opts.Dir
	return c
}

// format prepares the storage. It is where the first users come from: none could log in to make one. Their passwords
// can be seen in the list of processes meanwhile, and are worth nothing once the broker has ended.
func format(ctx context.Context, opts Options, s settings) error {
	args := []string{"kafka.tools.StorageTool", "format", "-t", clusterID, "-c", properties}
	for _, u := range []user{s.Admin, s.Game} {
		args = append(args, "--add-scram", fmt.Sprintf("SCRAM-SHA-256=[name=%s,password=%s]", u.Name, u.Password))
	}
	if out, err := command(ctx, opts, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("format storage of apache kafka: %w\n%s", err, out)
	}
	return nil
}

// java is the broker's process.
type java struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
	failed error // how it ended; read after exited
}

// launch starts the broker. It lives until stop, beyond the end of ctx.
func launch(ctx context.Context, opts Options) (*java, error) {
	j := &java{
		cmd: command(context.WithoutCancel(ctx), opts, "kafka.Kafka", properties),
		log: filepath.Join(opts.Dir, logFile), exited: make(chan struct{}),
	}
	out, err := os.OpenFile(j.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start apache kafka: %w", err)
	}
	j.cmd.Stdout, j.cmd.Stderr = out, out
	if err := j.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start apache kafka: %w", err), out.Close())
	}
	go func() {
		defer close(j.exited)
		j.failed = errors.Join(j.cmd.Wait(), out.Close())
	}()
	return j, nil
}

// stop asks the process to end, and kills it when ctx ends first.
func (j *java) stop(ctx context.Context) error {
	if err := j.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop apache kafka: %w", err)
	}
	select {
	case <-j.exited:
		return nil // Java tells by its exit code that it was asked to end
	case <-ctx.Done():
	}
	err := j.cmd.Process.Kill()
	<-j.exited
	return errors.Join(fmt.Errorf("stop apache kafka: killed, it took too long: %w", ctx.Err()), err)
}

// tail returns the end of the broker's log.
func (j *java) tail() []byte {
	text, err := os.ReadFile(j.log)
	if err != nil {
		return []byte(err.Error())
	}
	return text[max(0, len(text)-tailBytes):]
}
