package registry_test

import (
	"testing"

	"greenroom/registry"
)

func TestKeyFigures(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		keys []string
		want string
	}{
		{nil, ""},
		{[]string{"acc"}, "acc"},
		{[]string{"epoch", "acc"}, "acc"},
		{[]string{"loss", "acc"}, "acc"},
		{[]string{"train/acc", "val/loss", "val/acc", "test/acc"}, "val/acc"},
		{[]string{"accuracy", "val/loss"}, "val/loss"},
		{[]string{"train_loss", "valAccuracy"}, "valAccuracy"},
		{[]string{"loss", "test/error"}, "test/error"},
		{[]string{"epoch", "lr", "wibble", "wobble"}, "wibble"},
		{[]string{"epoch", "lr"}, "epoch"},
		{[]string{"eval.top1", "top1"}, "eval.top1"},
		{[]string{"val/seconds", "mAP"}, "mAP"},
		{[]string{"val/error_rate", "val/f1"}, "val/f1"},
		{[]string{"größe", "🚀"}, "größe"},
		{[]string{"accident", "lossless"}, "accident"},
		{[]string{"val/recall", "val/auc"}, "val/auc"},
		{[]string{"test/acc", "val/f1", "val/acc"}, "val/acc"},
		{[]string{"wobble", "wibble"}, "wibble"},
		{[]string{"best_score", "epoch", "validation_1-mlogloss.min"}, "validation_1-mlogloss.min"},
	} {
		var figures []registry.Figure
		for i, key := range tc.keys {
			figures = append(figures, registry.Figure{Key: key, Value: float64(i)})
		}
		var first string
		got := registry.KeyFigures(figures, 1)
		if len(got) > 0 {
			first = got[0].Key
		}
		if first != tc.want || len(got) != min(1, len(tc.keys)) {
			t.Errorf("KeyFigures(%q, 1) = %v, want %q", tc.keys, got, tc.want)
		}
	}
}

func TestLowerIsBetter(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"val/loss": true, "test.wer": true, "RMSE": true, "errRate": true, "validation_0-mlogloss": true, "eval-merror": true,
		"acc": false, "val/f1": false, "glossary": false, "": false,
	} {
		if got := registry.LowerIsBetter(key); got != want {
			t.Errorf("LowerIsBetter(%q) = %v", key, got)
		}
	}
}
