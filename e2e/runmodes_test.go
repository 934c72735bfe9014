//go:build sdks

// What is tried with make test-sdks, as it takes too long for every change.

package e2e

import (
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// The ways in which a script may come back to a run, or be kept from it.
func TestResumeModes(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[said](t, s, ada, `
import os, subprocess
alone = {k: v for k, v in os.environ.items() if k != "WANDB_SERVICE"} # as another script is
def logs(value=None, **how):
    with wandb.init(project="modes", **how) as run:
        at = run.starting_step
        run.log({"loss": value or at})
        return run.id, at, run.resumed
def refused(**how):
    try:
        return logs(**how)
    except Exception as e:
        return str(e)
logs(id="there")
must, allow, missing, taken, fresh = logs(id="there", resume="must"), logs(id="there", resume="allow"), refused(id="gone", resume="must"), \
    refused(id="there", resume="never"), logs(id="fresh", resume="never")
auto = """
import os, wandb
run = wandb.init(project="modes", resume="auto")
run.log({"loss": 0})
print("ID", run.id, flush=True)
os._exit(1)
"""
died = subprocess.run([sys.executable, "-c", auto], capture_output=True, text=True, env=alone).stdout.split("ID ")[1].split()[0]
went_on = logs(resume="auto")
anew = logs(resume="auto")
tell(must=must, allow=allow, missing=missing, taken=taken, fresh=fresh[1:], auto=went_on[0] == died and went_on[2], anew=anew[0] != died,
    runs=sorted(r.id for r in wandb.Api().runs("modes") if r.id not in (died, anew[0])))
`)
	for _, mode := range []struct{ name, want string }{{"missing", `gone`}, {"taken", `there`}} {
		if text, _ := got[mode.name].(string); !strings.Contains(text, mode.want) {
			t.Errorf("%s is answered %v, want a sentence with %s", mode.name, got[mode.name], mode.want)
		}
		t.Logf("%s: %v", mode.name, got[mode.name])
		delete(got, mode.name)
	}
	want := said{"must": []any{"there", 1.0, true}, "allow": []any{"there", 2.0, true}, "fresh": []any{0.0, false}, "auto": true, "anew": true, "runs": []any{"fresh", "there"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the modes tell %v\nwant %v", got, want)
	}
}

// Several runs in one script, several scripts in one run, and a machine that is taken away.
func TestSeveralRunsAndScripts(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[said](t, s, ada, `
import os, subprocess
one = wandb.init(project="several", id="one")
same = wandb.init(project="several", id="other", reinit="return_previous")
beside = wandb.init(project="several", id="beside", reinit="create_new")
one.log({"loss": 1}); beside.log({"loss": 2})
one.log({"loss": 3})
after = wandb.init(project="several", id="after", reinit="finish_previous")
after.log({"loss": 4})
after.finish()

shared = lambda primary: wandb.Settings(mode="shared", x_primary=primary, x_label="main" if primary else "other", x_update_finish_state=primary)
main = wandb.init(project="several", id="shared", settings=shared(True))
main.log({"main": 1, "at": 0})
other = """
import wandb
run = wandb.init(project="several", id="shared", settings=wandb.Settings(mode="shared", x_primary=False, x_label="other", x_update_finish_state=False))
for i in range(3):
    run.log({"other": i, "at": i})
run.finish()
"""
subprocess.run([sys.executable, "-c", other], check=True, env={k: v for k, v in os.environ.items() if k != "WANDB_SERVICE"}) # another machine's
between = wandb.Api().run("several/shared").state
main.log({"main": 2, "at": 1})
main.finish()

taken = wandb.init(project="several", id="taken")
taken.log({"loss": 1})
taken.mark_preempting()
taken.finish(exit_code=1)
was = wandb.Api().run("several/taken").state
again = wandb.init(project="several", id="taken", resume="must")
again.log({"loss": 2})
again.finish()

def values(id, *keys):
    return [[h[k] for h in wandb.Api().run("several/" + id).scan_history() if h.get(k) is not None] for k in keys]
tell(same=same.id, loss=[values(id, "loss")[0] for id in ("one", "beside", "after", "taken")], shared=values("shared", "main", "other"), between=between, preempted=was,
    states={r.id: r.state for r in wandb.Api().runs("several")})
`)
	want := said{
		"same": "one", "loss": []any{[]any{1.0, 3.0}, []any{2.0}, []any{4.0}, []any{1.0, 2.0}},
		"shared": []any{[]any{1.0, 2.0}, []any{0.0, 1.0, 2.0}}, "between": "running", "preempted": "preempted",
		"states": said{"one": "finished", "beside": "finished", "after": "finished", "shared": "finished", "taken": "finished"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the runs tell %v\nwant %v", got, want)
	}
}

// The client's own check of a server finds nothing wrong but that there are no sweeps, which it is told in one sentence.
func TestVerify(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	out, code := deskOf(t, s, ada, newest).wandb("verify", "--host", s.url).wait()
	if !strings.Contains(out, "Failed to create sweep: ") || !strings.Contains(out, "Greenroom does not support sweeps yet.") || code != 1 {
		t.Errorf("wandb verify ends with %d and does not say of sweeps that there are none:\n%s", code, out)
	}
	want := map[string]string{
		"Checking if logged in": "✅", "Checking signed URL upload": "✅", "Checking ability to send large payloads through proxy": "✅",
		"Checking requests to base url": "❌", "Checking requests made over signed URLs": "❌", // not over HTTPS
		"Checking CORs configuration of the bucket": "✅", "Checking wandb package version is up to date": "✅",
		"Checking logged metrics, saving and downloading a file": "✅", "Checking artifact save and download workflows": "✅",
		"Checking sweep creation and agent execution": "❌",
	}
	steps := map[string]string{}
	for _, step := range regexp.MustCompile(`(Checking [^.]*)\.+([✅❌])`).FindAllStringSubmatch(out, -1) {
		steps[step[1]] = step[2]
	}
	if !reflect.DeepEqual(steps, want) {
		t.Errorf("wandb verify finds %v\nwant %v\n%s", steps, want, out)
	}
}

// What a script had logged without a network when it was killed comes with wandb sync, and once.
func TestOfflineRunThatDied(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	d := deskOf(t, s, ada, newest)
	d.run(`
import os, signal, time, wandb
run = wandb.init(project="cats", id="died", mode="offline")
for i in range(500):
    run.log({"loss": i})
store = [os.path.join(run.dir, "..", f) for f in os.listdir(os.path.join(run.dir, "..")) if f.endswith(".wandb")][0]
while os.path.getsize(store) < 32768: # a block, which is written as it is full
    run.log({"loss": 500})
    time.sleep(0.001)
os.killpg(0, signal.SIGKILL)
`).wait()
	folders, err := filepath.Glob(filepath.Join(d.dir, "wandb", "offline-run-*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("the script leaves %q (%v)", folders, err)
	}
	for _, args := range [][]string{{"sync", folders[0]}, {"sync", "--no-skip-synced", folders[0]}} {
		out, code := d.wandb(args...).wait()
		t.Logf("%v ends with %d:\n%s", args, code, out)
		got := told[said](t, s, ada, `
r = wandb.Api().run("cats/died")
loss = [h["loss"] for h in r.scan_history()]
tell(state=r.state, whole=loss[:100] == list(range(100)), steps=len(set(h["_step"] for h in r.scan_history())) == len(loss))
`)
		if want := (said{"state": "failed", "whole": true, "steps": true}); !reflect.DeepEqual(got, want) {
			t.Errorf("synced, the run tells %v\nwant %v", got, want)
		}
	}
}
