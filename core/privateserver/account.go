package privateserver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// An account is the user a server runs as.
type account struct {
	name     string
	uid, gid int
	switched bool // from root, so that files and the process must be handed over
}

func accountFor(data string, users []string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	info, err := os.Stat(data)
	switch {
	case err == nil && stat(info).Uid != 0:
		return ownerAccount(info), nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return account{}, err
	}
	for _, name := range users {
		if u, err := user.Lookup(name); err == nil {
			return userAccount(u)
		}
	}
	return account{}, fmt.Errorf("the server cannot run as root, and there is no user %s", strings.Join(users, " or "))
}

func ownerAccount(info fs.FileInfo) account {
	uid := int(stat(info).Uid)
	return account{name: strconv.Itoa(uid), uid: uid, gid: int(stat(info).Gid), switched: true}
}

func userAccount(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	return account{name: u.Username, uid: uid, gid: gid, switched: true}, err
}

// makeHome makes the directory of a server and those above it. The directory is
// Kith's own, so it is opened to the account where it is closed.
func (a account) makeHome(dir string) error {
	if err := a.makePath(filepath.Dir(dir)); err != nil {
		return err
	}
	info, err := a.makeStep(dir)
	if err != nil || a.mayEnter(info) {
		return err
	}
	return os.Chmod(dir, info.Mode().Perm()|0o011)
}

// makePath makes the directories down to dir and checks that the account can
// pass through each of them: one closed directory hides all that is below it.
func (a account) makePath(dir string) error {
	if parent := filepath.Dir(dir); parent != dir {
		if err := a.makePath(parent); err != nil {
			return err
		}
	}
	info, err := a.makeStep(dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory", dir)
	case !a.mayEnter(info):
		return fmt.Errorf("user %s, who runs the server, may not enter %s (%s): choose a directory elsewhere, such as below /var/lib",
			a.name, dir, info.Mode())
	}
	return nil
}

func (a account) makeStep(dir string) (fs.FileInfo, error) {
	info, err := os.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return info, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if a.switched {
		if err := os.Chmod(dir, 0o711); err != nil {
			return nil, err
		}
	}
	return os.Stat(dir)
}

// mayEnter reports whether the account can pass through a directory.
func (a account) mayEnter(dir fs.FileInfo) bool {
	switch mode := dir.Mode().Perm(); {
	case !a.switched:
		return true
	case int(stat(dir).Uid) == a.uid:
		return mode&0o100 != 0
	case int(stat(dir).Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// give hands a file or directory to the account.
func (a account) give(path string) error {
	if !a.switched {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// attr makes a process run as the account, and apart from the terminal, whose
// Ctrl-C is meant for Kith alone.
func (a account) attr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.switched {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

func stat(info fs.FileInfo) *syscall.Stat_t { return info.Sys().(*syscall.Stat_t) }
