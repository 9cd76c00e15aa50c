package warrantysvc

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/db"
)

// policy is the terms of a tenant as they stood at a version, by brand. It is
// never changed once it is held.
type policy struct {
	version int64
	brands  map[id.Brand]brandTerms
}

type brandTerms struct {
	terms []warranty.Term
	hash  string
}

// held is the policies of this process, by tenant.
type held struct {
	mu  sync.Mutex
	all map[id.Tenant]*policy
}

func (h *held) get(t id.Tenant) *policy {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[t]
}

func (h *held) put(t id.Tenant, p *policy) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.all[t]; old != nil && old.version > p.version {
		return
	}
	if h.all == nil {
		h.all = map[id.Tenant]*policy{}
	}
	h.all[t] = p
}

// load returns the terms as the step sees them. They are read only when their
// version is not the one that is held; what is read is not kept here, because
// the step may yet fail.
func (h *held) load(ctx context.Context, tx *db.Tx) (*policy, error) {
	var v int64
	err := tx.Row(ctx, `SELECT version FROM warranty_policy WHERE tenant_id = ?`, tx.Tenant()).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, wrap("read version of terms", err)
	}
	if p := h.get(tx.Tenant()); p != nil && p.version == v {
		return p, nil
	}
	return loadPolicy(ctx, tx, v)
}

// inStep is load for a step that writes: what was read is kept once the step is
// durable, so that nobody is shown terms that were never published.
// A step that decides on many cases reads them once.
func (h *held) inStep(ctx context.Context, tx *db.Tx) (*policy, error) {
	of := db.Local(tx, h, func() *stepPolicy { return &stepPolicy{} })
	if of.policy != nil {
		return of.policy, nil
	}
	p, err := h.load(ctx, tx)
	if err != nil {
		return nil, err
	}
	of.policy = p
	if tenant := tx.Tenant(); h.get(tenant) != p {
		tx.AfterCommit(func() { h.put(tenant, p) })
	}
	return p, nil
}

type stepPolicy struct{ policy *policy }

// noTerms is what a brand without terms has.
var noTerms = brandTerms{hash: warranty.PolicyHash(nil)}

// of returns the terms of a brand.
func (p *policy) of(brand id.Brand) brandTerms {
	if b, ok := p.brands[brand]; ok {
		return b
	}
	return noTerms
}

func loadPolicy(ctx context.Context, tx *db.Tx, v int64) (*policy, error) {
	all, err := terms(ctx, tx, `tenant_id = ? AND replaced_at IS NULL`, tx.Tenant())
	if err != nil {
		return nil, wrap("load terms", err)
	}
	byBrand := map[id.Brand][]warranty.Term{}
	for _, t := range all {
		byBrand[t.Brand] = append(byBrand[t.Brand], t)
	}
	p := &policy{version: v, brands: make(map[id.Brand]brandTerms, len(byBrand))}
	for b, ts := range byBrand {
		p.brands[b] = brandTerms{ts, warranty.PolicyHash(ts)}
	}
	return p, nil
}

// bump begins a change of terms: who changes the tenant's terms meanwhile waits
// for its end.
func bump(ctx context.Context, tx *db.Tx) error {
	err := tx.Put(ctx, `
		INSERT INTO warranty_policy (tenant_id, version) VALUES (?, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET version = warranty_policy.version + 1`, tx.Tenant())
	return wrap("begin a change of terms", err)
}
