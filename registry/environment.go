package registry

import (
	"cmp"
	"encoding/json"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// EnvironmentFile is where clients write down where a script runs.
const EnvironmentFile = "wandb-metadata.json"

// MaxEnvironment is how many bytes of such a file are read.
const MaxEnvironment = 1 << 20

// Environment is what a script ran on and how it was called, as its client found
// it. What is not known is empty.
type Environment struct {
	Started string // as it was written: RFC 3339
	Host    string
	OS      string
	Python  string
	CPU     string
	Cores   int64 // logical, or else physical
	GPU     string
	GPUs    int64
	Memory  int64 // bytes
	Program string
	Command string // as a shell would take it
	Remote  string // of git, without anyone's password
	Commit  string
}

// Known reports whether there is anything.
func (e Environment) Known() bool { return e != Environment{} }

// Beside fills in what the run itself tells.
func (e Environment) Beside(r Run) Environment {
	e.Host, e.Program, e.Commit = cmp.Or(e.Host, r.Host), cmp.Or(e.Program, r.Program), cmp.Or(e.Commit, r.Commit)
	return e
}

// RunEnvironment returns what the config of a run tells of its environment: of
// several processes, what the last to begin says.
func RunEnvironment(config string) (e Environment) {
	var said struct {
		Own struct {
			Value struct {
				E map[string]json.RawMessage `json:"e"`
			} `json:"value"`
		} `json:"_wandb"`
	}
	if json.Unmarshal([]byte(StrictJSON(config)), &said) != nil {
		return e
	}
	for _, raw := range said.Own.Value.E {
		if one := ReadEnvironment(raw); one.Known() && (!e.Known() || one.Started > e.Started) {
			e = one
		}
	}
	return e
}

// ReadEnvironment reads what a client writes into EnvironmentFile. Anything may
// stand there; what is of another kind than expected is passed over.
func ReadEnvironment(raw []byte) Environment {
	var said object
	if json.Unmarshal(raw, &said) != nil {
		return Environment{}
	}
	gpu, gpus := said.text("gpu"), said.number("gpu_count")
	if gpu == "" {
		gpu = said.object("apple").text("name")
	}
	e := Environment{
		Started: said.text("startedAt"), Host: said.text("host"), OS: said.text("os"), Python: said.text("python"),
		CPU: said.object("cpu").text("model"), Cores: said.number("cpu_count_logical"), GPU: gpu, GPUs: gpus,
		Memory: said.object("memory").number("total"), Program: said.text("program"),
		Remote: withoutPassword(said.object("git").text("remote")), Commit: said.object("git").text("commit"),
	}
	if e.Cores == 0 {
		e.Cores = said.number("cpu_count")
	}
	if e.Program != "" {
		e.Command = command(said, e.Program)
	}
	return e
}

// command is how a shell would be told to run the program again.
func command(said object, program string) string {
	words := []string{program}
	if path.Ext(program) == ".py" {
		words = []string{"python", program}
	}
	args, _ := said["args"].([]any)
	for _, arg := range args {
		if text, ok := arg.(string); ok {
			words = append(words, text)
		}
	}
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// shellWord quotes what a shell would read as more than a word.
func shellWord(w string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./=:,@%+", r)
	}
	if w != "" && strings.IndexFunc(w, func(r rune) bool { return !plain(r) }) < 0 {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// withoutPassword is a remote without what lets someone in.
func withoutPassword(remote string) string {
	scheme, rest, ok := strings.Cut(remote, "://")
	if !ok {
		return remote
	}
	host, where, _ := strings.Cut(rest, "/")
	if at := strings.LastIndex(host, "@"); at >= 0 {
		host = host[at+1:]
	}
	return scheme + "://" + strings.TrimSuffix(host+"/"+where, "/")
}

// RepositoryURL is the page of a repository on a host of GitHub's or GitLab's
// kind, "" for any other remote.
func (e Environment) RepositoryURL() string {
	where := e.Remote
	if _, rest, ok := strings.Cut(where, "://"); ok {
		where = rest
	} else if host, repository, ok := strings.Cut(where, ":"); ok {
		where = host[strings.LastIndex(host, "@")+1:] + "/" + repository
	}
	host, repository, _ := strings.Cut(where, "/")
	host, _, _ = strings.Cut(host[strings.LastIndex(host, "@")+1:], ":")
	u := url.URL{Scheme: "https", Host: host, Path: "/" + strings.Trim(strings.TrimSuffix(repository, ".git"), "/")}
	forge, _, _ := strings.Cut(host, ".")
	if forge != "github" && forge != "gitlab" || strings.ContainsAny(host, " \\?#%[]@") || strings.Count(u.Path, "/") < 2 {
		return ""
	}
	return u.String()
}

// CommitURL is the page of the commit, "" where the repository has none.
func (e Environment) CommitURL() string {
	at := e.RepositoryURL()
	if at == "" || len(e.Commit) < 7 || strings.Trim(e.Commit, "0123456789abcdef") != "" {
		return ""
	}
	return at + "/commit/" + e.Commit
}

// object is JSON of which nothing is sure.
type object map[string]any

func (o object) object(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

func (o object) text(name string) string {
	text, _ := o[name].(string)
	return strings.TrimSpace(text)
}

// number reads a count, which clients write as a number or as a string; 0 for
// what is none.
func (o object) number(name string) int64 {
	switch v := o[name].(type) {
	case float64:
		if v >= 0 && v < 1<<62 {
			return int64(v)
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
			return n
		}
	}
	return 0
}
