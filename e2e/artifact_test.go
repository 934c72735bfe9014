package e2e

import (
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A chapter is a part of a script that puts what it saw into told, under the chapter's name, and what that has to be.
// Chapters run in one process, since it is starting that takes long.
type chapter struct {
	name   string
	script string
	want   said
}

// tellChapters runs chapters on somebody's desk and compares what each of them tells.
func tellChapters(t *testing.T, d *desk, chapters []chapter) {
	t.Helper()
	var script strings.Builder
	script.WriteString(preamble + chapterTools)
	for _, c := range chapters {
		script.WriteString(c.script)
	}
	script.WriteString("\ntell(**told)\n")
	got := tale[said](d.run(script.String()).told())
	for _, c := range chapters {
		there, _ := got[c.name].(said)
		for key, want := range c.want {
			if !reflect.DeepEqual(there[key], want) {
				t.Errorf("%s: %s is %v, want %v", c.name, key, there[key], want)
			}
		}
		for key := range there {
			if _, known := c.want[key]; !known {
				t.Errorf("%s tells %s, which nothing is compared with", c.name, key)
			}
		}
	}
}

// chapterTools is what chapters work with.
const chapterTools = `
import base64, datetime, filecmp, hashlib, http.server, os, pathlib, shutil, subprocess, threading, time
from unittest import mock
os.environ["WANDB_CACHE_DIR"] = os.path.abspath("cache")
told = {}

def write(files, root="."):
    for name, content in files.items():
        file = pathlib.Path(root, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

def tree(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in pathlib.Path(root).rglob("*") if p.is_file()}

def cached():
    return sum(p.is_file() for p in pathlib.Path("cache/artifacts/obj").rglob("*"))

def forget():
    """Empties the client's cache, so that bytes can only come from the server."""
    shutil.rmtree("cache/artifacts/obj", ignore_errors=True)

def digest(files):
    """The digest of an artifact with these files."""
    lines = [name + ":" + base64.b64encode(hashlib.md5(files[name]).digest()).decode() + "\n" for name in sorted(files)]
    return hashlib.md5(("wandb-artifact-manifest-v1\n" + "".join(lines)).encode()).hexdigest()

def refused(what):
    """What somebody reads whose call fails."""
    try:
        what()
        return "nothing"
    except Exception as e:
        return str(e)

def there(name):
    """An artifact as a new client finds it."""
    return wandb.Api().artifact(where + name)

copies = []
def copy(name):
    """The files of an artifact, each from the server."""
    forget()
    copies.append(name)
    return {name: content.decode() for name, content in tree(there(name).download("copy" + str(len(copies)))).items()}
`

// What one logs comes back with every file byte for byte and with all that was said of it, from any generation of the
// client.
func TestArtifacts(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		ada, eve := s.newPerson("ada"), s.newPerson("eve")
		tellChapters(t, deskOf(t, s, ada, client, "EVE="+eve.key), []chapter{
			aFolder(client), theSameAgain(), changedLater(client), usedByARun(), inParts(), inLists(), byAStranger(ada, client),
		})
		if client == newest {
			inTheBrowser(t, s, ada)
		}
	})
}

// inTheBrowser follows the links to the files of the folder, most of which hold their own name.
func inTheBrowser(t *testing.T, s *server, ada person) {
	t.Helper()
	p := s.signInAs(ada)
	at := s.url + "/" + ada.name + "/cats/artifacts/dataset/rows/v0"
	for folder, want := range map[string][]string{
		"": {"", "%41.txt", "+.txt", ".hidden", "1+1=2.txt", "100%.txt", "<b>.txt", "[brackets]{braces}.txt", "a file.txt", "a#b.txt", "e\u0301.txt", "it's.txt",
			"q?a=b&c.txt", "say \"hi\".txt", "semi;colon,comma.txt", "the same", "the same", "tilde~.txt", "two\nlines.txt", "日本語.txt"},
		"für Zoë":            {"für Zoë/naïve ☃.txt"},
		"deep/er/and deeper": {"deep/er/and deeper/x.bin"},
	} {
		p.open(at + "/files/" + strings.ReplaceAll(url.PathEscape(folder), "%2F", "/"))
		var got []string
		for _, link := range ask(p, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".files li:not(.fold) > a")].filter(a => !a.innerText.endsWith("/")).map(a => a.href)`)) {
			got = append(got, p.bytes(link))
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("the files in %q hold %q, want %q", folder, got, want)
		}
		if text := p.text(); strings.Contains(text, "Newer") || strings.Contains(text, "Older") {
			t.Errorf("the page of %q, which shows all of it, leads to another page of it", folder)
		}
	}
	p.shot("rows")
}

// tagged leaves out tags where the client has none.
func tagged(client string, tags ...any) []any {
	if client == "0.16.6" {
		return []any{}
	}
	return tags
}

// The names are all that a file system allows and that no generation of the client refuses by itself.
func aFolder(client string) chapter {
	about := []any{"v0", "COMMITTED", 1000.0, true, true, []any{"first", "gut genug", "latest"}, tagged(client, "by hand", "raw")}
	return chapter{"folder", `
odd = ["a file.txt", "+.txt", "für Zoë/naïve ☃.txt", "1+1=2.txt", "100%.txt", "%41.txt", "a#b.txt", "it's.txt", 'say "hi".txt', "deep/er/and deeper/x.bin",
    "q?a=b&c.txt", "semi;colon,comma.txt", "[brackets]{braces}.txt", "tilde~.txt", "日本語.txt", "e\u0301.txt", ".hidden", "two\nlines.txt", "<b>.txt"]
rows = {name: name.encode() for name in odd}
rows.update({"empty.txt": b"", "twin-1.bin": b"the same", "twin-2.bin": b"the same"})
for i in range(1000 - len(rows)):
    rows[f"part-{i % 10}/{i}.bin"] = bytes([i % 256]) * i
write(rows, "rows")
about = {"n": 3, "deep": {"er": [1, 2.5, None, True, "Zoë ☃"]}, "large": 2**53 + 1, "small": 1e-300, "negative": -0.5, "": "", "π": "\u0000x", "html": "<b>&"}

run = wandb.init(project="cats", id="maker")
where = run.entity + "/cats/"
art = wandb.Artifact("rows", "dataset", description="All *rows* of Zoë.", metadata=about)
art.add_dir("rows")
tags = {} if wandb.__version__ == "0.16.6" else {"tags": ["raw", "by hand"]}
run.log_artifact(art, aliases=["first", "gut genug"], **tags)
itself = art.wait() is art
def seen(a):
    return [a.version, a.state, a.file_count, a.size == sum(map(len, rows.values())), a.metadata == about, sorted(a.aliases), sorted(getattr(a, "tags", []))]
a = there("rows:first")
told["folder"] = dict(waited=seen(art), found=seen(a), itself=itself, description=a.description, names=[a.name, a.source_name, a.type, a.project],
    digest=art.digest == a.digest == digest(rows), entries=sorted(a.manifest.entries) == sorted(rows))
`, said{
		"waited": about, "found": about, "itself": true, "description": "All *rows* of Zoë.", "names": []any{"rows:first", "rows:v0", "dataset", "cats"},
		"digest": true, "entries": true,
	}}
}

func theSameAgain() chapter {
	return chapter{"again", `
def log(content, **more):
    write({"net.bin": content})
    art = run.log_artifact("net.bin", name="net", type="model", **more)
    art.wait()
    return art.version
made = [log(b"one", aliases=["good"]), log(b"one", aliases=["better"]), log(b"two"), log(b"one")]
told["again"] = dict(versions=made, at=[there("net:" + alias).version for alias in ["good", "better", "latest"]], bytes=[copy("net:v0"), copy("net:v1"), copy("net")])
`, said{
		"versions": []any{"v0", "v0", "v1", "v2"}, "at": []any{"v0", "v0", "v2"},
		"bytes": []any{said{"net.bin": "one"}, said{"net.bin": "two"}, said{"net.bin": "one"}},
	}}
}

func changedLater(client string) chapter {
	return chapter{"later", `
a = there("net:v1")
a.aliases.extend(["kept", "moved"])
a.metadata["later"] = {"score": [0.5, None]}
a.description = "It's \"two\"."
a.ttl = datetime.timedelta(days=3)
if tags:
    a.tags = ["old", "new"]
a.save()
a = there("net:kept")
a.aliases = [alias for alias in a.aliases if alias != "moved"]
a.metadata.update(more=1)
if tags:
    a.tags.remove("old")
a.save()
b = there("net:v2")
b.aliases.append("moved")
b.save()
a = there("net:kept")
told["later"] = dict(version=a.version, aliases=sorted(a.aliases), moved=there("net:moved").version, metadata=a.metadata, description=a.description,
    ttl=a.ttl.total_seconds(), tags=sorted(getattr(a, "tags", [])), digest=a.digest == b.digest)
run.log({"loss": 1})
run.finish()
`, said{
		"version": "v1", "aliases": []any{"kept"}, "moved": "v2", "metadata": said{"later": said{"score": []any{0.5, nil}}, "more": 1.0},
		"description": `It's "two".`, "ttl": 259200.0, "tags": tagged(client, "new"), "digest": false,
	}}
}

func usedByARun() chapter {
	return chapter{"used", `
run = wandb.init(project="cats", id="user")
used = [run.use_artifact(name) for name in ["rows:first", "rows:v0", where + "rows:latest", "net:good"]]
forget()
root = used[0].download()
fetched = cached()
whole = refused(used[0].verify)
same = tree(root) == rows
write({"a#b.txt": b"spoilt"}, root)
told["used"] = dict(names=[a.name for a in used], root=os.path.relpath(root), same=same, fetched=fetched == len(set(rows.values())), whole=whole,
    spoilt=refused(used[0].verify) != "nothing", file=pathlib.Path(used[3].file()).read_text())
`, said{
		"names": []any{"rows:first", "rows:v0", "rows:latest", "net:good"}, "root": "artifacts/rows:v0", "same": true, "fetched": true, "whole": "nothing",
		"spoilt": true, "file": "one",
	}}
}

func inParts() chapter {
	return chapter{"parts", `
forget()
a = there("rows:v0")
told["parts"] = dict(
    prefix=tree(a.download("part", path_prefix="part-3")) == {name: content for name, content in rows.items() if name.startswith("part-3")},
    entries=[name for name in odd + ["empty.txt", "twin-1.bin"] if pathlib.Path(a.get_entry(name).download("single")).read_bytes() != rows[name]],
    files=sorted(f.name for f in a.files(per_page=300)) == sorted(rows),
    named=[[f.name, f.size] for f in a.files(names=["für Zoë/naïve ☃.txt", "100%.txt"])],
    opened=[f.download(root="opened").read() for f in a.files(names=["1+1=2.txt"])],
    missing=refused(lambda: a.get_entry("nothing.txt")))
run.finish()
`, said{
		"prefix": true, "entries": []any{}, "files": true, "named": []any{[]any{"100%.txt", 8.0}, []any{"für Zoë/naïve ☃.txt", 24.0}}, "opened": []any{"1+1=2.txt"},
		"missing": "'Path not contained in artifact: nothing.txt'",
	}}
}

func inLists() chapter {
	newestFirst := []any{"net:v2", "net:v1", "net:v0"}
	return chapter{"lists", `
api = wandb.Api()
project = where.strip("/")
def names(artifacts):
    return [a.name for a in artifacts]
told["lists"] = dict(
    versions=names(api.artifacts("model", where + "net")), by_old_name=names(api.artifact_versions("model", where + "net")),
    types=sorted(t.name for t in api.artifact_types(project=project) if t.name in ["model", "dataset"]),
    collections=[[c.name for c in api.artifact_type(kind, project).collections()] for kind in ["model", "dataset"]],
    collection=api.artifact_collection("dataset", where + "rows").name,
    maker=there("rows:v0").logged_by().id, users=[[r.id for r in there(name).used_by()] for name in ["rows:v0", "net:v1"]],
    used=sorted(names(api.run(where + "user").used_artifacts())), made=sorted(names(api.run(where + "maker").logged_artifacts())),
    of_user=names(api.run(where + "user").logged_artifacts()))
`, said{
		"versions": newestFirst, "by_old_name": newestFirst, "types": []any{"dataset", "model"}, "collections": []any{[]any{"net"}, []any{"rows"}}, "collection": "rows",
		"maker": "maker", "users": []any{[]any{"user"}, []any{}}, "used": []any{"net:v0", "rows:v0"}, "made": []any{"net:v0", "net:v1", "net:v2", "rows:v0"}, "of_user": []any{},
	}}
}

// A stranger cannot tell what is hidden from what is not there, and reads a sentence either way.
func byAStranger(ada person, client string) chapter {
	sentence := map[string]string{
		newest:    "project 'cats' not found under entity '" + ada.name + "'",
		"0.19.11": "artifact 'NAME' not found in '" + ada.name + "/cats'",
		"0.16.6":  "Unable to fetch artifact with name " + ada.name + "/cats/NAME",
	}[client]
	return chapter{"stranger", `
eve = wandb.Api(api_key=os.environ["EVE"])
told["stranger"] = dict(hidden=refused(lambda: eve.artifact(where + "rows:v0").download()), nothing=refused(lambda: eve.artifact(where + "nothing:v7").download()))
`, said{"hidden": strings.Replace(sentence, "NAME", "rows:v0", 1), "nothing": strings.Replace(sentence, "NAME", "nothing:v7", 1)}}
}

// peak is the most memory that the server had so far, in bytes.
func (s *server) peak() int64 {
	s.t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		s.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(after, " kB")
	n, err := strconv.ParseInt(strings.TrimSpace(kilobytes), 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n << 10
}
