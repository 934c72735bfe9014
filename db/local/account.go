//go:build unix

package local

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is whom Postgres runs as: it refuses to run as root. Folders that it writes to belong to uid and gid.
type account struct {
	name       string
	uid, gid   int
	attributes func() *syscall.SysProcAttr
}

// chooseAccount returns the first account under which Postgres can be run and reach its folder, which it owns then.
func (s *Server) chooseAccount(ctx context.Context, bins binaries) (account, error) {
	if os.Getuid() != 0 {
		return ourselves(), nil
	}
	info, err := os.Stat(s.dir)
	if err != nil {
		return account{}, fmt.Errorf("local: look at the database folder: %w", err)
	}
	var choices []account
	if owner := ownerOf(info); owner != 0 {
		choices = []account{other(strconv.Itoa(owner), owner, int(info.Sys().(*syscall.Stat_t).Gid))}
	} else {
		choices = append(rootInDisguise(), servants()...)
	}
	var tried []string
	for _, as := range choices {
		if err := s.try(ctx, bins, as); err != nil {
			s.log.Debug("postgres cannot run as this user", "user", as.name, "err", err)
			tried = append(tried, as.name)
			continue
		}
		return as, nil
	}
	return account{}, fmt.Errorf("Greenroom runs as root, Postgres refuses to, and no other user it may run as (%s) can reach both %s and %s. Start Greenroom as another user, choose a data folder such as /var/lib/greenroom, or set DATABASE_URL.",
		strings.Join(tried, ", "), s.dir, bins.dir)
}

// try hands the folder over and runs something harmless in it.
func (s *Server) try(ctx context.Context, bins binaries, as account) error {
	if err := hand(s.dir, as); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bins.dir, "postgres"), "--version")
	cmd.Dir = s.dir
	cmd.SysProcAttr = as.attributes()
	return cmd.Run()
}

// hand gives dir and all in it to an account, unless it has it already.
func hand(dir string, as account) error {
	info, err := os.Stat(dir)
	if err != nil || ownerOf(info) == as.uid {
		return err
	}
	// The folder itself comes last: as long as it is not handed over, the rest may not be either.
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Lchown(path, as.uid, as.gid)
	})
	if err != nil {
		return err
	}
	return os.Lchown(dir, as.uid, as.gid)
}

func ourselves() account {
	return account{name: "ourselves", uid: os.Getuid(), gid: os.Getgid(), attributes: ownSession}
}

// servants are the users that systems have for such work.
func servants() (found []account) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.Atoi(u.Uid)
		gid, gerr := strconv.Atoi(u.Gid)
		if uerr == nil && gerr == nil {
			found = append(found, other(name, uid, gid))
		}
	}
	return found
}

func other(name string, uid, gid int) account {
	return account{name: name, uid: uid, gid: gid, attributes: func() *syscall.SysProcAttr {
		attr := ownSession()
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr
	}}
}
