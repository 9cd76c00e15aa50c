package files

import (
	"context"
	"embed"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the table of files.
func Schema() db.Schema { return db.Schema{Name: "files", Files: migrations} }

const columns = `id, person_id, address, media_type, bytes, width, height, state, created_at`

// Add enters a file that Put returned, as pending, in the caller's step.
func (s *Store) Add(ctx context.Context, tx *db.Tx, f File) error {
	err := tx.Put(ctx, `
		INSERT INTO files_file (tenant_id, `+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), f.ID, f.Person, f.Address[:], f.MediaType, f.Bytes, f.Width, f.Height, Pending, tx.Now())
	if err != nil {
		return fmt.Errorf("insert file: %w", err)
	}
	return nil
}

// Keep marks files as belonging to something, in the step that makes them
// belong. A file that is not there, or is another person's, is ErrNotFound;
// keeping twice is no error.
func (s *Store) Keep(ctx context.Context, tx *db.Tx, person id.Person, list ...id.File) error {
	for _, f := range list {
		n, err := tx.Exec(ctx, `UPDATE files_file SET state = ? WHERE tenant_id = ? AND id = ? AND person_id = ?`,
			Kept, tx.Tenant(), f, person)
		if err != nil {
			return fmt.Errorf("keep file: %w", err)
		}
		if n == 0 {
			return ErrNotFound
		}
	}
	return nil
}

// ByID returns the file, or ErrNotFound.
func (s *Store) ByID(ctx context.Context, tx *db.Tx, f id.File) (File, error) {
	got, err := scanFile(tx.Row(ctx, `SELECT `+columns+` FROM files_file WHERE tenant_id = ? AND id = ?`, tx.Tenant(), f).Scan)
	if err != nil {
		return File{}, fmt.Errorf("load file: %w", db.NotFound(err, ErrNotFound))
	}
	return got, nil
}

// ByPerson returns all files of the person, oldest first.
func (s *Store) ByPerson(ctx context.Context, tx *db.Tx, p id.Person) ([]File, error) {
	rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM files_file WHERE tenant_id = ? AND person_id = ? ORDER BY id`, tx.Tenant(), p)
	list, err := db.Collect(rows, err, scanFile)
	if err != nil {
		return nil, fmt.Errorf("files of person: %w", err)
	}
	return list, nil
}

func scanFile(scan func(...any) error) (f File, err error) {
	return f, scan(&f.ID, &f.Person, &f.Address, &f.MediaType, &f.Bytes, &f.Width, &f.Height, &f.State, db.At(&f.Created))
}

// Forget deletes all files of the person, rows first. It opens a step of its own
// and returns how many there were; after a crash in between, Sweep takes what is
// left of the bytes.
func (s *Store) Forget(ctx context.Context, d *db.DB, tenant id.Tenant, p id.Person) (int, error) {
	return s.drop(ctx, d, tenant, `person_id = ?`, p)
}

// drop deletes the rows that match, then their bytes.
func (s *Store) drop(ctx context.Context, d *db.DB, tenant id.Tenant, where string, args ...any) (int, error) {
	list, err := db.Do(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) ([]Address, error) {
		rows, err := tx.Rows(ctx, `DELETE FROM files_file WHERE tenant_id = ? AND `+where+` RETURNING address`,
			append([]any{tx.Tenant()}, args...)...)
		return db.Collect(rows, err, func(scan func(...any) error) (a Address, err error) { return a, scan(&a) })
	})
	if err != nil {
		return 0, fmt.Errorf("delete files: %w", err)
	}
	if err := s.remove(tenant, list); err != nil {
		return len(list), fmt.Errorf("delete blobs: %w", err)
	}
	return len(list), nil
}

// known returns which of the addresses have a row.
func known(ctx context.Context, d *db.DB, tenant id.Tenant, list []Address) (map[Address]bool, error) {
	return db.Get(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) (map[Address]bool, error) {
		out := map[Address]bool{}
		for _, a := range list {
			var n int64
			err := tx.Row(ctx, `SELECT count(*) FROM files_file WHERE tenant_id = ? AND address = ?`, tx.Tenant(), a[:]).Scan(&n)
			if err != nil {
				return nil, err
			}
			out[a] = n > 0
		}
		return out, nil
	})
}

// pendingFor is how long an upload may wait for what it belongs to.
const pendingFor = 24 * time.Hour
