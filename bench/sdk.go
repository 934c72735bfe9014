package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// sdk is the version of the W&B client that runs, or whose requests are sent.
const sdk = "0.31.0"

// A script is Python that uses the W&B client. The last line it prints is what it tells, as JSON.
type script string

// run runs the script as the administrator with a server, in an empty folder that is also their home, decodes what it told
// into told unless that is nil, and returns how many seconds all of it took.
func (s script) run(ctx context.Context, g *greenroom, server string, told any, args ...string) (float64, error) {
	python, err := filepath.Abs("../e2e/.venv/" + sdk + "/bin/python")
	if err != nil {
		return 0, err
	}
	if _, err := os.Stat(python); err != nil {
		return 0, fmt.Errorf("the W&B client is not there; `build/need python` installs it: %w", err)
	}
	home, err := g.bed.folder("home")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(home)
	file := filepath.Join(home, "script.py")
	if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
		return 0, err
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, python, append([]string{file}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = home, &out, &errs
	cmd.Env = cleanEnv("HOME="+home, "XDG_CACHE_HOME=", "XDG_CONFIG_HOME=", "XDG_DATA_HOME=",
		"WANDB_BASE_URL="+server, "WANDB_API_KEY="+g.key, "WANDB_ENTITY="+team,
		"WANDB_ERROR_REPORTING=false") // nothing is told to the client's makers
	// The client starts a process of its own, which goes with the group when the script has to end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("a script of the SDK: %w\n%s%s", err, &out, &errs)
	}
	took := time.Since(began).Seconds()
	if told == nil {
		return took, nil
	}
	if err := json.Unmarshal([]byte(lastLine(out.String())), told); err != nil {
		return 0, errors.Join(fmt.Errorf("a script of the SDK printed %q", strings.TrimSpace(out.String())), err)
	}
	return took, nil
}
