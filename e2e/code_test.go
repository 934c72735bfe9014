package e2e

import (
	"reflect"
	"testing"
)

// The code that a script saves, itself and a folder, is read back as it was and shown, in colours, to who looks for it from
// the run.
func TestCodeIsSaved(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := *sharedServer(t)
		s.t = t
		ada := s.newPerson("ada")
		r := deskOf(t, &s, ada, client, "WANDB_SAVE_CODE=true").run(preamble + `
import pathlib
pathlib.Path("src/deep").mkdir(parents=True)
pathlib.Path("src/model.py").write_text("def net():\n    return 41 + 1\n")
pathlib.Path("src/deep/data.py").write_text("rows = []\n")
pathlib.Path("src/notes.txt").write_text("no code")
run = wandb.init(project="coded", id="keeper")
run.log_code("src")
run.finish()
r = wandb.Api().run(f"{run.entity}/coded/keeper")
[code] = [a for a in r.logged_artifacts() if a.type == "code"]
got = pathlib.Path(code.download())
[saved] = [f for f in r.files() if f.name.startswith("code/")]
tell(code={str(f.relative_to(got)): f.read_text() for f in got.rglob("*") if f.is_file()}, name=code.name.split(":")[0],
    saved=saved.name, same=pathlib.Path(saved.download(replace=True).name).read_text() == pathlib.Path(__file__).read_text())
`)
		got := tale[said](r.told())
		name, _ := got["name"].(string)
		want := said{"code": said{"model.py": "def net():\n    return 41 + 1\n", "deep/data.py": "rows = []\n"}, "name": name, "saved": "code/train.py", "same": true}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read back is %v, want %v", got, want)
		}
		p := s.signInAs(ada)
		p.open(s.url + "/" + ada.name + "/coded/runs/keeper/files?path=code%2Ftrain.py")
		p.until("the script has no colours", coloured("import"))
		p.open(s.url + "/" + ada.name + "/coded/runs/keeper/artifacts")
		p.shows(name, "code")
		p.open(s.url + "/" + ada.name + "/coded/artifacts/code/" + name + "/v0/files/deep")
		p.shows("data.py")
		p.open(s.url + "/" + ada.name + "/coded/artifacts/code/" + name + "/v0/files/model.py")
		p.until("the saved code has no colours", coloured("def"))
	})
}

// coloured demands that a word of code stands in a colour of its own.
func coloured(word string) string {
	return `[...document.querySelectorAll("main .log span")].some(e => e.textContent === "` + word + `" && getComputedStyle(e).color !== getComputedStyle(e.parentElement).color)`
}
