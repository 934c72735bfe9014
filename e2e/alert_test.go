package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// What a script alerts of stands on the open page of its run at once, the newest first and as it was written; what it repeats
// too soon does not.
func TestAlerts(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := *sharedServer(t)
		s.t = t
		ada := s.newPerson("ada")
		r := deskOf(t, &s, ada, client).run(preamble + `
import datetime
run = wandb.init(project="loud", id="loud")
print("READY", flush=True)
input()
run.alert("Going well", "nothing to see")
input()
run.alert(title="Loss is NaN", text="<b>lr</b> is 0.5\nand step 3", level=wandb.AlertLevel.ERROR, wait_duration=datetime.timedelta(hours=1))
run.alert(title="Loss is NaN", text="again", level="ERROR", wait_duration=3600)
run.alert("Slow", "", level="WARN", wait_duration=0.001)
run.alert("x" * 200, "too long a title")
run.finish()
tell(done=True)
`)
		r.says("READY")
		p := s.signInAs(ada)
		p.open(s.url + "/" + ada.name + "/loud/runs/loud/overview")
		r.goOn()
		p.until("the first alert does not stand on the page", `document.querySelector("#run-alerts h3")?.innerText === "Going well"`)
		r.goOn()
		tale[said](r.told())
		const heads = `[...document.querySelectorAll("#run-alerts .alert-head")].map(e => e.innerText.split("\n").slice(0, 2).join(": ")).join(", ")`
		p.until("not all alerts stand on the page", heads+` === "Warning: Slow, Error: Loss is NaN, Info: Going well"`)
		if text := ask(p, chromedp.Evaluate[string](`document.querySelectorAll(".alert-text")[0].innerText`)); text != "<b>lr</b> is 0.5\nand step 3" {
			t.Errorf("the text stands as %q", text)
		}
		p.open(p.where())
		p.shows("An alert was not kept. An alert's title has at most 128 characters.")
		accessible(t, p)
	})
}
