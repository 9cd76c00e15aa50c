package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fettle.dev/fettle/platform/archive"
	"fettle.dev/fettle/platform/db"
)

// liteBuilding restores SQLite files: they are put together in a folder beside
// their place and renamed into it, the database last.
type liteBuilding struct {
	places places
	staged places
	swap   *swap
}

func (b *liteBuilding) vacant(ctx context.Context, force bool) error {
	for _, path := range []string{b.places.main, b.places.keys} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if !force {
			return fmt.Errorf("%s: %w", path, ErrStands)
		}
		release, err := db.Hold(path, false)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := release(); err != nil {
			return err
		}
	}
	return nil
}

func (b *liteBuilding) load(_ context.Context, main, keys *archive.Unpacked) (places, error) {
	b.staged = b.places
	b.staged.main, b.staged.keys = main.Path(partData), keys.Path(partData)
	b.staged.files = main.Path("files")
	return b.staged, nil
}

func (b *liteBuilding) settle(ctx context.Context) (err error) {
	for _, path := range []string{b.staged.main, b.staged.keys} { // closed by now
		if _, err := os.Stat(path + "-wal"); err == nil {
			return fmt.Errorf("%s was not folded into its file", filepath.Base(path))
		}
		if err := syncPath(path); err != nil {
			return err
		}
	}
	release, err := b.hold(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	var moves [][2]string
	for _, path := range []string{b.places.keys, b.places.main} { // a log that lost its file would be taken for the new one's
		moves = append(moves, [2]string{"", path + "-wal"}, [2]string{"", path + "-shm"}, [2]string{"", path + "-journal"})
	}
	moves = append(moves, [2]string{b.staged.keys, b.places.keys}, [2]string{b.staged.files, b.places.files}, [2]string{b.staged.main, b.places.main})
	for _, m := range moves {
		if err := b.swap.put(m[0], m[1]); err != nil {
			return errors.Join(err, b.swap.undo())
		}
	}
	return syncPath(filepath.Dir(b.places.main))
}

// hold keeps everybody away from the files that are about to go, and folds their
// logs into them.
func (b *liteBuilding) hold(ctx context.Context) (release func() error, err error) {
	var held []func() error
	release = func() error {
		var errs []error
		for _, r := range held {
			errs = append(errs, r())
		}
		return errors.Join(errs...)
	}
	for _, path := range []string{b.places.main, b.places.keys} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		r, err := db.Hold(path, true)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", path, err), release())
		}
		held = append(held, r)
	}
	return release, nil
}

// abandon has nothing to do: what was put together goes with its folder.
func (b *liteBuilding) abandon(context.Context) error { return nil }
