package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"fettle.dev/fettle/platform/archive"
	"fettle.dev/fettle/platform/db"
)

// pgBuilding restores PostgreSQL schemas: those that stand there are moved aside
// and come back if anything goes wrong. Should the machine stop in between, they
// are still there under their names with the suffix.
type pgBuilding struct {
	places  places
	owner   string // address of the tables' owner
	staged  places
	rebuild *db.Rebuild // nil before load and after settle
	swap    *swap
}

// oldSuffix ends the names of schemas that were moved aside.
const oldSuffix = "_before_restore"

var pgSchemas = []string{"public", keySchema}

func (b *pgBuilding) vacant(ctx context.Context, force bool) error {
	if err := db.Alone(ctx, b.owner); err != nil {
		return err
	}
	there, err := db.Stands(ctx, b.owner, pgSchemas...)
	if err != nil {
		return err
	}
	if there && !force {
		return ErrStands
	}
	return nil
}

func (b *pgBuilding) load(ctx context.Context, main, keys *archive.Unpacked) (places, error) {
	b.staged = b.places
	b.staged.files = main.Path("files")
	var err error
	if b.rebuild, err = db.BeginRebuild(ctx, b.owner, oldSuffix, pgSchemas...); err != nil {
		return b.staged, err
	}
	for _, u := range []*archive.Unpacked{main, keys} {
		if err := b.rebuild.Load(ctx, u.Path(partData)); err != nil {
			return b.staged, fmt.Errorf("load the %s store: %w", u.Manifest.Store, err)
		}
	}
	return b.staged, nil
}

func (b *pgBuilding) settle(ctx context.Context) error {
	err := b.swap.put(b.staged.files, b.places.files)
	if err == nil {
		err = b.rebuild.Keep(ctx)
	}
	if err != nil {
		return errors.Join(err, b.swap.undo())
	}
	b.rebuild = nil
	return syncPath(filepath.Dir(b.places.files))
}

func (b *pgBuilding) abandon(ctx context.Context) error {
	if b.rebuild == nil {
		return nil
	}
	return b.rebuild.Undo(ctx)
}
