package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// python runs a script as someone would who has just installed the client: nothing set but WANDB_BASE_URL, WANDB_API_KEY
// and what env adds, in an empty folder that is also their home. It returns what the script printed, both streams as one
// sees them in a terminal, and the exit code.
func python(t *testing.T, s *server, key, script string, env ...string) (out string, code int) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "train.py")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, interpreter(t), file)
	cmd.Dir = dir
	cmd.Env = cleanEnv(append([]string{
		"HOME=" + dir, "XDG_CACHE_HOME=", "XDG_CONFIG_HOME=", "XDG_DATA_HOME=",
		"WANDB_BASE_URL=" + s.url,
		"WANDB_API_KEY=" + key,
		"WANDB_ERROR_REPORTING=false", // no test reports home to the client's makers
	}, env...)...)
	// The client leaves a process behind that outlives a script which hangs; it goes with the whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	b, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("The script did not end within five minutes. It printed:\n%s", b)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(b), exit.ExitCode()
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return string(b), 0
}

// interpreter is E2E_PYTHON, or the one with the packages of requirements.txt.
func interpreter(t *testing.T) string {
	t.Helper()
	path := os.Getenv("E2E_PYTHON")
	if path == "" {
		path = filepath.Join(".venv", "bin", "python")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	if !exists(path) {
		without(t, "There is no Python with the W&B client here.")
	}
	return path
}

func TestPythonHasTheClientAndNothingElse(t *testing.T) {
	t.Parallel()
	pinned, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	out, code := python(t, &server{url: "http://127.0.0.1:1"}, "key", `
import os, sys, wandb
print("wandb==" + wandb.__version__)
print(os.path.expanduser("~") == os.getcwd(), os.listdir(), os.environ["WANDB_BASE_URL"], os.environ["WANDB_API_KEY"])
sys.exit(3)
`)
	want := strings.TrimSpace(string(pinned)) + "\nTrue ['train.py'] http://127.0.0.1:1 key\n"
	if out != want || code != 3 {
		t.Errorf("exit code %d, printed %q; want 3, %q", code, out, want)
	}
}
