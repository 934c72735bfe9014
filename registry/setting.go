package registry

// The words that names of settings are made of, those that people look for first
// in front.
var settings = []string{"lr", "learning", "optimizer", "optim", "epochs", "epoch", "batch", "estimators", "layers", "depth", "hidden", "width", "dim", "heads", "leaves", "dropout", "decay", "momentum", "alpha", "lambda", "gamma", "seed"}

// SettingRank says how early people look for a setting of that name, 0 for those
// they look for first. known is false for what no training has to have.
func SettingRank(key string) (rank int, known bool) {
	rank = first(settings, wordsOf(key))
	return rank, rank < len(settings)
}
