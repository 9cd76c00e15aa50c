package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/platform/archive"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// RestoreFrom says what to restore.
type RestoreFrom struct {
	Main string // the archive of the database and the sealed files
	Keys string // the archive of the key store
	// Ledgers are erasure ledgers of other machines, or a rescued copy of this
	// one's. The ledger that stands beside the database is always used.
	Ledgers []string
	// Force replaces a database that stands there. One that is in use is never
	// replaced.
	Force bool
	// Tell hears what is being done, in a line.
	Tell func(line string)
}

// ErrStands is returned for a restore over an existing database without Force.
var ErrStands = errors.New("a database stands there already: it is replaced only with --force")

// building is where a restored database is put together and then takes its place.
type building interface {
	// vacant refuses a place that is in use, or that is taken when force is false.
	vacant(ctx context.Context, force bool) error
	// load fills the building from the two unpacked archives and returns its places.
	load(ctx context.Context, main, keys *archive.Unpacked) (places, error)
	// settle puts it in its place for good. What stood there is gone afterwards.
	settle(ctx context.Context) error
	// abandon leaves everything as it was; it may follow settle.
	abandon(ctx context.Context) error
}

// Restore replaces nothing until the archives are proved whole and this
// installation's, and every erasure that they have forgotten is carried out
// again. The root key must stand in its place before.
func Restore(ctx context.Context, c Config, from RestoreFrom) (err error) {
	if from.Tell == nil {
		from.Tell = func(string) {}
	}
	p, err := c.places()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(p.files), ".restore-*") // where a rename can reach
	if err != nil {
		return err
	}
	r := &restore{config: c, from: from, places: p, dir: dir, swap: swap{old: filepath.Join(dir, "old")}}
	defer func() {
		if r.swap.stuck {
			err = errors.Join(err, fmt.Errorf("what stood there before is in %s", r.swap.old))
			return
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	r.building = r.choose()
	defer func() { err = errors.Join(err, r.building.abandon(context.WithoutCancel(ctx))) }()
	return r.run(ctx)
}

type restore struct {
	config   Config
	from     RestoreFrom
	places   places
	dir      string
	swap     swap
	building building
}

func (r *restore) choose() building {
	if r.places.postgres {
		owner := r.config.Owner
		if owner == "" {
			owner = r.places.main
		}
		return &pgBuilding{places: r.places, swap: &r.swap, owner: owner}
	}
	return &liteBuilding{places: r.places, swap: &r.swap}
}

func (r *restore) run(ctx context.Context) error {
	if err := r.building.vacant(ctx, r.from.Force); err != nil {
		return err
	}
	if _, err := os.Stat(r.places.root); err != nil {
		return fmt.Errorf("put the root key in its place first, it is in no backup: %w", err)
	}
	main, err := r.unpack(ctx, r.from.Main, storeMain, schemas())
	if err != nil {
		return err
	}
	kept, err := r.unpack(ctx, r.from.Keys, storeKeys, []db.Schema{keys.Schema()})
	if err != nil {
		return err
	}
	if err := r.fit(main.Manifest, kept.Manifest); err != nil {
		return err
	}
	staged, err := r.building.load(ctx, main, kept)
	if err != nil {
		return err
	}
	if err := r.replay(ctx, staged, main, kept); err != nil {
		return err
	}
	r.from.Tell("putting it in its place …")
	if err := r.building.settle(ctx); err != nil {
		return err
	}
	r.from.Tell("restored as of " + main.Manifest.MadeAt.Format(time.RFC3339))
	return nil
}

// unpack proves an archive whole and readable by this program.
func (r *restore) unpack(ctx context.Context, path, store string, schemas []db.Schema) (*archive.Unpacked, error) {
	r.from.Tell("checking " + path + " …")
	dir := filepath.Join(r.dir, "unpacked-"+store)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	u, err := archive.Unpack(ctx, path, dir, archive.Names{Part: func(n string) bool { return n == partData }, Blob: blobSum})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m := u.Manifest
	if m.Store != store {
		return nil, fmt.Errorf("%s is a backup of the %q store, not of the %q store", path, m.Store, store)
	}
	if m.Engine != engineOf(r.places) {
		return nil, fmt.Errorf("%s is a backup of a %s database and cannot be restored to %s", path, m.Engine, engineOf(r.places))
	}
	newer, err := db.Unknown(m.Schema, schemas...)
	if err != nil {
		return nil, err
	}
	if len(newer) > 0 {
		return nil, fmt.Errorf("%s was made by a newer version (%s) than this one: it has run %s", path, m.Version, newer[0])
	}
	return u, nil
}

// fit refuses keys that are older than the data: persons who came in between
// would have none.
func (r *restore) fit(main, kept archive.Manifest) error {
	if main.Run != kept.Run && kept.MadeAt.Before(main.MadeAt) {
		return fmt.Errorf("the backup of the key store (%s) is older than that of the database (%s): some persons in it would have no key",
			kept.MadeAt.Format(time.RFC3339), main.MadeAt.Format(time.RFC3339))
	}
	if now := clock.System(); now.After(kept.KeepUntil) {
		r.from.Tell("this backup of the key store should have been deleted on " + kept.KeepUntil.Format(time.DateOnly))
	}
	return nil
}

// replay opens what was loaded with the root key, brings its schema up to date
// and carries out every erasure that is known: to the ledger in its place, and to
// those that were given.
func (r *restore) replay(ctx context.Context, staged places, main, kept *archive.Unpacked) (err error) {
	ledgers, err := r.ledgers()
	if err != nil {
		return err
	}
	r.from.Tell("opening the keys and carrying out erasures …")
	if err := r.genuine(ctx, staged, main, kept); err != nil {
		return err
	}
	c := r.config
	c.staged, c.Migrate, c.NoSync = &staged, true, false
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	a, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Ring.ReplayErasures(ctx, ledgers); err != nil {
		return err
	}
	finished, err := a.Vault.Replay(ctx)
	if err != nil {
		return err
	}
	r.from.Tell(fmt.Sprintf("%d erasures were missing in the backup and have been carried out again", finished))
	return errors.Join(a.DB.Checkpoint(ctx), a.KeyDB.Checkpoint(ctx))
}

// genuine refuses archives that this installation has not made. It opens the
// keys with a ledger of its own, so that a forged store adds nothing to the real.
func (r *restore) genuine(ctx context.Context, staged places, archives ...*archive.Unpacked) (err error) {
	d, err := db.Open(ctx, staged.keys, staged.keyOptions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Migrate(ctx, keys.Schema()); err != nil {
		return err
	}
	ring, err := keys.Open(ctx, d, keys.Options{RootFile: staged.root, Ledger: filepath.Join(r.dir, "ledger")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ring.Close()) }()
	for _, u := range archives {
		if !u.Sealed(seal(ring)) {
			return fmt.Errorf("the backup of the %s store was changed or is another installation's: %w", u.Manifest.Store, archive.ErrDamaged)
		}
	}
	return nil
}

// ledgers reads the erasure ledgers that were given, and says when there is none
// at all.
func (r *restore) ledgers() (out []keys.Erasure, err error) {
	for _, path := range r.from.Ledgers {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		list, err := keys.ParseLedger(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, list...)
	}
	if _, err := os.Stat(r.places.ledger); err != nil && len(r.from.Ledgers) == 0 {
		r.from.Tell(strings.Join([]string{
			"there is no erasure ledger at " + r.places.ledger + " and none was given (--erasures):",
			"persons who were erased after the backup was made are NOT erased in what is restored",
		}, " "))
	}
	return out, nil
}

// swap puts new files in the place of old ones, all or none.
type swap struct {
	old   string      // the folder for what stood there
	done  [][2]string // renames to undo, last first
	stuck bool        // undo failed: old is precious
}

func (s *swap) rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	s.done = append(s.done, [2]string{to, from})
	return nil
}

// put moves what stands at place away, if anything does, and the new there. With
// from "", nothing new comes.
func (s *swap) put(from, place string) error {
	if _, err := os.Lstat(place); err == nil {
		if err := os.MkdirAll(s.old, 0o700); err != nil {
			return err
		}
		if err := s.rename(place, filepath.Join(s.old, filepath.Base(place))); err != nil {
			return err
		}
	}
	err := s.rename(from, place)
	if errors.Is(err, fs.ErrNotExist) { // the backup has none
		return nil
	}
	return err
}

func (s *swap) undo() error {
	var errs []error
	for _, r := range slices.Backward(s.done) {
		errs = append(errs, os.Rename(r[0], r[1]))
	}
	s.done = nil
	err := errors.Join(errs...)
	s.stuck = err != nil
	return err
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
