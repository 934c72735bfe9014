package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// pages are all of them.
func (r *reader) pages(ctx context.Context) ([]page, error) {
	at, err := r.largest(ctx)
	if err != nil {
		return nil, err
	}
	invite, err := r.invite(ctx)
	if err != nil {
		return nil, err
	}
	project, run, long := at.project, at.project+"/runs/"+at.run, "/"+team+"/"+playground+"/runs/"+longRun
	found, away := http.StatusFound, http.StatusSeeOther
	own := at.teamModel[:strings.LastIndex(at.teamModel, "/")]
	shelf := at.model[:strings.LastIndex(at.model, "/")]
	return []page{
		{route: "/", path: "/", shows: `class="c-name"`},
		{route: "/", what: "the second page", path: at.second, shows: `class="c-name"`},
		{route: "/", what: "a search that finds many", path: "/?q=churn", shows: "churn-"},
		{route: "/", what: "a search for two letters", path: "/?q=ra", shows: `class="c-name"`},
		{route: "/", what: "a search that finds nothing", path: "/?q=nothinglikethis", shows: "nothinglikethis"},
		{route: "/", what: "by name", path: "/?sort=name", shows: `class="c-name"`},
		{route: "/", what: "by number of versions, the second page", path: at.secondByVersions, shows: `class="c-name"`},
		{route: "/", what: "on production, by when they were made", path: "/?sort=-created&stage=production", shows: `class="c-name"`},
		{route: "/", what: "on no stage", path: "/?stage=:none", shows: `class="c-name"`},
		{route: "/", what: "starred", path: "/?starred=1", shows: "You have not starred"},
		{route: "/changes", path: "/changes", shows: "linked "},
		{route: "/:entity/registry/:registry", path: shelf, shows: `class="c-name"`},
		{route: "/:entity/registry/:registry/:model", path: at.model, shows: "v19999"},
		{route: "/:entity/registry/:registry/:model", what: "from the middle on", path: at.model + "?after=10000", shows: "v9999"},
		{route: "/:entity/registry/:registry/:model", what: "the oldest first", path: at.model + "?sort=-created", shows: "/v0\""},
		{route: "/:entity/model-registry/:model", what: "by a metric", path: at.teamModel + "?sort=by.val%2Facc", shows: "/v"},
		{route: "/:entity/registry/:registry/:model/:version", path: at.model + "/v19900", shows: "model.safetensors"},
		{route: "/:entity/registry/:registry/:model/:version/metrics", path: at.model + "/v19900/metrics", shows: "Metrics"},
		{route: "/:entity/registry/:registry/:model/:version/metadata", path: at.model + "/v19900/metadata", shows: "Metadata"},
		{route: "/:entity/registry/:registry/:model/:version/files", path: at.model + "/v19900/files", shows: "model.safetensors"},
		{route: "/:entity/registry/:registry/:model/:version/files/*", path: at.model + "/v19900/files/config.json", shows: "Weights"},
		{route: "/:entity/registry/:registry/:model/:version/files/*", what: "the file itself", path: at.model + "/v19900/files/config.json?raw=1", shows: "Weights"},
		{route: "/:entity/registry/:registry/:model/:version/archive", path: at.model + "/v19900/archive", shows: "config.json"},
		{route: "/:entity/registry/:registry/:model/:version/usage", path: at.model + "/v19900/usage", shows: "wandb artifact get"},
		{route: "/:entity/registry/:registry/:model/:version/history", path: at.model + "/v19900/history", shows: "History"},
		{route: "/:entity/model-registry", path: own, shows: `class="c-name"`},
		{route: "/:entity/model-registry/:model", path: at.teamModel, shows: "/v"},
		{route: "/:entity/model-registry/:model/:version", path: at.teamModel + "/v0", shows: "model.safetensors"},
		{route: "/:entity/model-registry/:model/:version/metrics", path: at.teamModel + "/v0/metrics", shows: "Metrics"},
		{route: "/:entity/model-registry/:model/:version/metadata", path: at.teamModel + "/v0/metadata", shows: "Metadata"},
		{route: "/:entity/model-registry/:model/:version/files", path: at.teamModel + "/v0/files", shows: "model.safetensors"},
		{route: "/:entity/model-registry/:model/:version/files/*", path: at.teamModel + "/v0/files/config.json", shows: "Weights"},
		{route: "/:entity/model-registry/:model/:version/files/*", what: "the file itself", path: at.teamModel + "/v0/files/config.json?raw=1", shows: "Weights"},
		{route: "/:entity/model-registry/:model/:version/archive", path: at.teamModel + "/v0/archive", shows: "config.json"},
		{route: "/:entity/model-registry/:model/:version/usage", path: at.teamModel + "/v0/usage", shows: "wandb artifact get"},
		{route: "/:entity/model-registry/:model/:version/history", path: at.teamModel + "/v0/history", shows: "History"},
		{route: "/new", path: "/new", shows: "in which registry"},
		{route: "/:entity/registry/:registry/-/new", path: shelf + "/-/new", shows: "Create model"},
		{route: "/:entity/model-registry/-/new", path: own + "/-/new", shows: "Create model"},
		{route: "/:entity/registry/:registry/:model/-/link", path: at.model + "/-/link", shows: "link-list"},
		{route: "/:entity/model-registry/:model/-/link", path: at.teamModel + "/-/link", shows: "link-list"},
		{route: "/:entity/registry/:registry/:model/:version/-/link", path: at.model + "/v19900/-/link", shows: "link-list"},
		{route: "/:entity/model-registry/:model/:version/-/link", path: at.teamModel + "/v0/-/link", shows: "link-list"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/-/link", path: at.source + "/v50/-/link", shows: "link-list"},
		{route: "/:entity/registry/:registry/:model/card", path: at.model + "/card", shows: "Save card"},
		{route: "/:entity/registry/:registry/:model/-/rename", path: at.model + "/-/rename", shows: "Rename model"},
		{route: "/:entity/registry/:registry/:model/-/delete", path: at.model + "/-/delete", shows: "Delete model"},
		{route: "/:entity/registry/:registry/:model/:version/-/unlink", path: at.model + "/v19900/-/unlink", shows: "Unlink v"},
		{route: "/:entity/model-registry/:model/card", path: at.teamModel + "/card", shows: "Save card"},
		{route: "/:entity/model-registry/:model/-/rename", path: at.teamModel + "/-/rename", shows: "Rename model"},
		{route: "/:entity/model-registry/:model/-/delete", path: at.teamModel + "/-/delete", shows: "Delete model"},
		{route: "/:entity/model-registry/:model/:version/-/unlink", path: at.teamModel + "/v0/-/unlink", shows: "Unlink v"},
		{route: "/:entity/registry/:registry/:model/compare", what: "twenty versions", path: at.model + "/compare" + twenty(19980), shows: "Metadata"},
		{route: "/:entity/model-registry/:model/compare", path: at.teamModel + "/compare?v=0", shows: "Compare"},
		{route: "/:entity/:project/artifacts/:type/:name/compare", path: at.source + "/compare?v=49&v=50", shows: "Metadata"},
		{route: "/projects", path: "/projects", shows: project},
		{route: "/projects", what: "a search", path: "/projects?q=nightly", shows: "nightly"},
		{route: "/:entity", path: project[:strings.LastIndex(project, "/")], shows: project},
		{route: "/:entity/:project", path: project, shows: "60,000"},
		{route: "/:entity/:project", what: "the failed ones", path: project + "?f=state:+failed", shows: "failed"},
		{route: "/:entity/:project", what: "filtered by a value", path: project + "?f=config.lr+%3C+0.001", shows: "of 60,000"},
		{route: "/:entity/:project", what: "filtered by three conditions", path: project + "?f=config.lr+%3C+0.001&f=state:+finished&f=tag:+baseline", shows: "of 60,000"},
		{route: "/:entity/:project", what: "grouped", path: project + "?group=config.optimizer", shows: "lamb"},
		{route: "/:entity/:project/news", what: "not for readers", path: project + "/news?f=config.lr+%3C+0.001", sends: away},
		{route: "/:entity/:project/compare", path: project + "/compare?run=" + at.run, shows: "Compare 1 run"},
		{route: "/:entity/:project/runs.csv", path: project + "/runs.csv?f=config.seed+%3D+7&col=config.lr", shows: "config.lr"},
		{route: "/:entity/:project", what: "sorted by a value", path: project + "?sort=-summary.val/accuracy", shows: "60,000"},
		{route: "/:entity/:project", what: "filtered and sorted", path: project + "?f=config.optimizer+=+sgd&sort=summary.val/loss", shows: "of 60,000"},
		{route: "/:entity/:project", what: "a search that finds many", path: project + "?q=river", shows: "river"},
		{route: "/:entity/:project", what: "a search that finds nothing", path: project + "?q=nothinglikethis", shows: "nothinglikethis"},
		{route: "/:entity/:project/runs/:run", path: run, shows: at.run},
		{route: "/:entity/:project/runs/:run", what: "20,000 steps of 29 metrics", path: long, shows: "train/metric_3"},
		{route: "/:entity/:project/runs/:run/media", what: "a histogram of 20,000 steps", path: long + "/media", shows: "logged at 20,000 steps"},
		{route: "/:entity/:project/runs/:run/overview", path: run + "/overview", shows: "batch_size"},
		{route: "/:entity/:project/runs/:run/logs", path: long + "/logs", shows: "step 19999"},
		{route: "/:entity/:project/runs/:run/logs", what: "a search", path: long + "/logs?q=step+1999", shows: "step 1999"},
		{route: "/:entity/:project/runs/:run/logs/text", path: long + "/logs/text", shows: "step 19999"},
		{route: "/:entity/:project/runs/:run/files", path: run + "/files", shows: "requirements.txt"},
		{route: "/:entity/:project/runs/:run/files/*", path: run + "/files/config.yaml", shows: "Weights"},
		{route: "/:entity/:project/runs/:run/artifacts", path: run + "/artifacts", shows: "-train"},
		{route: "/:entity/:project/runs/:run/system", path: run + "/system", shows: at.run},
		{route: "/:entity/:project/runs/:run/system", what: "2,000 measurements", path: long + "/system", shows: "Measured 2,000 times"},
		{route: "/:entity/:project/runs/:run/metrics", path: long + "/metrics?key=" + url.QueryEscape("train/metric_3"), shows: "In numbers"},
		{route: "/:entity/:project/runs/:run/rename", path: run + "/rename", shows: "Rename run"},
		{route: "/:entity/:project/runs/:run/move", path: run + "/move", shows: "Move"},
		{route: "/:entity/:project/runs/:run/notes", path: run + "/notes", shows: "Save notes"},
		{route: "/:entity/:project/runs/:run/delete", path: run + "/delete", shows: "Delete run"},
		{route: "/:entity/:project/artifacts", path: project + "/artifacts", shows: "-train"},
		{route: "/:entity/:project/artifacts/:type", path: project + "/artifacts/model", shows: "-train"},
		{route: "/:entity/:project/artifacts/:type/:name", path: at.source, shows: "/v"},
		{route: "/:entity/:project/artifacts/:type/:name/:version", path: at.source + "/v50", shows: "model.safetensors"},
		{route: "/:entity/:project/artifacts/:type/:name/:version", what: "with 203 files", path: at.folder, shows: "shards"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/files/*", what: "a folder", path: at.folder + "/files/shards/0", shows: "part-0001.parquet"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/metrics", path: at.source + "/v50/metrics", shows: "Metrics"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/metadata", path: at.source + "/v50/metadata", shows: "Metadata"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/files", path: at.source + "/v50/files", shows: "model.safetensors"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/files/*", path: at.source + "/v50/files/config.json", shows: "Weights"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/files/*", what: "the file itself", path: at.source + "/v50/files/config.json?raw=1", shows: "Weights"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/archive", path: at.source + "/v50/archive", shows: "config.json"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/usage", path: at.source + "/v50/usage", shows: "wandb artifact get"},
		{route: "/:entity/:project/artifacts/:type/:name/:version/history", path: at.source + "/v50/history", shows: "History"},
		{route: "/settings", path: "/settings", sends: away},
		{route: "/settings/account", path: "/settings/account", shows: admin},
		{route: "/settings/keys", path: "/settings/keys", shows: "made with the account"},
		{route: "/settings/teams", path: "/settings/teams", shows: team},
		{route: "/settings/teams/:team", path: "/settings/teams/" + team, shows: admin},
		{route: "/search", what: "many models and runs", path: "/search?q=churn", shows: "churn-"},
		{route: "/search", what: "many runs", path: "/search?q=river&kind=runs", shows: "rel=\"next\""},
		{route: "/search", what: "two letters", path: "/search?q=ra", shows: "<mark>ra</mark>"},
		{route: "/search", what: "nothing", path: "/search?q=nothinglikethis", shows: "nothinglikethis"},
		{route: "/search", what: "a stage", path: "/search?q=production", shows: "found-versions"},
		{route: "/search/palette", what: "not for readers", path: "/search/palette?q=churn", sends: away},
		{route: "/welcome", path: "/welcome", shows: "Welcome to"},
		{route: "/welcome/arrived", path: "/welcome/arrived", sends: away},
		{route: "/authorize", path: "/authorize", shows: "terminal"},
		{route: "/login", path: "/login", sends: away},
		{route: "/login/:token", what: "signed in already", path: "/login/" + strings.Repeat("0", 40), sends: away},
		{route: "/invite/:token", path: invite, shows: team},
		{route: "/-/guide", path: "/-/guide", shows: "A walk through it"},
		{route: "/-/guide/:page", path: "/-/guide/log", shows: "digits-net"},
		{route: "/-/gallery", path: "/-/gallery", shows: "html"},
		{route: "/-/gallery/curve/:name", path: at.curve, shows: "{"},
		{route: "/registry", path: "/registry", sends: found},
		{route: "/registry/:registry", path: "/registry/model", sends: found},
		{route: "/orgs/:entity/registry", path: "/orgs/greenroom/registry", sends: found},
		{route: "/orgs/:entity/registry/:registry", path: "/orgs/greenroom/registry/model", sends: found},
		{route: "/:entity/:project/workspace", path: project + "/workspace", sends: found},
		{route: "/:entity/:project/overview", path: project + "/overview", sends: found},
		{route: "/:entity/:project/table", path: project + "/table", sends: found},
		{route: "/:entity/:project/runs", path: project + "/runs", sends: found},
		{route: "/:entity/:project/runs/:run/config", path: run + "/config", sends: found},
		{route: "/:entity/:project/runs/:run/workspace", path: run + "/workspace", sends: found},
	}, nil
}

// places are where pages have most to do.
type places struct {
	model     string // with most versions, in a registry of the organization
	teamModel string // with most versions, in a team's own
	source    string // with most versions
	folder    string // a version with many files
	project   string // with most runs
	run       string // the newest there
	second    string // page of the landing page

	secondByVersions string // of the landing page in that order
	curve            string // of the gallery
}

func (r *reader) largest(ctx context.Context) (at places, err error) {
	db, err := r.connect()
	if err != nil {
		return at, err
	}
	defer db.Close()
	const from = ` from collections c join places p on p.id = c.place_id join entities e on e.id = p.entity_id where `
	const source = `'/' || e.name || '/' || p.name || '/artifacts/' || c.type || '/' || c.name`
	const run = ` from runs r join places p on p.id = r.place_id join entities e on e.id = p.entity_id where p.id = (select place_id from runs group by place_id order by count(*) desc limit 1) order by r.created_at desc limit 1`
	for q, into := range map[string]*string{
		`select '/' || e.name || '/registry/' || p.name || '/' || c.name` + from + `c.kind = 'model' and e.kind = 'organization' order by c.versions desc limit 1`: &at.model,
		`select '/' || e.name || '/' || p.name || '/' || c.name` + from + `c.kind = 'model' and e.kind = 'team' order by c.versions desc limit 1`:                  &at.teamModel,
		`select ` + source + from + `c.kind = 'source' order by c.versions desc limit 1`:                                                                           &at.source,
		`select ` + source + ` || '/v' || v.number` + strings.Replace(from, " where ", ` join versions v on v.collection_id = c.id join artifacts a on a.id = v.artifact_id where `, 1) +
			`c.kind = 'source' and a.file_count > 200 limit 1`: &at.folder,
		`select '/' || e.name || '/' || p.name` + run: &at.project,
		`select r.name` + run:                         &at.run,
	} {
		if err := db.QueryRowContext(ctx, q).Scan(into); err != nil {
			return at, fmt.Errorf("%s: %w", q, err)
		}
	}
	for path, link := range map[string]struct {
		is   *regexp.Regexp
		into *string
	}{
		"/":                {regexp.MustCompile(`"(/\?after=[^"]+)"`), &at.second},
		"/?sort=-versions": {regexp.MustCompile(`"(/\?after=[^"]+)"`), &at.secondByVersions},
		"/-/gallery":       {regexp.MustCompile(`"(/-/gallery/curve/[^"]+)"`), &at.curve},
	} {
		_, body, err := r.get(ctx, path)
		if err != nil {
			return at, err
		}
		found := link.is.FindStringSubmatch(body)
		if found == nil {
			return at, fmt.Errorf("%s leads to no %s", path, link.is)
		}
		*link.into = html.UnescapeString(found[1])
	}
	return at, nil
}

// invite makes an invitation to the team and returns its address.
func (r *reader) invite(ctx context.Context) (string, error) {
	form := strings.NewReader(url.Values{"role": {"member"}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/settings/teams/"+team+"/invites", form)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := r.http.Do(req)
	if err != nil {
		return "", err
	}
	res.Body.Close()
	_, body, err := r.get(ctx, "/settings/teams/"+team)
	if err != nil {
		return "", err
	}
	link := regexp.MustCompile(`/invite/[\w-]+`).FindString(body)
	if link == "" {
		return "", fmt.Errorf("the team's page shows no invitation (%s)", res.Status)
	}
	return link, nil
}

// twenty names versions to compare, from a number on.
func twenty(from int) string {
	q := url.Values{}
	for i := range 20 {
		q.Add("v", strconv.Itoa(from+i))
	}
	return "?" + q.Encode()
}

// demandAll fails when a page of the route table is missing here, or one is here that is not there.
func demandAll(all []page) error {
	text, err := os.ReadFile("../handlers/handlers.go")
	if err != nil {
		return err
	}
	var errs []error
	missing := map[string]bool{}
	for _, m := range regexp.MustCompile(`p\.GET\("([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		if !strings.HasSuffix(m[1], "/live") { // has no end; measured by itself
			missing[m[1]] = true
		}
	}
	if len(missing) == 0 {
		return errors.New("there is no route in the route table")
	}
	known := map[string]bool{}
	for _, p := range all {
		if !missing[p.route] && !known[p.route] {
			errs = append(errs, fmt.Errorf("the route table has no %s", p.route))
		}
		known[p.route] = true
		delete(missing, p.route)
	}
	for route := range missing {
		errs = append(errs, fmt.Errorf("nobody measures %s", route))
	}
	return errors.Join(errs...)
}
