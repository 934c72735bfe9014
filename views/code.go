package views

import (
	"strconv"

	"greenroom/registry"
)

// useCode gets the files of a version into a script: in a run, which is noted
// down as using it, and without one.
func useCode(p registry.Place, name, alias, artifactType string) string {
	full := strconv.Quote(registry.ClientName(p, name, alias))
	use := "path = run.use_artifact(" + full + ").download()"
	if artifactType == "model" {
		use = "path = run.use_model(" + full + ")"
	}
	return "import wandb\n\n" +
		"with wandb.init(project=\"my-project\") as run:\n    " + use + "\n\n" +
		"# or without a run\n" +
		"path = wandb.Api().artifact(" + full + ").download()"
}

// linkCode adds a version to what a page shows.
func linkCode(m registry.ModelPage, start Start) string {
	name := strconv.Quote(m.Name)
	project, entity := `"my-project"`, ""
	log := "artifact = run.log_artifact(\"path/to/model.pt\", name=" + strconv.Quote("my-model") + ", type=" + strconv.Quote(m.Type) + ")\n    " +
		"run.link_artifact(artifact, " + strconv.Quote(registry.ClientName(m.Place, m.Name, "")) + ")"
	switch {
	case m.Kind == registry.Source:
		project = strconv.Quote(m.Place.Name)
		log = "run.log_artifact(\"path/to/file\", name=" + name + ", type=" + strconv.Quote(m.Type) + ")"
	case m.Place.Name == registry.OwnRegistry && m.Type == "model":
		log = "run.link_model(path=\"path/to/model.pt\", registered_model_name=" + name + ")"
	}
	ownEntity := m.Kind == registry.Source || m.Place.Name == registry.OwnRegistry
	if ownEntity && m.Place.EntityName != start.Entity {
		entity = ", entity=" + strconv.Quote(m.Place.EntityName)
	}
	return "import wandb\n\nwith wandb.init(project=" + project + entity + ") as run:\n    " + log
}
