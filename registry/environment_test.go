package registry_test

import (
	"testing"

	"greenroom/registry"
)

func TestReadEnvironment(t *testing.T) {
	t.Parallel()
	e := registry.ReadEnvironment([]byte(`{"os":"Linux-6.1","python":"CPython 3.11.7","host":"box","program":"train.py","args":["--name","it's new","-v"],
		"cpu_count":4,"cpu_count_logical":8,"gpu":"NVIDIA A100","gpu_count":2,"memory":{"total":"25325268992"},"cpu":{"model":"Xeon"},
		"git":{"remote":"https://ada:secret@github.com/org/cats.git","commit":"0123456789abcdef"},"startedAt":"2026-01-01T00:00:00Z"}`))
	want := registry.Environment{
		Started: "2026-01-01T00:00:00Z", Host: "box", OS: "Linux-6.1", Python: "CPython 3.11.7", CPU: "Xeon", Cores: 8, GPU: "NVIDIA A100", GPUs: 2,
		Memory: 25325268992, Program: "train.py", Command: `python train.py --name 'it'\''s new' -v`,
		Remote: "https://github.com/org/cats.git", Commit: "0123456789abcdef",
	}
	if e != want {
		t.Errorf("read\n%+v, want\n%+v", e, want)
	}
	for _, odd := range []string{``, `null`, `[]`, `"x"`, `{`, `{"os":{},"python":7,"args":{},"git":[],"cpu":"x","memory":{"total":-1},"gpu_count":1e300,"cpu_count":"many"}`} {
		if got := registry.ReadEnvironment([]byte(odd)); got.Known() {
			t.Errorf("%s tells %+v", odd, got)
		}
	}
}

func TestRunEnvironment(t *testing.T) {
	t.Parallel()
	config := `{"lr":{"value":NaN},"_wandb":{"value":{"e":{
		"b":{"host":"second","startedAt":"2026-01-02T00:00:00Z"},"a":{"host":"first","startedAt":"2026-01-01T00:00:00Z"},"c":7}}}}`
	if got := registry.RunEnvironment(config).Host; got != "second" {
		t.Errorf("the run began last on %q, want second", got)
	}
	for _, odd := range []string{``, `{}`, `{"_wandb":7}`, `{"_wandb":{"value":{"e":[]}}}`, `{"_wandb":{"value":{"e":{"a":[]}}}}`} {
		if got := registry.RunEnvironment(odd); got.Known() {
			t.Errorf("%s tells %+v", odd, got)
		}
	}
}

func TestCommitURL(t *testing.T) {
	t.Parallel()
	const commit = "0123456789abcdef"
	for remote, want := range map[string]string{
		"https://github.com/org/cats.git":             "https://github.com/org/cats",
		"git@github.com:org/cats.git":                 "https://github.com/org/cats",
		"ssh://git@gitlab.example.com:2222/a/b/c.git": "https://gitlab.example.com/a/b/c",
		"git@gitlab.com:org/\"><script>":              "https://gitlab.com/org/%22%3E%3Cscript%3E",
		"https://example.com/org/cats":                "",
		"javascript://github.com/org/cats%0aalert(1)": "https://github.com/org/cats%250aalert%281%29",
		"javascript:alert(1)":                         "",
		"https://github.com":                          "",
		"file:///home/ada/cats":                       "",
		"/home/ada/github.com/org/cats":               "",
		"":                                            "",
	} {
		e := registry.Environment{Remote: remote, Commit: commit}
		if got := e.RepositoryURL(); got != want {
			t.Errorf("%s is shown at %q, want %q", remote, got, want)
		}
		if want != "" {
			want += "/commit/" + commit
		}
		if got := e.CommitURL(); got != want {
			t.Errorf("its commit is shown at %q, want %q", got, want)
		}
	}
	if got := (registry.Environment{Remote: "git@github.com:org/cats", Commit: "../../x"}).CommitURL(); got != "" {
		t.Errorf("what is no commit leads to %s", got)
	}
}
