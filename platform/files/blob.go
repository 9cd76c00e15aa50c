package files

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// path is where the blob lies: two characters of folder, so that none grows
// beyond what a file system likes.
func (s *Store) path(tenant id.Tenant, a Address) string {
	name := a.String()
	return filepath.Join(s.dir, tenant.String(), name[:2], name[2:])
}

// write stores the sealed bytes: temporary file, fsync, rename, fsync of the
// folder and of every folder that was made.
func (s *Store) write(ctx context.Context, tenant id.Tenant, sealed []byte) (a Address, err error) {
	if db.Inside(ctx) {
		return a, db.ErrNested
	}
	a = sha256.Sum256(sealed)
	path := s.path(tenant, a)
	if err := s.makeDir(filepath.Dir(path)); err != nil {
		return a, fmt.Errorf("store blob: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*") // mode 0600
	if err != nil {
		return a, fmt.Errorf("store blob: %w", err)
	}
	_, err = temp.Write(sealed)
	if err = errors.Join(err, s.sync(temp), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return a, fmt.Errorf("store blob: %w", errors.Join(err, os.Remove(temp.Name())))
	}
	return a, s.syncDir(filepath.Dir(path))
}

const tempPrefix = ".new-"

// makeDir makes the folder and its parents, each durable in its own parent.
func (s *Store) makeDir(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := s.makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.syncDir(filepath.Dir(path))
}

func (s *Store) sync(f *os.File) error {
	if s.o.NoSync {
		return nil
	}
	return f.Sync()
}

func (s *Store) syncDir(path string) error {
	if s.o.NoSync {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// read returns the sealed bytes at the address.
func (s *Store) read(ctx context.Context, tenant id.Tenant, a Address) ([]byte, error) {
	if db.Inside(ctx) {
		return nil, db.ErrNested
	}
	sealed, err := os.ReadFile(s.path(tenant, a))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	if sha256.Sum256(sealed) != a {
		return nil, ErrDamaged
	}
	return sealed, nil
}

// remove deletes the blobs; those that are gone already are no error.
func (s *Store) remove(tenant id.Tenant, list []Address) error {
	var errs []error
	for _, a := range list {
		if err := os.Remove(s.path(tenant, a)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
