package local_test

import (
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"greenroom/db/local"
)

// nobody is the user of that name on every Linux.
const nobody = 65534

// TestAccounts starts the test binary again under each account that Greenroom may have. It needs root, whom alone
// the system lets become others; without, there is one account to test, which all other tests do.
func TestAccounts(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		s := start(t, folder(t))
		exec(t, s.URL(), `create table kept (n int)`)
		return
	}
	for name, c := range map[string]struct {
		attr  *syscall.SysProcAttr
		given int    // who has the folder before
		owner uint32 // who has the tables after
		env   string
	}{
		"root":                                    {nil, 0, 0, ""},
		"root in a folder of another user":        {nil, nobody, nobody, ""},
		"root where namespaces are forbidden":     {container(), 0, servant(t), noNamespaces},
		"an ordinary user in a folder of its own": {&syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}, nobody, nobody, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := publicFolder(t)
			binary := publicBinary(t)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(dir, c.given, c.given); err != nil {
				t.Fatal(err)
			}
			for rows := range 2 { // the second start is a warm one
				p := spawnBinary(t, binary, dir, c.attr, c.env)
				exec(t, p.url, `create table if not exists kept (n int)`, `insert into kept values (1)`)
				if n := count(t, p.url); n != rows+1 {
					t.Errorf("%d rows, want %d", n, rows+1)
				}
				p.stop(t)
			}
			if got := owner(t, filepath.Join(dir, "data/PG_VERSION")); got != c.owner {
				t.Errorf("the tables belong to %d, want %d", got, c.owner)
			}
		})
	}
}

// A folder made by root stays usable where namespaces are forbidden later, as when it moves into a container.
func TestFolderMovesIntoContainer(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		return
	}
	dir := publicFolder(t)
	s := start(t, dir)
	exec(t, s.URL(), `create table kept (n int)`, `insert into kept values (1)`)
	stop(t, s)
	p := spawnBinary(t, publicBinary(t), dir, container(), noNamespaces)
	if n := count(t, p.url); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	p.stop(t)
	again := start(t, dir)
	if n := count(t, again.URL()); n != 1 {
		t.Errorf("%d rows back outside, want 1", n)
	}
}

// No user that Postgres could run as may enter a folder below one that only root may enter, unless as root.
func TestUnreachableFolder(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		return
	}
	closed := filepath.Dir(folder(t))
	dir := filepath.Join(closed, "postgres")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	_, err := local.Start(t.Context(), local.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "/var/lib/greenroom") || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Fatalf("got %v, want advice", err)
	}
}

// noNamespaces makes a process in a container begin by giving up the right to make namespaces. It concerns no others.
const noNamespaces = "FORBID=/proc/sys/user/max_user_namespaces"

// container is root as in a container, who has the right to be other users. Use it with noNamespaces.
func container() *syscall.SysProcAttr {
	all := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}}
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: all, GidMappings: all, GidMappingsEnableSetgroups: true}
}

// servant is the user that root lets Postgres run as.
func servant(t *testing.T) uint32 {
	t.Helper()
	if u, err := user.Lookup("postgres"); err == nil {
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		return uint32(uid)
	}
	return nobody
}

// publicBinary is this test where every user can run it.
func publicBinary(t *testing.T) string {
	t.Helper()
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer self.Close()
	path := filepath.Join(filepath.Dir(publicFolder(t)), "run")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, self); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// publicFolder is a folder for a database that every user can come to.
func publicFolder(t *testing.T) string {
	t.Helper()
	dir := folder(t)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func owner(t *testing.T, path string) uint32 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}
