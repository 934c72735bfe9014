package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"time"
)

// need installs one thing and reports whether it is here now.
func need(ctx context.Context, t *tally, thing string) bool {
	start := time.Now()
	out, err := exec.CommandContext(ctx, "build/need", thing).CombinedOutput()
	if err != nil {
		t.missing(thing, out, err)
		return false
	}
	if len(out) > 0 {
		t.say("ready  %s  %s", thing, since(start))
	}
	return true
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
