package e2e

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program is the path of the binary under test.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain builds the program once for all tests, and closes the browser and the server they shared.
func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "greenroom-e2e-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "greenroom")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", program, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("the program does not build: %v\n%s", err, out)
		return 1
	}
	defer chromium.quit()
	defer shared.stop()
	return m.Run()
}

// cleanEnv is this process's environment without what would steer the program or its clients, and with what is added.
func cleanEnv(add ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GREENROOM_") && !strings.HasPrefix(v, "WANDB_") && !strings.HasPrefix(v, "DATABASE_URL=") {
			env = append(env, v)
		}
	}
	return append(env, add...)
}

// without ends a test for which something is not installed: as failed in CI, elsewhere as skipped.
func without(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s `make test` installs it.", what)
	}
	t.Skipf("%s `make test` installs it.", what)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
