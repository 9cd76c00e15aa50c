package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoTool is returned when PostgreSQL's own tools are not installed.
var ErrNoTool = errors.New("is not installed: apt-get install postgresql-client")

// tool runs one of PostgreSQL's programs on the database at address. The password
// goes by the environment, because everybody sees the arguments of a process.
func tool(ctx context.Context, name, address string, args ...string) error {
	program, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s %w", name, ErrNoTool)
	}
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the address of the database cannot be read") // it may hold a password
	}
	env := os.Environ()
	if password, ok := u.User.Password(); ok {
		env = append(env, "PGPASSWORD="+password)
		u.User = url.User(u.User.Username())
	}
	cmd := exec.CommandContext(ctx, program, append(args, "--no-password", "--dbname="+u.String())...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, firstLines(string(out), 3))
	}
	return nil
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "; ")
}

// dump keeps out of the archive who owns what and who may do what: Migrate says
// that anew wherever it is restored.
func (e *pgEngine) dump(ctx context.Context, path string) error {
	return tool(ctx, "pg_dump", e.ownerURL, "--format=custom", "--no-owner", "--no-privileges", "--schema="+e.schema, "--file="+path)
}

// Rebuild replaces schemas of a PostgreSQL database by what was dumped from
// them. What stood there is moved aside until the caller is content.
type Rebuild struct {
	url     string
	schemas []string
	suffix  string
	moved   []string // of schemas: those that stood there
}

// Stands reports whether the database at url holds one of the schemas with
// anything in it.
func Stands(ctx context.Context, url string, schemas ...string) (yes bool, err error) {
	err = asOwner(ctx, url, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = ANY($1))`, schemas).Scan(&yes)
	})
	return yes, err
}

// Alone returns ErrInUse if anybody else is connected to the database at url. It
// gives those who have just left a second to be gone.
func Alone(ctx context.Context, url string) error {
	return asOwner(ctx, url, func(c *pgx.Conn) error {
		for try := 0; ; try++ {
			var n int
			err := c.QueryRow(ctx, `
				SELECT count(*) FROM pg_stat_activity
				WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&n)
			if err != nil || n == 0 {
				return err
			}
			if try == 10 {
				return fmt.Errorf("%w: %d others are connected to it", ErrInUse, n)
			}
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
}

// BeginRebuild moves the schemas aside, under names that end in suffix. The url
// is the owner's.
func BeginRebuild(ctx context.Context, url, suffix string, schemas ...string) (*Rebuild, error) {
	r := &Rebuild{url: url, schemas: schemas, suffix: suffix}
	err := asOwner(ctx, url, func(c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			for _, q := range []string{makeRole(roleApp), makeRole(roleWorker)} { // the dump's policies name them
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			for _, s := range schemas {
				if err := r.aside(ctx, tx, s); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("move schemas aside: %w", err)
	}
	return r, nil
}

func (r *Rebuild) aside(ctx context.Context, tx pgx.Tx, schema string) error {
	var there bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, schema).Scan(&there); err != nil {
		return err
	}
	if !there {
		return nil
	}
	if _, err := tx.Exec(ctx, `ALTER SCHEMA `+schema+` RENAME TO `+schema+r.suffix); err != nil {
		return err
	}
	r.moved = append(r.moved, schema)
	return nil
}

// Load makes a schema anew from the file that Dump wrote: all of it or nothing.
func (r *Rebuild) Load(ctx context.Context, path string) error {
	return tool(ctx, "pg_restore", r.url, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", path)
}

// Keep deletes what was moved aside.
func (r *Rebuild) Keep(ctx context.Context) error {
	return asOwner(ctx, r.url, func(c *pgx.Conn) error {
		for _, s := range r.moved {
			if _, err := c.Exec(ctx, `DROP SCHEMA `+s+r.suffix+` CASCADE`); err != nil {
				return err
			}
		}
		return nil
	})
}

// Undo deletes what was loaded and puts back what stood there.
func (r *Rebuild) Undo(ctx context.Context) error {
	return asOwner(ctx, r.url, func(c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			for _, s := range r.schemas {
				if _, err := tx.Exec(ctx, `DROP SCHEMA IF EXISTS `+s+` CASCADE`); err != nil {
					return err
				}
			}
			for _, s := range r.moved {
				if _, err := tx.Exec(ctx, `ALTER SCHEMA `+s+r.suffix+` RENAME TO `+s); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func asOwner(ctx context.Context, url string, fn func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	return fn(c)
}
