package views

import (
	"github.com/a-h/templ"

	"greenroom/registry"
)

// firstScript trains nothing and shows everything: a run with a metric, a model
// file, and the model in the registry.
const firstScript = `import wandb
import random

# Start a new W&B run
run = wandb.init(project="models_quickstart")

# Simulate logging model metrics
run.log({"acc": random.random()})

# Create a simulated model file
with open("my_model.h5", "w") as f:
    f.write("Model: " + str(random.random()))

# Log and link the model to the registry
run.link_model(path="./my_model.h5", registered_model_name="MNIST")

run.finish()
`

func welcomeLine(a Arriving) string {
	switch {
	case a.MayName:
		return "You are signed in as its administrator. Two names and three lines, and the first model can come in."
	case a.Team != "":
		return "You belong to the team " + a.Team + " of " + a.Organization + ". Three lines, and your runs arrive there."
	}
	return "Three lines, and your runs arrive here."
}

func runName(r registry.Arrival) string {
	if r.DisplayName != "" {
		return r.DisplayName
	}
	return r.Name
}

// waiting asks again every two seconds until a run is there.
func waiting(w registry.Welcome) templ.Attributes {
	if w.Run != nil {
		return nil
	}
	return templ.Attributes{"hx-get": WelcomeURL + "/arrived", "hx-trigger": "every 2s", "hx-swap": "outerHTML"}
}
