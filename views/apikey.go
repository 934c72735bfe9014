package views

import (
	"greenroom/registry"
	"greenroom/views/ui"
)

// pasteLines are what makes a script that uses wandb log here.
func pasteLines(baseURL, key string) string {
	return "export WANDB_BASE_URL=" + baseURL + "\nexport WANDB_API_KEY=" + key + "\npython train.py"
}

func scopeChoices() []ui.Option {
	return []ui.Option{
		{Value: string(registry.ScopeLog), Label: "log: adds runs, artifacts and links"},
		{Value: string(registry.ScopeRead), Label: "read: looks and downloads"},
		{Value: string(registry.ScopePromote), Label: "promote: also moves stages"},
		{Value: string(registry.ScopeAdmin), Label: "admin: all you may"},
	}
}

func lifeChoices() []ui.Option {
	return []ui.Option{
		{Value: "", Label: "Never"},
		{Value: "7", Label: "in 7 days"},
		{Value: "30", Label: "in 30 days"},
		{Value: "90", Label: "in 90 days"},
		{Value: "365", Label: "in a year"},
	}
}
