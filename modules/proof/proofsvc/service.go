package proofsvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/modules/proof/tlog"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
)

// logHead is the public face of a tenant's log.
type logHead struct {
	Origin     string `json:"origin"`
	Key        string `json:"key" doc:"C2SP verifier key; pin it"`
	Size       int64  `json:"size"`
	Checkpoint string `json:"checkpoint"`
}

func readLog(ctx context.Context, tx *db.Tx) (l logHead, t tlog.Tree, err error) {
	var root []byte
	err = tx.Row(ctx, `SELECT origin, public_key, size, root, checkpoint FROM proof_log WHERE tenant_id = ?`, tx.Tenant()).
		Scan(&l.Origin, &l.Key, &l.Size, &root, &l.Checkpoint)
	t.Size = l.Size
	copy(t.Root[:], root)
	return l, t, db.NotFound(err, proof.ErrNotFound)
}

// bundle returns the proof of a leaf of the subject, ErrPending until the log
// has taken it in, or ErrNotFound.
func (m *Module) bundle(ctx context.Context, tenant id.Tenant, lid id.Leaf, subject id.Raw) (proof.Bundle, error) {
	var l leaf.Leaf
	b, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (b proof.Bundle, err error) {
		if l, err = leaf.ByID(ctx, tx, lid); err != nil {
			return b, proof.ErrNotFound.Because(err)
		}
		if l.Subject != subject {
			return b, proof.ErrNotFound
		}
		if l.Place < 0 {
			return b, proof.ErrPending
		}
		return build(ctx, tx, l)
	})
	if err != nil {
		return proof.Bundle{}, err
	}
	salt, err := l.OpenSalt(ctx, m.ring, tenant)
	switch {
	case errors.Is(err, keys.ErrErased):
		b.Erased = true
	case err != nil:
		return proof.Bundle{}, err
	default:
		b.Salt, b.Record = salt, string(l.Record)
	}
	return b, nil
}

func build(ctx context.Context, tx *db.Tx, l leaf.Leaf) (proof.Bundle, error) {
	lg, tree, err := readLog(ctx, tx)
	if err != nil {
		return proof.Bundle{}, err
	}
	hashes, err := tlog.Prove(tree, tileReader(ctx, tx), l.Place)
	if err != nil {
		return proof.Bundle{}, err
	}
	b := proof.Bundle{
		Format: proof.Format, Origin: lg.Origin, Key: lg.Key, Leaf: string(l.Data()),
		Index: l.Place, Checkpoint: lg.Checkpoint, Hashes: make([][]byte, len(hashes)),
	}
	for i, h := range hashes {
		b.Hashes[i] = h[:]
	}
	return b, nil
}
