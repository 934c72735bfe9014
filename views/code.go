package views

import (
	"strconv"
	"strings"

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

// commandCode gets the files of a version from a terminal.
func commandCode(v VersionShown) string {
	return "export WANDB_BASE_URL=" + shell(v.Start.Address) + "\n" +
		"wandb artifact get --root ./" + shell(v.Collection.Name) + " " + shell(v.fullName())
}

// curlCode gets all files of a version, and one of them.
func curlCode(v VersionShown) string {
	const curl = "curl --fail --user \"api:$WANDB_API_KEY\" "
	code := "# all files\n" + curl + "--output " + shell(registry.FileName(v.Collection.Name)+"-"+v.Name()+".zip") + " \\\n  " + shell(v.Start.Address+v.archiveURL())
	if v.File != nil && v.File.Ref == "" {
		code += "\n\n# one of them\n" + curl + "--output " + shell(v.File.Name) + " \\\n  " + shell(v.Start.Address+v.fileURL(v.File.Path))
	}
	return code
}

// shell writes a word so that a shell takes it as it is.
func shell(word string) string {
	plain := word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,", r)
	})
	if plain {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
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
