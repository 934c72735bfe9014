package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// impatience is how long somebody with a wrong key waits to be told so. The client itself takes some seconds to start, more
// on a busy machine, and would go on trying for minutes if it took the answer for an accident.
const impatience = time.Minute

func TestLogin(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	d := newDesk(t)
	if out, code := d.wandb("login", "--verify", "--host", s.url, ada.key).wait(); code != 0 {
		t.Fatalf("wandb login ends with %d and says:\n%s", code, out)
	}
	// From now on this machine knows where to log and as whom.
	got := tale[struct{ Verified, Entity, URL string }](d.run(preamble + `
run = wandb.init(project="cats")
run.finish()
tell(verified=str(wandb.login(verify=True)), entity=run.entity, url=run.url)
`).told())
	if got.Verified != "True" || got.Entity != ada.name || !strings.HasPrefix(got.URL, s.url+"/"+ada.name+"/cats/runs/") {
		t.Errorf("after wandb login a script says %+v", got)
	}
}

func TestLoginFromAScript(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	d := newDesk(t, "WANDB_BASE_URL="+s.url)
	got := tale[struct {
		Verified bool
		Viewer   string
		Teams    []string
	}](d.run(preamble + `
ok = wandb.login(key="` + ada.key + `", verify=True)
api = wandb.Api()
tell(verified=ok, viewer=api.viewer.username, teams=api.viewer.teams)
`).told())
	if !got.Verified || got.Viewer != ada.name || len(got.Teams) != 1 || got.Teams[0] != ada.name {
		t.Errorf("wandb.login from a script: %+v", got)
	}
}

// Who uses a key that is none, or none any more, reads one sentence that says so, at once.
func TestKeysThatDoNotWork(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	revoke(t, s, ada)
	said := regexp.MustCompile(`(?m)^wandb\.errors\.errors\.\w+: .*(API key is not known here|API key)`)
	scripts := map[string]string{
		"init":  "import wandb\nwandb.init(project='cats')\n",
		"login": "import os, wandb\nwandb.login(key=os.environ['WANDB_API_KEY'], verify=True)\n",
		"api":   "import wandb\nwandb.Api().viewer\n",
	}
	for which, key := range map[string]string{"wrong": strings.Repeat("0", 40), "revoked": ada.key} {
		for name, script := range scripts {
			t.Run(which+"/"+name, func(t *testing.T) {
				began := time.Now()
				out, code := python(t, s, key, script)
				if took := time.Since(began); took > impatience {
					t.Errorf("it took %v to say no", took)
				}
				if code == 0 {
					t.Errorf("the script went on as if nothing were wrong")
				}
				if !said.MatchString(out) {
					t.Errorf("no error says that the key is not known:\n%s", out)
				}
			})
		}
	}
}

// revoke takes somebody's only key away, in the browser.
func revoke(t *testing.T, s *server, who person) {
	t.Helper()
	p := s.signInAs(who)
	p.open(s.url + "/settings/keys")
	p.press("Revoke")
	p.press("Revoke key")
	await(t, 20*time.Second, "the key of "+who.name+" is revoked", func() bool { return wire{t, s, who.key}.ask(whoAmI, nil).status == 401 })
}
