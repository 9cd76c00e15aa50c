package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/archive"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// KeepKeys is how long a backup of the key store may be kept: until it is
// deleted, whoever has the root key too can undo an erasure with it.
const KeepKeys = 35 * 24 * time.Hour

// The names of the stores and of their parts in an archive.
const (
	storeMain = "main"
	storeKeys = "keys"
	partData  = "database"
	blobDir   = "files/"
)

// BackupTo says where the archives go.
type BackupTo struct {
	Main string // a new file: the database and the sealed files
	Keys string // a new file for the key store; "": none is made
	// Tell hears what is being done, in a line.
	Tell func(line string)
}

// Backup writes an archive per store while others go on working. Neither holds
// the root key or the erasure ledger. The key store is copied last: every person
// in the main archive has a key in it, unless erased meanwhile.
func Backup(ctx context.Context, c Config, to BackupTo) (err error) {
	if to.Tell == nil {
		to.Tell = func(string) {}
	}
	p, err := c.places()
	if err != nil {
		return err
	}
	b := &backup{places: p, to: to, manifest: archive.Manifest{
		Engine: engineOf(p), Version: c.Version, MadeAt: clock.System().UTC().Truncate(time.Second), Run: newRun(),
	}}
	if err := b.open(ctx); err != nil {
		return errors.Join(err, b.close())
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.main(ctx); err != nil {
		return fmt.Errorf("back up the database: %w", err)
	}
	if to.Keys == "" {
		to.Tell("the key store is not in this backup: without one of its own (--keys-to) nothing personal in it can be read")
		return nil
	}
	if err := b.keys(ctx); err != nil {
		return fmt.Errorf("back up the key store: %w", err)
	}
	to.Tell("the root key (" + p.root + ") and the erasure ledger (" + p.ledger + ") are in no backup: keep copies elsewhere, not beside these files")
	return nil
}

type backup struct {
	places   places
	to       BackupTo
	manifest archive.Manifest // what both archives say alike
	db, kdb  *db.DB
	ring     *keys.Ring
}

// open asks nothing of the schema: a backup before a migration is a good one.
func (b *backup) open(ctx context.Context) (err error) {
	for _, path := range []string{b.places.main, b.places.keys} {
		if _, err := os.Stat(path); !b.places.postgres && err != nil {
			return fmt.Errorf("there is no database to back up: %w", err) // opening it would make one
		}
	}
	if b.db, err = db.Open(ctx, b.places.main, b.places.mainOption); err != nil {
		return err
	}
	if b.kdb, err = db.Open(ctx, b.places.keys, b.places.keyOptions); err != nil {
		return err
	}
	b.ring, err = keys.Open(ctx, b.kdb, keys.Options{RootFile: b.places.root, Ledger: b.places.ledger})
	return err
}

func (b *backup) close() error {
	var errs []error
	if b.ring != nil {
		errs = append(errs, b.ring.Close())
	}
	for _, d := range []*db.DB{b.kdb, b.db} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// main archives the database first and the files after it, so that every file
// that the copy of the database names is there.
func (b *backup) main(ctx context.Context) error {
	m := b.manifest
	m.Store = storeMain
	return b.write(ctx, b.to.Main, m, b.db, func(w *archive.Writer) error { return addBlobs(ctx, w, b.places.files) })
}

func (b *backup) keys(ctx context.Context) error {
	m := b.manifest
	m.Store, m.KeepUntil = storeKeys, m.MadeAt.Add(KeepKeys)
	if err := b.write(ctx, b.to.Keys, m, b.kdb, func(*archive.Writer) error { return nil }); err != nil {
		return err
	}
	b.to.Tell("delete " + b.to.Keys + " by " + m.KeepUntil.Format(time.DateOnly) + ": it holds the keys of persons who may be erased after today")
	return nil
}

// write makes one archive: a copy of the store, then what more adds.
func (b *backup) write(ctx context.Context, path string, m archive.Manifest, d *db.DB, more func(*archive.Writer) error) (err error) {
	if m.Schema, err = d.Applied(ctx); err != nil {
		return err
	}
	w, err := archive.Create(path, m)
	if err != nil {
		return err
	}
	defer w.Abandon()
	temp, err := os.MkdirTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	b.to.Tell("copying the " + m.Store + " store …")
	dump := filepath.Join(temp, partData)
	if err := d.Dump(ctx, dump); err != nil {
		return err
	}
	if err := w.Add(ctx, partData, dump); err != nil {
		return err
	}
	if err := more(w); err != nil {
		return err
	}
	done, size, err := w.Close(seal(b.ring))
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s: %s store, %s", path, m.Store, bytesText(done.Parts[0].Bytes))
	if done.Blobs != nil {
		line += fmt.Sprintf(" and %d files of %s", done.Blobs.Count, bytesText(done.Blobs.Bytes))
	}
	b.to.Tell(line + ", packed into " + bytesText(size))
	return nil
}

// addBlobs puts every sealed file in; one that goes meanwhile was erased or
// never belonged to anything.
func addBlobs(ctx context.Context, w *archive.Writer, dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name := blobDir + filepath.ToSlash(rel)
		if blobSum(name) == "" { // being written
			return nil
		}
		if err := w.AddBlob(ctx, name, path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

var blobName = regexp.MustCompile(`^files/ten_[0-9a-z]{26}/([0-9a-f]{2})/([0-9a-f]{62})$`)

// blobSum is the SHA-256 that a sealed file's name promises, or "".
func blobSum(name string) string {
	m := blobName.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// seal marks manifests as this installation's: its secret comes from the key
// store and opens with the root key only.
func seal(r *keys.Ring) func([]byte) []byte {
	return func(manifest []byte) []byte { return r.Blind(id.Tenant{}, "backup", string(manifest)) }
}

func engineOf(p places) string {
	if p.postgres {
		return "postgres"
	}
	return "sqlite"
}

// newRun names a backup; the two archives of one carry the same name.
func newRun() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never returns an error: it ends the process instead
	return hex.EncodeToString(b)
}

// bytesText says a size for a person to read.
func bytesText(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/unit, 0
	for ; v >= unit && i < 3; i++ {
		v /= unit
	}
	return strings.Replace(fmt.Sprintf("%.1f %cB", v, "kMGT"[i]), ".0 ", " ", 1)
}
