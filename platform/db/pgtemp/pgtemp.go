// Package pgtemp runs a throw-away PostgreSQL cluster on a unix socket, for
// tests and benchmarks. It works as root, which initdb refuses, by stepping
// down to the user postgres.
package pgtemp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// Cluster is a running server.
type Cluster struct {
	dir  string
	bin  string
	cred *syscall.Credential
}

// Start makes a cluster in a new folder and starts it. With fsync the server is
// as durable as in earnest, without it is quick.
func Start(ctx context.Context, fsync bool) (*Cluster, error) {
	bin, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "pgt") // short: a socket's path has at most 107 bytes
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin}
	if err := c.stepDown(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.start(ctx, fsync); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// find returns the folder of initdb: on the PATH, or where Debian keeps it.
func find() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			return filepath.Dir(p), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("initdb is not installed: apt-get install postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func (c *Cluster) stepDown() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("root may not run PostgreSQL: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.dir, int(uid), int(gid))
}

func (c *Cluster) start(ctx context.Context, fsync bool) error {
	data := filepath.Join(c.dir, "d")
	if err := c.run(ctx, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return err
	}
	durable := "off"
	if fsync {
		durable = "on"
	}
	// With -l the server does not hold our pipe open.
	return c.run(ctx, "pg_ctl", "-D", data, "-w", "-l", filepath.Join(c.dir, "log"), "-o",
		fmt.Sprintf("-c listen_addresses='' -k %s -c fsync=%s -c full_page_writes=%s -c synchronous_commit=%s -c shared_buffers=256MB -c max_connections=300",
			c.dir, durable, durable, durable), "start")
}

func (c *Cluster) run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// URL connects as the superuser to the named database; "" is postgres.
func (c *Cluster) URL(database string) string {
	if database == "" {
		database = "postgres"
	}
	return fmt.Sprintf("postgres://postgres@/%s?host=%s&sslmode=disable", database, c.dir)
}

// Stop ends the server and removes its folder.
func (c *Cluster) Stop(ctx context.Context) error {
	return errors.Join(c.run(ctx, "pg_ctl", "-D", filepath.Join(c.dir, "d"), "-m", "immediate", "stop"), os.RemoveAll(c.dir))
}
