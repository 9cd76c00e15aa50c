package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// parts of an installation on SQLite, as package app places them. The database
// itself comes last: it stands for the whole, so it is the last to be there and
// the first to go. The root key comes first: without it nothing can be read.
var parts = []string{".root.key", ".keys", ".erasures", ".files", ""}

// remove takes an installation away, or what is left of one.
func remove(path string) error {
	for i := len(parts) - 1; i >= 0; i-- {
		for _, more := range []string{"", "-wal", "-shm", "-journal"} {
			if err := os.RemoveAll(path + parts[i] + more); err != nil {
				return fmt.Errorf("remove what was there: %w", err)
			}
		}
	}
	return nil
}

// move makes an installation durable and gives it its name. The database comes
// last: until it is there, nothing is.
func move(from, to string) error {
	for _, p := range parts {
		if _, err := os.Stat(from + p + "-wal"); err == nil {
			return fmt.Errorf("the log of %s was not emptied", filepath.Base(from+p))
		}
		if err := syncAll(from + p); err != nil {
			return err
		}
	}
	if err := remove(to); err != nil { // what an earlier try may have left without its database
		return err
	}
	for _, p := range parts {
		if err := os.Rename(from+p, to+p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("move the demo to its place: %w", err)
		}
		if err := syncOne(filepath.Dir(to)); err != nil {
			return err
		}
	}
	return nil
}

// syncAll makes a file, or a folder with all in it, durable. One that is not
// there is no error: there may be no files and no erasures.
func syncAll(path string) error {
	err := filepath.WalkDir(path, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncOne(name)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func syncOne(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
