package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// sweepPage is how many blobs one read of the table asks about.
const sweepPage = 500

// Sweep deletes the tenant's uploads that nothing has kept for a day of the
// domain clock, and blobs written before the machine time given that have no
// row. The time must lie further back than any request can last. It returns how
// many files went.
func (s *Store) Sweep(ctx context.Context, d *db.DB, tenant id.Tenant, before time.Time) (int, error) {
	gone, err := s.drop(ctx, d, tenant, `state = ? AND created_at < ?`, Pending, d.Now()().Add(-pendingFor))
	if err != nil {
		return gone, err
	}
	old, err := s.older(tenant, before)
	if err != nil {
		return gone, fmt.Errorf("sweep blobs: %w", err)
	}
	for len(old) > 0 {
		page := old[:min(sweepPage, len(old))]
		old = old[len(page):]
		n, err := s.sweepPage(ctx, d, tenant, page)
		gone += n
		if err != nil {
			return gone, fmt.Errorf("sweep blobs: %w", err)
		}
	}
	return gone, nil
}

func (s *Store) sweepPage(ctx context.Context, d *db.DB, tenant id.Tenant, page []Address) (int, error) {
	have, err := known(ctx, d, tenant, page)
	if err != nil {
		return 0, err
	}
	var orphans []Address
	for _, a := range page {
		if !have[a] {
			orphans = append(orphans, a)
		}
	}
	return len(orphans), s.remove(tenant, orphans)
}

// older lists the tenant's blobs that were last written before the time given,
// and removes temporary files of that age.
func (s *Store) older(tenant id.Tenant, before time.Time) (out []Address, err error) {
	root := filepath.Join(s.dir, tenant.String())
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // no blob yet, or removed meanwhile
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !info.ModTime().Before(before) {
			return err
		}
		if strings.HasPrefix(e.Name(), tempPrefix) {
			return os.Remove(path)
		}
		if a, ok := addressOf(path); ok {
			out = append(out, a)
		}
		return nil
	})
	return out, err
}

// addressOf reads the address back from a blob's path.
func addressOf(path string) (a Address, ok bool) {
	b, err := hex.DecodeString(filepath.Base(filepath.Dir(path)) + filepath.Base(path))
	if err != nil || len(b) != len(a) {
		return a, false
	}
	return Address(b), true
}
