package dbtest

import (
	"os"
	"testing"
)

func address(testing.TB) string { return os.Getenv("TEST_DATABASE_URL") }
