package local

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ownSession keeps a terminal's Ctrl-C from Postgres, which has to outlive our connections, and ends Postgres in good
// order when we die. The system takes "we" to be the thread that starts it.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGINT}
}

// rootInDisguise is root under another number inside a user namespace: Postgres is content, files stay root's, and
// folders that only root may enter still work. Containers often forbid it.
func rootInDisguise() []account {
	return []account{{name: "root", uid: 0, gid: 0, attributes: func() *syscall.SysProcAttr {
		attr := ownSession()
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}}
		return attr
	}}}
}

// isPostgres says whether process pid is alive and a Postgres on the cluster in dir. A zombie is not alive.
func isPostgres(pid int, dir string) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // "42 (postgres) S 1 …"
	if err != nil {
		return false
	}
	stat := string(b)
	end := strings.LastIndexByte(stat, ')')
	_, name, _ := strings.Cut(stat[:max(end, 0)], "(")
	rest := strings.Fields(stat[end+1:])
	if len(rest) == 0 || rest[0] == "Z" || rest[0] == "X" || name != "postgres" && name != "postmaster" {
		return false
	}
	// Postgres works inside its cluster. Where we may not look, its name must do.
	at, err := os.Stat(filepath.Join("/proc", fmt.Sprint(pid), "cwd"))
	if err != nil {
		return true
	}
	info, err := os.Stat(dir)
	return err != nil || os.SameFile(at, info)
}
