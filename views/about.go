package views

import (
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// What link previews say of a page: one sentence of facts that the page shows.

// AboutLanding is about registered models.
func AboutLanding(l registry.Landing) string {
	if len(l.Total) == 0 {
		return "No registered models yet."
	}
	return landingNouns(l.Total, ", ") + ", " + ui.Plural(l.Versions, "version", "versions") + "."
}

// AboutModel is about a registered model or a source.
func AboutModel(m registry.ModelPage) string {
	var b strings.Builder
	b.WriteString(m.Name + ": " + ui.Plural(m.Count, "version", "versions") + " in " + placePath(m.Place))
	for i := range m.Stages {
		if s := m.Stages[len(m.Stages)-1-i]; s.Holder != nil {
			b.WriteString(", " + s.Holder.Name() + " on " + s.Name)
		}
	}
	return b.String() + "."
}

// AboutVersion is about one version.
func AboutVersion(v registry.VersionPage) string {
	said := []string{}
	for _, f := range registry.KeyFigures(v.Figures, 1) {
		said = append(said, f.Key+" "+figureText(f.Value))
	}
	for _, s := range v.Stages {
		said = append(said, "on "+s.Name)
	}
	made := "logged"
	if v.Place.Kind == registry.RegistryPlace {
		made = "linked"
	}
	if v.Linker != "" {
		made += " by " + v.Linker
	}
	said = append(said, made+" on "+v.LinkedAt.Format("2 Jan 2006"))
	return v.Collection.Name + " " + v.Name() + ": " + strings.Join(said, ", ") + "."
}

// AboutRun is about one run.
func AboutRun(r registry.RunPage) string {
	said := []string{string(r.State)}
	if r.AuthorName != "" {
		said = append(said, "by "+r.AuthorName)
	}
	said = append(said, "begun on "+r.CreatedAt.Format("2 Jan 2006"), ui.Plural(r.Charts, "metric", "metrics"))
	return r.Title() + " in " + placePath(r.Place) + ": " + strings.Join(said, ", ") + "."
}

// AboutProject is about a project.
func AboutProject(p registry.ProjectPage) string {
	said := placePath(p.Place) + ": " + ui.Plural(p.Total, "run", "runs")
	if live := p.Live(); live > 0 {
		said += ", " + ui.Number(int64(live)) + " going on"
	}
	return said + "."
}

// placePath names a place with its owner.
func placePath(p registry.Place) string {
	if p.Name == registry.OwnRegistry {
		return p.EntityName
	}
	return p.EntityName + " / " + p.Name
}
