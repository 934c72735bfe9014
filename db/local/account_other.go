//go:build unix && !linux

package local

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// ownSession keeps a terminal's Ctrl-C from Postgres, which has to outlive our connections. Here Postgres also
// outlives us when we are killed; the next start attaches to it.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true}
}

// rootInDisguise needs user namespaces, which only Linux has.
func rootInDisguise() []account { return nil }

// isPostgres says whether process pid is alive and a Postgres, whose cluster we cannot see here. A zombie is not alive.
func isPostgres(pid int, _ string) bool {
	out, err := exec.Command("ps", "-o", "stat=", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return false
	}
	state, name, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return !strings.HasPrefix(state, "Z") && strings.Contains(name, "postgres")
}
