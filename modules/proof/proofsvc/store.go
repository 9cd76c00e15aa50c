package proofsvc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/proof/tlog"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

const secretContext = "proof_log.secret_key"

// errNoLog: the tenant has promised nothing yet.
var errNoLog = errors.New("proof: no log yet")

func (m *Module) secret(ctx context.Context, tenant id.Tenant) ([]byte, error) {
	return db.Get(ctx, m.db, tenant, selectSecret)
}

func selectSecret(ctx context.Context, tx *db.Tx) (sealed []byte, err error) {
	err = tx.Row(ctx, `SELECT secret_key FROM proof_log WHERE tenant_id = ?`, tx.Tenant()).Scan(&sealed)
	return sealed, db.NotFound(err, errNoLog)
}

// found begins the tenant's log. If another process did so just now, its key wins.
func (m *Module) found(ctx context.Context, tenant id.Tenant, key *keys.Key) ([]byte, error) {
	origin := "fettle.log/" + tenant.String()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	empty := tlog.Empty()
	checkpoint, err := tlog.Sign(empty, signer)
	if err != nil {
		return nil, err
	}
	sealed := key.Seal(secretContext, []byte(skey))
	return db.Do(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]byte, error) {
		err := tx.Put(ctx, `INSERT INTO proof_log (tenant_id, origin, public_key, secret_key, size, root, checkpoint, at)
			VALUES (?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING`, tenant, origin, vkey, sealed, empty.Root[:], checkpoint, tx.Now())
		if err != nil {
			return nil, fmt.Errorf("found the log: %w", err)
		}
		return selectSecret(ctx, tx)
	})
}

func head(ctx context.Context, tx *db.Tx) (t tlog.Tree, err error) {
	var root []byte
	err = tx.Row(ctx, `SELECT size, root FROM proof_log WHERE tenant_id = ?`+tx.ForUpdate(), tx.Tenant()).Scan(&t.Size, &root)
	if err == nil && copy(t.Root[:], root) != len(t.Root) {
		err = errors.New("proof: a root of the wrong length")
	}
	return t, db.NotFound(err, errNoLog)
}

// tileReader reads tiles in the step; a stored tile may be wider than asked for.
func tileReader(ctx context.Context, tx *db.Tx) tlog.Reader {
	return func(tiles []tlog.Tile) ([][]byte, error) {
		out := make([][]byte, len(tiles))
		for i, t := range tiles {
			data, err := tile(ctx, tx, t)
			if err != nil {
				return nil, err
			}
			out[i] = data
		}
		return out, nil
	}
}

func tile(ctx context.Context, tx *db.Tx, t tlog.Tile) (data []byte, err error) {
	err = tx.Row(ctx, `SELECT data FROM proof_tile WHERE tenant_id = ? AND level = ? AND number = ?`, tx.Tenant(), t.L, t.N).Scan(&data)
	if err != nil {
		return nil, fmt.Errorf("tile %s: %w", t.Path(), err)
	}
	want := t.W * len(tlog.Hash{})
	if len(data) < want {
		return nil, fmt.Errorf("tile %s has %d bytes, want %d", t.Path(), len(data), want)
	}
	return data[:want], nil
}

func store(ctx context.Context, tx *db.Tx, t tlog.Tree, tiles []tlog.Full, checkpoint string) error {
	for _, f := range tiles {
		err := tx.Put(ctx, `INSERT INTO proof_tile (tenant_id, level, number, data) VALUES (?, ?, ?, ?)
			ON CONFLICT (tenant_id, level, number) DO UPDATE SET data = excluded.data`, tx.Tenant(), f.Tile.L, f.Tile.N, f.Data)
		if err != nil {
			return fmt.Errorf("store tile: %w", err)
		}
	}
	err := tx.Put(ctx, `UPDATE proof_log SET size = ?, root = ?, checkpoint = ?, at = ? WHERE tenant_id = ?`,
		t.Size, t.Root[:], checkpoint, tx.Now(), tx.Tenant())
	return err
}
