package registry

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Figure is one number of a run's summary, under the key it was logged by.
// Nested keys are joined with dots, as W&B's pages write them.
type Figure struct {
	Key   string
	Value float64 // may be NaN or infinite: people log those
}

// FigureAt returns the figure with a key; ok is false if there is none.
func FigureAt(figures []Figure, key string) (f Figure, ok bool) {
	i := slices.IndexFunc(figures, func(f Figure) bool { return f.Key == key })
	if i < 0 {
		return Figure{}, false
	}
	return figures[i], true
}

// The words that keys of metrics are made of, those that people choose by most
// often first.
var (
	heldOut     = []string{"val", "valid", "validation", "dev", "test", "eval", "evaluation", "holdout"}
	higher      = []string{"acc", "accuracy", "auc", "auroc", "roc", "f1", "fbeta", "precision", "recall", "map", "ap", "iou", "miou", "dice", "bleu", "rouge", "ndcg", "mrr", "r2", "psnr", "ssim", "gini", "kappa", "mcc", "score", "reward", "return", "win", "hit", "top1", "top5"}
	lower       = []string{"loss", "error", "err", "mae", "mse", "rmse", "mape", "smape", "wape", "wer", "cer", "fnr", "fpr", "perplexity", "ppl", "nll", "bce", "ece", "brier", "logloss", "mlogloss", "merror", "rmsle", "fid", "kl", "regret", "latency", "ms", "seconds"}
	bookkeeping = []string{"epoch", "epochs", "step", "steps", "iter", "iteration", "batch", "lr", "learning", "time", "runtime", "timestamp", "duration", "seconds", "ms", "latency", "seed", "params", "parameters", "examples", "samples", "tokens", "grad", "gradient", "gradients", "norm", "memory", "gpu", "cpu", "size"}
)

// KeyFigures picks the n figures that tell most about a model, the most telling
// first: how well it does on data it was not trained on, then how badly, then how
// well it does at all, then how badly, then what else was logged. Bookkeeping is
// left out unless there is nothing else.
func KeyFigures(figures []Figure, n int) []Figure {
	sorted := ByTelling(figures)
	kept := min(n, len(sorted))
	for kept > 1 && telling(wordsOf(sorted[kept-1].Key)) == 0 {
		kept--
	}
	return sorted[:kept]
}

// ByTelling returns all figures, those that tell most first: of two that tell as
// much, the one whose words stand earlier in the lists above, then by key.
// (Clients write summaries in any order, so theirs says nothing.)
func ByTelling(figures []Figure) []Figure {
	type told struct {
		Figure
		telling, split, measure int
	}
	all := make([]told, len(figures))
	for i, f := range figures {
		words := wordsOf(f.Key)
		all[i] = told{f, telling(words), first(heldOut, words), min(first(higher, words), first(lower, words))}
	}
	slices.SortFunc(all, func(a, b told) int {
		return cmp.Or(b.telling-a.telling, a.split-b.split, a.measure-b.measure, strings.Compare(a.Key, b.Key))
	})
	sorted := make([]Figure, len(all))
	for i, f := range all {
		sorted[i] = f.Figure
	}
	return sorted
}

func telling(words []string) int {
	worth := 1
	switch {
	case first(bookkeeping, words) < len(bookkeeping):
		return 0
	case first(higher, words) < len(higher) && first(lower, words) == len(lower):
		worth = 4
	case first(lower, words) < len(lower):
		worth = 2
	}
	if first(heldOut, words) < len(heldOut) && worth > 1 {
		worth += 3
	}
	return worth
}

// first is where the first of known stands that is among words, len(known) if
// none is.
func first(known, words []string) int {
	for i, k := range known {
		if slices.Contains(words, k) {
			return i
		}
	}
	return len(known)
}

// LowerIsBetter reports whether a metric of that name gets better as it falls.
func LowerIsBetter(key string) bool {
	return slices.ContainsFunc(wordsOf(key), func(w string) bool { return slices.Contains(lower, w) })
}

// wordsOf splits a key where its words meet: "val/Top1_acc" and "valTop1Acc" are
// val, top1, acc.
func wordsOf(key string) []string {
	var b strings.Builder
	previous := ' '
	for _, r := range key {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			b.WriteByte(' ')
		case unicode.IsUpper(r) && (unicode.IsLower(previous) || unicode.IsDigit(previous)):
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		previous = r
	}
	return strings.Fields(b.String())
}
