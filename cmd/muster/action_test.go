package main

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// action is action.yml as far as GitHub knows it for composite actions.
type action struct {
	Name        string                       `yaml:"name"`
	Description string                       `yaml:"description"`
	Author      string                       `yaml:"author"`
	Branding    struct{ Icon, Color string } `yaml:"branding"`
	Inputs      map[string]struct {
		Description string  `yaml:"description"`
		Default     *string `yaml:"default"`
		Required    bool    `yaml:"required"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Description string `yaml:"description"`
		Value       string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

type step struct {
	ID              string            `yaml:"id"`
	Name            string            `yaml:"name"`
	If              string            `yaml:"if"`
	Uses            string            `yaml:"uses"`
	With            map[string]string `yaml:"with"`
	Run             string            `yaml:"run"`
	Shell           string            `yaml:"shell"`
	Env             map[string]string `yaml:"env"`
	WorkDir         string            `yaml:"working-directory"`
	ContinueOnError bool              `yaml:"continue-on-error"`
}

func readAction(t *testing.T) (action, string) {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.UnmarshalWithOptions(text, &a, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return a, string(text)
}

// TestActionIsOneThatGitHubTakes decodes action.yml strictly and holds its expressions against what it declares.
func TestActionIsOneThatGitHubTakes(t *testing.T) {
	a, text := readAction(t)
	if a.Name == "" || a.Description == "" || a.Runs.Using != "composite" {
		t.Errorf("name %q, description %q, using %q: want both and composite", a.Name, a.Description, a.Runs.Using)
	}
	ids := []string{}
	for _, s := range a.Runs.Steps {
		switch {
		case (s.Run == "") == (s.Uses == ""):
			t.Errorf("step %q: want either run or uses", s.Name)
		case s.Run != "" && s.Shell != "bash":
			t.Errorf("step %q: a composite action names the shell, got %q", s.Name, s.Shell)
		case s.Uses != "" && !regexp.MustCompile(`^[\w-]+/[\w-]+@v\d+$`).MatchString(s.Uses):
			t.Errorf("step %q uses %q, want owner/name@vN", s.Name, s.Uses)
		case strings.Contains(s.Run, "${{"):
			t.Errorf("step %q writes an expression into its script, where it could be a command", s.Name)
		}
		ids = append(ids, s.ID)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\binputs\.([\w-]+)`).FindAllStringSubmatch(text, -1) {
		used[m[1]] = true
	}
	if got, want := slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(a.Inputs)); !slices.Equal(got, want) {
		t.Errorf("inputs %q are used, %q declared", got, want)
	}
	for name, in := range a.Inputs {
		if in.Description == "" || in.Default == nil && !in.Required {
			t.Errorf("input %s has no description or no default", name)
		}
	}
	for name, out := range a.Outputs {
		m := regexp.MustCompile(`^\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}$`).FindStringSubmatch(out.Value)
		if m == nil || !slices.Contains(ids, m[1]) || !strings.Contains(text, m[2]+"=") {
			t.Errorf("output %s is %q, want one that a step writes", name, out.Value)
		}
	}
}

// TestActionRuns runs the action's own scripts as a runner does: it builds muster, and runs it with the inputs given.
func TestActionRuns(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash on this machine")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := readAction(t)
	r := runner{t: t, action: a, env: []string{"GITHUB_ACTION_PATH=" + root, "RUNNER_TEMP=" + t.TempDir()}}
	if code, said := r.step("Build muster", t.TempDir(), nil); code != 0 {
		t.Fatalf("build: exit code %d:\n%s", code, said)
	}
	for _, c := range []struct {
		name   string
		inputs map[string]string
		code   int
		want   []string // of GITHUB_OUTPUT
	}{
		{"a clause alone", map[string]string{"args": "--clause playtime/start/answers-204\n--retries 1"}, 3, []string{"exit-code=3", "verdict=invalid", "report=muster-run/report.html"}},
		{"a broken clause", map[string]string{"args": "--clause playtime/start/answers-204 --mutant start-answers-200", "out": "my run"}, 1, []string{"exit-code=1", "verdict=failed", "report=my run/report.html"}},
		{"all clauses and a scenario", map[string]string{"scenario": "smoke", "ccu": "20", "duration": "2s", "args": "--floor 0s"}, 0, []string{"exit-code=0", "verdict=passed", "report=muster-run/report.html"}},
		{"no such target", map[string]string{"target": "$(touch pwned).yaml"}, 2, []string{"exit-code=2"}},
		{"players without a scenario", map[string]string{"ccu": "5"}, 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			code, said := r.step("Run muster", dir, c.inputs)
			output, _ := os.ReadFile(filepath.Join(dir, "output")) // none was written when it is not there
			if got := strings.Fields(strings.ReplaceAll(string(output), " ", "_")); code != c.code || !slices.Equal(got, underlined(c.want)) {
				t.Errorf("exit code %d, outputs %q; want %d, %q:\n%s", code, got, c.code, c.want, said)
			}
			summary, _ := os.ReadFile(filepath.Join(dir, "summary.md")) // likewise
			if ran := len(c.want) > 1; ran != strings.Contains(string(summary), "## Muster: ") {
				t.Errorf("the job summary is %q", summary)
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("an input was run as a command")
			}
		})
	}
}

func underlined(lines []string) (all []string) {
	for _, l := range lines {
		all = append(all, strings.ReplaceAll(l, " ", "_"))
	}
	return all
}

// runner runs steps of an action as GitHub's runner does.
type runner struct {
	t      *testing.T
	action action
	env    []string
}

// step runs the script of a step in a directory, and returns its exit code and what it said.
func (r runner) step(name, dir string, inputs map[string]string) (int, string) {
	r.t.Helper()
	i := slices.IndexFunc(r.action.Runs.Steps, func(s step) bool { return s.Name == name })
	if i < 0 {
		r.t.Fatalf("no step %q", name)
	}
	s := r.action.Runs.Steps[i]
	script := filepath.Join(r.t.TempDir(), "step.sh")
	write(r.t, script, s.Run)
	cmd := exec.CommandContext(r.t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GITHUB_OUTPUT="+filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary.md"))
	cmd.Env = append(cmd.Env, r.env...)
	for key, value := range s.Env {
		if m := regexp.MustCompile(`^\$\{\{ inputs\.([\w-]+) \}\}$`).FindStringSubmatch(value); m != nil {
			value = *r.action.Inputs[m[1]].Default
			if given, is := inputs[m[1]]; is {
				value = given
			}
		}
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(said)
}
