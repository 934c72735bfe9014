package registry_test

import (
	"testing"

	"greenroom/registry"
)

func TestSettingRank(t *testing.T) {
	t.Parallel()
	before := -1
	for _, key := range []string{"learningRate", "optim", "num_train_epochs", "per_device_train_batch_size", "num_hidden_layers", "model.hidden_size", "seed"} {
		rank, known := registry.SettingRank(key)
		if !known || rank <= before {
			t.Errorf("%s has rank %d, %v, after %d", key, rank, known, before)
		}
		before = rank
	}
	for _, key := range []string{"", "return_dict", "prediction_loss_only", "bf16_full_eval", "learned"} {
		if rank, known := registry.SettingRank(key); known || rank <= before {
			t.Errorf("%q has rank %d, %v", key, rank, known)
		}
	}
}
