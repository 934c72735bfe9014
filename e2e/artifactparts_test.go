package e2e

import "testing"

// Versions that are not logged as a whole by one run: built on others, by several runs, of things that are kept
// elsewhere, of tables, and as models.
func TestArtifactsInParts(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		tellChapters(t, deskOf(t, s, s.newPerson("ada"), client), []chapter{
			builtOnOthers, byTwoRuns(), references, onlyReferences(), tables, unusual, models, lineageOfParts,
		})
	})
}

var builtOnOthers = chapter{"built", `
run = wandb.init(project="cats", id="maker", group="team")
where = run.entity + "/cats/"
def log(art, *files):
    for file in files:
        art.add_file(file)
    run.log_artifact(art)
    return art.wait()
write({"a": b"one", "b": b"two", "c": b"three", "d": b"four", "e": b"five"})
log(wandb.Artifact("grown", "dataset"), "a", "b")
write({"b": b"two again"})
added = log(wandb.Artifact("grown", "dataset", incremental=True), "b", "c")

draft = there("grown:v1").new_draft()
draft.remove("a")
log(draft, "d")
log(there("grown:v0").new_draft(), "e")
alone = log(wandb.Artifact("grown", "dataset", incremental=True), "d")
part = log(wandb.Artifact("grown", "dataset"), "d")
told["built"] = dict(versions=[added.version, alone.version, part.version], seen=[there("grown:v1").file_count, there("grown:v1").size],
    digest=there("grown:v1").digest == digest({"a": b"one", "b": b"two again", "c": b"three"}), files=[copy(f"grown:v{n}") for n in range(6)])
`, said{
	"versions": []any{"v1", "v4", "v5"}, "seen": []any{3.0, 17.0}, "digest": true,
	"files": []any{
		said{"a": "one", "b": "two"},
		said{"a": "one", "b": "two again", "c": "three"},
		said{"b": "two again", "c": "three", "d": "four"},
		said{"a": "one", "b": "two", "e": "five"},
		said{"a": "one", "b": "two", "d": "four", "e": "five"},
		said{"d": "four"},
	},
}}

// The second run is another process that comes and goes while the first one waits. The same parts again make no new
// version, some of them with another one do.
func byTwoRuns() chapter {
	return chapter{"together", `
def part(file):
    art = wandb.Artifact("shared", "dataset")
    art.add_file(file)
    return art
run.upsert_artifact(part("a"))
other = """
import wandb
run = wandb.init(project="cats", id="other", group="team")
art = wandb.Artifact("shared", "dataset")
art.add_file("c")
run.upsert_artifact(art, aliases=["half"])
run.finish()
"""
mine = {name: os.environ[name] for name in os.environ if not name.startswith("WANDB_") or name in ["WANDB_BASE_URL", "WANDB_API_KEY", "WANDB_ERROR_REPORTING"]}
subprocess.run([sys.executable, "-c", other], check=True, env=mine)
early = refused(lambda: there("shared:latest")) != "nothing"
run.finish_artifact(part("d"), aliases=["done"]).wait()
first = there("shared:latest")
run.upsert_artifact(part("a"))
run.upsert_artifact(part("c"))
second = run.finish_artifact(part("d")).wait()
run.upsert_artifact(part("a"))
third = run.finish_artifact(part("e")).wait()
told["together"] = dict(early=early, first=[first.version, sorted(first.aliases), first.file_count, first.logged_by().id],
    later=[second.version, third.version], files=[copy("shared:v0"), copy("shared:v1")])
`, said{
		"early": true, "first": []any{"v0", []any{"done", "half", "latest"}, 3.0, "maker"}, "later": []any{"v0", "v1"},
		"files": []any{said{"a": "one", "c": "three", "d": "four"}, said{"a": "one", "e": "five"}},
	}}
}

var references = chapter{"references", `
class Elsewhere(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"from elsewhere" + self.path.encode()
        self.send_response(200)
        self.send_header("ETag", '"tag of ' + self.path.strip("/") + '"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
threading.Thread(target=web.serve_forever, daemon=True).start()
site = f"http://127.0.0.1:{web.server_port}/"
here = "file://" + os.getcwd()
write({"away/x y.txt": b"x", "away/deep/z.txt": b"z"})
art = wandb.Artifact("refs", "dataset")
art.add_reference(site + "net.bin")
art.add_reference(site + "other.bin", name="renamed/it.bin")
art.add_reference(here + "/away")
art.add_reference(here + "/b", name="b.txt")
art = log(art, "a")
a = there("refs:v0")
told["references"] = dict(seen=[art.file_count, art.size], files=copy("refs:v0"), listed=sorted(f.name for f in a.files()),
    targets={name: e.ref.replace(site, "SITE/").replace(here, "HERE") for name, e in a.manifest.entries.items() if e.ref},
    target=a.get_entry("net.bin").ref_target() == site + "net.bin", whole=refused(lambda: a.verify("copy" + str(len(copies)))))
`, said{
	"seen": []any{6.0, 60.0}, "listed": []any{"a", "b.txt", "deep/z.txt", "net.bin", "renamed/it.bin", "x y.txt"}, "target": true, "whole": "nothing",
	"files": said{
		"a": "one", "b.txt": "two again", "deep/z.txt": "z", "net.bin": "from elsewhere/net.bin", "renamed/it.bin": "from elsewhere/other.bin", "x y.txt": "x",
	},
	"targets": said{
		"b.txt": "HERE/b", "deep/z.txt": "HERE/away/deep/z.txt", "net.bin": "SITE/net.bin", "renamed/it.bin": "SITE/other.bin", "x y.txt": "HERE/away/x y.txt",
	},
}}

// Nobody asks the store for references without a checksum, so that the client needs its library by name only.
func onlyReferences() chapter {
	twice := func(ref string) []any { return []any{ref, ref} }
	return chapter{"elsewhere", `
sys.modules.update({name: mock.MagicMock() for name in ["boto3", "botocore", "botocore.client"]})
def buckets():
    art = wandb.Artifact("buckets", "dataset")
    art.add_reference("s3://bucket/some/key.bin", checksum=False)
    art.add_reference("s3://bucket/whole", name="whole", checksum=False)
    art.add_reference("odd://store/é %20?x=1#y", name="odd")
    art.add_reference("http://example.com/unchecked", checksum=False)
    return log(art)
versions = [buckets().version, buckets().version]
a = there("buckets:v0")
told["elsewhere"] = dict(versions=versions, seen=[a.file_count, a.size], entries={name: [e.ref, e.digest] for name, e in a.manifest.entries.items()},
    listed=sorted(f.name for f in a.files()))
`, said{
		"versions": []any{"v0", "v0"}, "seen": []any{4.0, 0.0}, "listed": []any{"odd", "some/key.bin", "unchecked", "whole"},
		"entries": said{
			"some/key.bin": twice("s3://bucket/some/key.bin"), "whole": twice("s3://bucket/whole"),
			"odd": twice("odd://store/é %20?x=1#y"), "unchecked": twice("http://example.com/unchecked"),
		},
	}}
}

var tables = chapter{"tables", `
import io, urllib.request, zipfile
art = wandb.Artifact("derived", "dataset")
art.add(wandb.Table(columns=["n", "name", "x"], data=[[1, "Zoë", 0.5], [2, None, float("inf")]]), "table")
art.add_reference(there("grown:v1").get_entry("c"), name="c of another")
art.add_reference(there("grown:v1").get_entry("b").ref_url(), name="b by address")
log(art)
run.log({"seen": wandb.Table(columns=["a"], data=[[1], [2]])})
forget()
a = there("derived:v0")
table = a.get("table")
def fetch(path):
    ask = urllib.request.Request(os.environ["WANDB_BASE_URL"] + "/" + where + "artifacts/dataset/derived/v0/" + path, headers={"Authorization": "Bearer " + os.environ["WANDB_API_KEY"]})
    return urllib.request.urlopen(ask).read()
packed = zipfile.ZipFile(io.BytesIO(fetch("archive")))
told["tables"] = dict(columns=table.columns, rows=[list(row) for row in table.data], files=sorted(copy("derived:v0")),
    borrowed=[copy("derived:v0")["c of another"], copy("derived:v0")["b by address"], a.get_entry("c of another").ref.startswith("wandb-artifact://")],
    fetched=[fetch("files/c%20of%20another").decode(), fetch("files/b%20by%20address").decode()], packed={name: packed.read(name).decode() for name in packed.namelist() if not name.endswith(".json")})
`, said{
	"columns": []any{"n", "name", "x"}, "rows": []any{[]any{1.0, "Zoë", 0.5}, []any{2.0, nil, "Infinity"}}, "files": []any{"b by address", "c of another", "table.table.json"},
	"borrowed": []any{"three", "two again", true}, "fetched": []any{"three", "two again"},
	"packed": said{"derived-v0/b by address": "two again", "derived-v0/c of another": "three"},
}}

// A draft that is used is logged by nobody, and what is deleted is gone.
var unusual = chapter{"unusual", `
draft = wandb.Artifact("drafted", "dataset")
draft.add_file("a")
draft = run.use_artifact(draft).wait()
empty = log(wandb.Artifact("empty", "dataset"))
art = wandb.Artifact("filed", "dataset")
with art.new_file("x/y.json") as file:
    file.write("{}")
art.add_dir("away", name="sub/dir")
log(art)
write({"checked/extra": b"x"})
there("filed:v0").checkout("checked")
found = there("filed:" + art.digest).version
there("filed:v0").delete(delete_aliases=True)
told["unusual"] = dict(draft=[draft.version, draft.logged_by(), [r.id for r in draft.used_by()], copy("drafted:v0")], empty=[empty.version, empty.file_count, copy("empty:v0")],
    checked=sorted(tree("checked")), found=found, gone=refused(lambda: there("filed:v0")) != "nothing", left=[a.name for a in wandb.Api().artifacts("dataset", where + "filed")])
`, said{
	"draft": []any{"v0", nil, []any{"maker"}, said{"a": "one"}}, "empty": []any{"v0", 0.0, said{}}, "checked": []any{"sub/dir/deep/z.txt", "sub/dir/x y.txt", "x/y.json"},
	"found": "v0", "gone": true, "left": []any{},
}}

var models = chapter{"models", `
write({"model/config.json": b"{}", "model/weights/w.bin": b"w"})
run.log_model("model", name="net", aliases=["good"])
run.link_model("model", "Cats", name="net", aliases=["staging"])
run.log_model("a", name="single")
run.finish()
run = wandb.init(project="cats", id="user")
def used(name):
    forget()
    path = run.use_model(name)
    return {name: content.decode() for name, content in tree(path).items()} if os.path.isdir(path) else pathlib.Path(path).read_text()
told["models"] = dict(bytes=[used("net:good"), used("single:latest"), used(run.entity + "/model-registry/Cats:staging")],
    other=refused(lambda: run.use_model("grown:v0")))
run.finish()
`, said{
	"bytes": []any{
		said{"config.json": "{}", "weights/w.bin": "w"}, "one", said{"config.json": "{}", "weights/w.bin": "w"},
	},
	"other": "You can only use this method for 'model' artifacts. For an artifact to be a 'model' artifact, its type property must contain the substring 'model'.",
}}

var lineageOfParts = chapter{"lineage", `
def run_of(name):
    return wandb.Api().run(where + name)
made = run_of("maker").logged_artifacts()
told["lineage"] = dict(made=sorted(a.name for a in made if a.type != "run_table"), joined=[a.name for a in run_of("other").logged_artifacts()],
    used=sorted(a.name for a in run_of("user").used_artifacts() if a.type == "model"), logged=[a.get("seen").data for a in made if a.type == "run_table"])
`, said{
	"made": []any{
		"buckets:v0", "derived:v0", "empty:v0", "grown:v0", "grown:v1", "grown:v2", "grown:v3", "grown:v4", "grown:v5", "net:v0", "refs:v0", "shared:v0", "shared:v1", "single:v0",
	},
	"joined": []any{"shared:v0"}, "used": []any{"net:v0", "single:v0"}, "logged": []any{[]any{[]any{1.0}, []any{2.0}}},
}}
