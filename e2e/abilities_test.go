package e2e

// abilityTools is what the scripts of abilities work with. They share one process and what the ones before them made.
const abilityTools = `
import glob, os, pathlib, shutil, subprocess, time, traceback
me, team, model, url = (os.environ[name] for name in ["ME", "TEAM", "MODEL", "WANDB_BASE_URL"])
command = os.path.join(os.path.dirname(sys.executable), "wandb")
own, org = f"{team}/model-registry/{model}", f"wandb-registry-model/{model}"
told = {}

def attempt(name, script):
    print("===", name, flush=True)
    began = time.time()
    try:
        exec(compile(script, name, "exec"), globals())
        told[name] = ""
    except Exception as e:
        if wandb.run:
            wandb.run.finish() # or the next ability would go on with it
        at = [frame.lineno for frame in traceback.extract_tb(e.__traceback__) if frame.filename == name]
        told[name] = f"{type(e).__name__} in line {at[-1]}: {e}" if at else str(e)
        print("---", told[name], flush=True)
    print(f"--- {time.time() - began:.1f} s", flush=True)

def same(got, want):
    assert got == want, f"{got!r} is not {want!r}"

def refused(what):
    """What somebody reads whose call fails."""
    try:
        what()
    except Exception as e:
        return str(e)
    raise AssertionError("it was not refused")

def begin(**more):
    return wandb.init(**{"entity": team, "project": "birds", **more})

def found(path):
    return wandb.Api().artifact(f"{team}/birds/{path}")

def wandb_command(*args):
    done = subprocess.run([command, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout
`

func before(n int) func(client string) bool { return between(0, n-1) }

func between(from, to int) func(client string) bool {
	return func(client string) bool { return minor(client) >= from && minor(client) <= to }
}

// abilities are what docs/wandb.md lists, in its order.
var abilities = []ability{
	{name: "Log in from a script", script: `
same(wandb.login(), True)
same(wandb.Api().viewer.username, me)
`},
	{name: "Log in by the command wandb login", without: between(19, 22),
		lacks: "The client keeps the key under host:port and does not find it there. Set WANDB_API_KEY.", script: `
nobody = {name: value for name, value in os.environ.items() if name != "WANDB_API_KEY"}
subprocess.run([command, "login", "--relogin", "--host", url, os.environ["WANDB_API_KEY"]], env=nobody, check=True)
knows = subprocess.run([sys.executable, "-c", "import wandb; print(wandb.login(), wandb.Api().viewer.username)"], env=nobody, stdout=subprocess.PIPE, text=True)
same(knows.stdout, f"True {me}\n")
`},
	{name: "Log a run: configuration, points, summary, console", script: `
run = begin(id="first", name="first try", group="widths", job_type="train", tags=["small"], notes="Looks good.", config={"lr": 0.1, "net": {"widths": [8, 16]}})
print("epoch 1")
for i in range(4):
    run.log({"loss": 1 / (i + 1), "val": {"acc": i / 4}})
run.log({"loss": float("nan")})
run.config.update({"late": True})
run.summary["best"] = 0.75
pathlib.Path("weights.txt").write_text("weights")
run.save("weights.txt")
run.finish()
`},
	{name: "Read it back: settings, summary, state", script: `
r = wandb.Api().run(f"{team}/birds/first")
same([r.state, r.name, r.group, r.job_type, r.tags, r.notes], ["finished", "first try", "widths", "train", ["small"], "Looks good."])
same(r.config, {"lr": 0.1, "net": {"widths": [8, 16]}, "late": True})
same([r.summary["best"], r.summary["val"]["acc"], r.lastHistoryStep], [0.75, 0.75, 4])
`},
	{name: "Read points: history, scan_history", script: `
r = wandb.Api().run(f"{team}/birds/first")
want = [[i, 1 / (i + 1)] for i in range(4)]
rows = list(r.scan_history())
same([[h["_step"], h["loss"]] for h in rows[:4]], want)
assert len(rows) == 5 and rows[4]["loss"] != rows[4]["loss"], rows
same([h["loss"] for h in r.scan_history(keys=["loss"], page_size=2)][:4], [loss for _, loss in want])
same([[h["_step"], h["loss"]] for h in r.history(pandas=False)][:4], want)
same([h["val.acc"] for h in r.history(keys=["val.acc"], pandas=False)], [i / 4 for i in range(4)])
`},
	{name: "List and fetch files of a run", script: `
r = wandb.Api().run(f"{team}/birds/first")
names = {f.name for f in r.files()}
assert names >= {"config.yaml", "output.log", "requirements.txt", "wandb-metadata.json", "wandb-summary.json", "weights.txt"}, names
same(r.file("weights.txt").download(root="fetched", replace=True).read(), "weights")
assert "epoch 1" in r.file("output.log").download(root="fetched", replace=True).read()
r.file("weights.txt").delete()
assert "weights.txt" not in {f.name for f in wandb.Api().run(f"{team}/birds/first").files()}
`},
	{name: "Change a run from outside", script: `
r = wandb.Api().run(f"{team}/birds/first")
r.name, r.notes = "renamed", "Looks better."
r.tags.append("late")
r.config["more"] = 1
r.summary["later"] = 2
r.update()
r = wandb.Api().run(f"{team}/birds/first")
same([r.name, r.notes, sorted(r.tags), r.config["more"], r.config["lr"], r.summary["later"], r.summary["best"]], ["renamed", "Looks better.", ["late", "small"], 1, 0.1, 2, 0.75])
`},
	{name: "Resume a run", script: `
for part in range(2):
    run = begin(id="long", resume="allow" if part == 0 else "must", config={"part": part})
    for i in range(3):
        run.log({"loss": part * 10 + i})
    run.finish(exit_code=1 - part)
r = wandb.Api().run(f"{team}/birds/long")
same([[h["_step"], h["loss"]] for h in r.scan_history()], [[0, 0], [1, 1], [2, 2], [3, 10], [4, 11], [5, 12]])
same([r.state, r.config["part"]], ["finished", 1])
`},
	{name: "Log offline, then wandb sync", script: `
run = begin(id="off", mode="offline", config={"lr": 0.2}, tags=["slow"])
for i in range(10):
    run.log({"loss": i})
run.summary["best"] = 0.5
run.finish()
[folder] = glob.glob("wandb/offline-run-*")
wandb_command("sync", folder)
r = wandb.Api().run(f"{team}/birds/off")
same([r.state, r.config, r.tags, r.summary["best"], [h["loss"] for h in r.scan_history()]], ["finished", {"lr": 0.2}, ["slow"], 0.5, list(range(10))])
`},
	{name: "List runs: filters, order; projects", script: `
api = wandb.Api()
same([r.id for r in api.runs(f"{team}/birds", order="+created_at")], ["first", "long", "off"])
same([r.id for r in api.runs(f"{team}/birds", filters={"config.lr": {"$gt": 0.15}})], ["off"])
same([r.id for r in api.runs(f"{team}/birds", filters={"$or": [{"display_name": "renamed"}, {"tags": "slow"}]}, order="-created_at")], ["off", "first"])
same([p.name for p in api.projects(team)], ["birds"])
`},
	{name: "Delete a run", script: `
begin(id="gone").finish()
wandb.Api().run(f"{team}/birds/gone").delete()
assert "gone" in refused(lambda: wandb.Api().run(f"{team}/birds/gone"))
`},
	{name: "Log pictures, tables, histograms, HTML", script: `
from PIL import Image
run = begin(id="media")
red = wandb.Image(Image.new("RGB", (5, 3), (255, 0, 0)), caption="red")
run.log({"red": red, "two": [red, red], "weights": wandb.Histogram(np_histogram=([1, 5, 2], [0, 1, 2, 3])), "page": wandb.Html("<p>hello</p>"),
    "rows": wandb.Table(columns=["what", "n", "seen"], data=[["one", 1.5, red], ["two", None, red]])})
run.finish()
r = wandb.Api().run(f"{team}/birds/media")
at = r.summary["red"]
same([at["_type"], at["width"], at["height"], at["caption"]], ["image-file", 5, 3, "red"])
r.file(at["path"]).download(root="fetched", replace=True)
same(Image.open("fetched/" + at["path"]).getpixel((0, 0)), (255, 0, 0))
same([r.summary["two"]["count"], r.summary["weights"]["values"], r.summary["page"]["_type"], r.summary["rows"]["nrows"]], [2, [1, 5, 2], "html-file", 2])
`},
	{name: "Log boxes, masks, sound, film, 3D, molecules", script: `
import json, wave
with wave.open("tone.wav", "wb") as sound:
    sound.setparams((1, 2, 8000, 0, "NONE", ""))
    sound.writeframes(bytes(range(200)))
Image.new("L", (5, 3), 1).save("mask.png")
Image.new("RGB", (5, 3)).save("film.gif", save_all=True, append_images=[Image.new("RGB", (5, 3), (255, 0, 0))])
pathlib.Path("flat.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
pathlib.Path("water.pdb").write_text("HETATM    1  O   HOH A   1       0.000   0.000   0.000  1.00  0.00           O\nEND\n")
run = begin(id="solid")
bird = {"position": {"minX": 0, "maxX": 2, "minY": 0, "maxY": 1}, "domain": "pixel", "class_id": 1, "scores": {"p": 0.5}}
run.log({"seen": wandb.Image(Image.new("RGB", (5, 3)), boxes={"found": {"box_data": [bird], "class_labels": {1: "bird"}}},
    masks={"where": {"path": "mask.png", "class_labels": {1: "bird"}}}),
    "tone": wandb.Audio("tone.wav"), "film": wandb.Video("film.gif"), "flat": wandb.Object3D("flat.obj"), "water": wandb.Molecule("water.pdb")})
run.finish()
r = wandb.Api().run(f"{team}/birds/solid")
def fetched(path):
    return pathlib.Path(r.file(path).download(root="fetched", replace=True).name).read_bytes()
for name in ["tone.wav", "film.gif", "flat.obj", "water.pdb"]:
    same(fetched(r.summary[name.split(".")[0]]["path"]), pathlib.Path(name).read_bytes())
seen = r.summary["seen"]
same(json.loads(fetched(seen["boxes"]["found"]["path"]))["box_data"], [bird])
same(fetched(seen["masks"]["where"]["path"]), pathlib.Path("mask.png").read_bytes())
`},
	{name: "Read a table back, pictures in it too", script: `
rows = found("run-media-rows:latest").get("rows")
same([rows.columns, [row[:2] for row in rows.data]], [["what", "n", "seen"], [["one", 1.5], ["two", None]]])
same([type(row[2]).__name__ for row in rows.data], ["Image", "Image"])
`},
	{name: "Log an artifact: files, folders, references, aliases", script: `
for name, text in {"data/a file.txt": "a", "data/deep/b.txt": "b", "elsewhere.txt": "far"}.items():
    pathlib.Path(name).parent.mkdir(exist_ok=True, parents=True)
    pathlib.Path(name).write_text(text)
run = begin(id="maker")
art = wandb.Artifact("rows", "dataset", description="All rows.", metadata={"n": 2, "deep": {"er": [1, None]}})
art.add_dir("data")
with art.new_file("new.txt") as f:
    f.write("new")
art.add_reference("file://" + os.path.abspath("elsewhere.txt"), name="far.txt")
art.add_reference("https://data.example/key", name="far.bin", checksum=False)
same(run.log_artifact(art, aliases=["good"]).wait().version, "v0")
file = pathlib.Path("net.bin")
def logged(text):
    file.write_text(text)
    art = wandb.Artifact("net", "model", metadata={"text": text})
    art.add_file("net.bin")
    return run.log_artifact(art).wait()
nets = [logged("one"), logged("two"), logged("two")]
same([art.version for art in nets], ["v0", "v1", "v1"])
run.finish()
`},
	{name: "Use and download an artifact", script: `
shutil.rmtree(os.path.expanduser("~/.cache/wandb/artifacts/obj"), ignore_errors=True)
run = begin(id="user")
art = run.use_artifact("rows:good")
same([art.version, art.type, art.description, art.metadata, sorted(art.aliases)], ["v0", "dataset", "All rows.", {"n": 2, "deep": {"er": [1, None]}}, ["good", "latest"]])
same(sorted(art.manifest.entries), ["a file.txt", "deep/b.txt", "far.bin", "far.txt", "new.txt"])
same(art.manifest.entries["far.bin"].ref, "https://data.example/key")
for name, text in {"a file.txt": "a", "deep/b.txt": "b", "new.txt": "new", "far.txt": "far"}.items():
    entry = art.get_path(name) if not hasattr(art, "get_entry") else art.get_entry(name)
    same(pathlib.Path(entry.download("copy")).read_text(), text)
same(pathlib.Path(run.use_artifact(f"{team}/birds/net:latest").download(), "net.bin").read_text(), "two")
run.finish()
`},
	{name: "List artifacts, versions, lineage", script: `
api = wandb.Api()
same(sorted(t.name for t in api.artifact_types(f"{team}/birds") if t.name in ["model", "dataset"]), ["dataset", "model"])
same([c.name for c in api.artifact_type("dataset", f"{team}/birds").collections()], ["rows"])
same([a.name for a in api.artifact_versions("model", f"{team}/birds/net")], ["net:v1", "net:v0"])
same(sorted(a.name for a in api.run(f"{team}/birds/maker").logged_artifacts()), ["net:v0", "net:v1", "rows:v0"])
same(sorted(a.name for a in api.run(f"{team}/birds/user").used_artifacts()), ["net:v1", "rows:v0"])
same([found("rows:v0").logged_by().id, [r.id for r in found("rows:v0").used_by()]], ["maker", ["user"]])
same(sorted(f.name for f in found("net:v0").files()), ["net.bin"])
`},
	{name: "Change aliases, description, metadata", script: `
art = found("net:v0")
art.aliases.extend(["kept", "moved"])
art.description, art.metadata["score"] = "The first.", 0.5
art.save()
art = found("net:v1")
art.aliases.append("moved")
art.save()
art = found("net:kept")
same([art.version, art.aliases, art.description, art.metadata, found("net:moved").version], ["v0", ["kept"], "The first.", {"text": "one", "score": 0.5}, "v1"])
`},
	{name: "Tag versions", without: before(18), lacks: "The client has no tags.", script: `
art = found("net:v0")
art.tags = ["raw", "by hand"]
art.save()
art = found("net:v0")
same(sorted(art.tags), ["by hand", "raw"])
art.tags.remove("raw")
art.save()
same(found("net:v0").tags, ["by hand"])
`},
	{name: "Link a version into the team's and the organization's registry", script: `
run = begin(id="linker")
for target in [own, org]:
    run.link_artifact(run.use_artifact("net:v0"), target, aliases=["staging"])
    run.link_artifact(run.use_artifact("net:v1"), target)
run.finish()
api = wandb.Api()
same([[api.artifact(f"{path}:{alias}").version for alias in ["staging", "latest"]] for path in [own, "greenroom/" + org]], [["v0", "v1"]] * 2)
`},
	{name: "Link a model file; use_model by alias", script: `
file.write_text("three")
run = begin(id="modeller")
run.link_model("net.bin", model, name="net", aliases=["production"])
run.finish()
run = begin(id="reader")
same(pathlib.Path(run.use_model(own + ":production")).read_text(), "three")
same(pathlib.Path(run.use_model("net:v0")).read_text(), "one")
same(pathlib.Path(run.use_artifact(org + ":staging").download(), "net.bin").read_text(), "one")
run.finish()
`},
	{name: "Move a registry's alias to another version", script: `
art = wandb.Api().artifact(f"greenroom/{org}:v1")
art.aliases.append("staging")
art.save()
same([wandb.Api().artifact(f"{path}:staging").version for path in ["greenroom/" + org, own]], ["v1", "v0"])
`},
	{name: "Unlink", without: before(17), lacks: "The client cannot unlink.", script: `
wandb.Api().artifact(f"greenroom/{org}:v0").unlink()
assert refused(lambda: wandb.Api().artifact(f"greenroom/{org}:v0"))
same(found("net:v0").version, "v0")
`},
	{name: "Search registries", without: before(19), lacks: "The client cannot search registries.", script: `
models = wandb.Api().registries(filter={"name": "model"}).collections(filter={"name": model})
same([[c.name for c in models], [v.version for v in models.versions()]], [[model], ["v1"]])
`},
	{name: "Delete an artifact", script: `
run = begin(id="deleter")
logged("four")
run.finish()
found("net:v3").delete(delete_aliases=True) # found by an alias, clients of 0.19 take it for a link
same([a.version for a in wandb.Api().artifact_versions("model", f"{team}/birds/net")], ["v2", "v1", "v0"])
found("rows:v0").delete(delete_aliases=True)
assert refused(lambda: found("rows:v0"))
`},
	{name: "wandb artifact put, get", script: `
pathlib.Path("put.txt").write_text("put")
wandb_command("artifact", "put", "--name", f"{team}/birds/put", "--type", "dataset", "put.txt")
wandb_command("artifact", "get", f"{team}/birds/put:latest", "--root", "got")
same(pathlib.Path("got/put.txt").read_text(), "put")
`},
	{name: "Read why something was refused", script: `
art = found("net:v0")
art.aliases.append("v7")
said = refused(art.save)
assert "The alias v7 is kept for version numbers." in said, said
`},
	{name: "Sweeps", without: before(1000), lacks: "Greenroom does not support sweeps yet.", says: "Greenroom does not support sweeps yet.", script: `
wandb.sweep({"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}, entity=team, project="birds")
`},
}
