package reference

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/passmuster/muster/internal/target"
)

//go:embed target.yaml.tmpl
var targetTemplate string

const (
	ours            = "# Written by muster serve" // how every file that WriteTarget may replace begins
	maxInlineTokens = 10                          // more go into a file of their own
	private         = 0o600
)

// WriteTarget writes a target file that fits this server, and beside it the certificate authority (its name ends in
// -ca.pem) and, for more than ten, the access tokens (-tokens.txt). Each file is readable by its owner only and appears
// whole or not at all, the target file last. A target file of the same name is replaced if WriteTarget wrote it, and is
// an error otherwise.
func (s *Server) WriteTarget(path string) error {
	if err := mayReplace(path); err != nil {
		return err
	}
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	caFile, tokensFile := stem+"-ca.pem", ""
	files := []file{{caFile, s.target.Ingest.Kafka.TLS.CA}}
	if len(s.target.Playtime.AccessTokens) > maxInlineTokens {
		tokensFile = stem + "-tokens.txt"
		files = append(files, file{tokensFile, tokenList(s.target.Playtime.AccessTokens)})
	}
	text, err := renderTarget(s.target, base(caFile), base(tokensFile))
	if err != nil {
		return fmt.Errorf("write target %s: %w", path, err)
	}
	for _, f := range append(files, file{path, text}) {
		if err := f.write(); err != nil {
			return fmt.Errorf("write target %s: %w", path, err)
		}
	}
	return nil
}

// mayReplace refuses to write over a file that somebody else wrote.
func mayReplace(path string) error {
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write target %s: look at what is there: %w", path, err)
	case !bytes.HasPrefix(old, []byte(ours)):
		return fmt.Errorf("write target %s: the file exists and was not written by muster serve; remove it or choose another name", path)
	default:
		return nil
	}
}

// renderTarget writes t in the form of a target file that refers to the files of the authority and of the tokens.
func renderTarget(t *target.Target, caFile, tokensFile string) ([]byte, error) {
	type kafka struct {
		*target.Kafka
		CAFile, Indent string
	}
	page, err := template.New("target").Funcs(template.FuncMap{
		"quote":  quote,
		"reveal": func(s target.Secret) (string, error) { return quote(s.Reveal()) },
		"topic":  func(k *target.Kafka, indent string) kafka { return kafka{k, caFile, indent} },
	}).Parse(targetTemplate)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = page.Execute(&text, struct {
		*target.Target
		TokensFile string
	}{t, tokensFile})
	return text.Bytes(), err
}

// quote writes s as a double-quoted YAML scalar, for which JSON's form will do, and keeps a literal ${ from being taken
// for a reference to the environment.
func quote(s string) (string, error) {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(strings.ReplaceAll(s, "${", "$${"))
	return strings.TrimSuffix(text.String(), "\n"), err
}

func tokenList(tokens []target.Secret) []byte {
	var text bytes.Buffer
	text.WriteString(ours + ": the access tokens of its users, one per line.\n")
	for _, t := range tokens {
		text.WriteString(t.Reveal())
		text.WriteByte('\n')
	}
	return text.Bytes()
}

// base is the name of a file in the folder of the target file; empty stays empty.
func base(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

// file is a file to be written.
type file struct {
	path string
	data []byte
}

// write puts the file in place whole: it is written under another name in the same folder first.
func (f file) write() (err error) {
	temp, err := os.CreateTemp(filepath.Dir(f.path), "."+filepath.Base(f.path)+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if err := errors.Join(temp.Chmod(private), put(temp, f.data)); err != nil {
		return err
	}
	return os.Rename(temp.Name(), f.path)
}

// put writes and closes, and hears of every failure of either.
func put(f *os.File, data []byte) error {
	_, err := f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
