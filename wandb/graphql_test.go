package wandb

import "testing"

// Every field of the schema has code that answers it.
func TestSchemaFitsTheCode(t *testing.T) {
	t.Parallel()
	parseSchema(&door{})
}
