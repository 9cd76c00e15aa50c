package proofsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/leaf"
)

// listed is a leaf in the list of a case.
type listed struct {
	Leaf    id.Leaf   `json:"leaf"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Pending bool      `json:"pending,omitempty" doc:"the log takes it in within a second"`
	Index   int64     `json:"index" doc:"its place in the log; -1 while pending"`
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "proof_list", Path: "/v1/cases/{id}/proofs", Action: "proof.read", Kind: "proof", Summary: "What of a case stands in the log"},
		func(ctx context.Context, in *struct {
			ID id.Case `path:"id"`
		},
		) (*httpapi.Body[httpapi.Page[listed]], error) {
			items, err := m.OfCase(ctx, in.ID)
			return httpapi.Reply(httpapi.Page[listed]{Items: items}, err)
		})
	httpapi.Get(api, httpapi.Op{
		ID: "proof_get", Path: "/v1/cases/{id}/proofs/{leaf}", Action: "proof.read", Kind: "proof",
		Summary: "A proof that anybody can check offline", Doc: "Save the reply as a file and check it with `fettle verify`.",
	},
		func(ctx context.Context, in *struct {
			ID   id.Case `path:"id"`
			Leaf id.Leaf `path:"leaf"`
		},
		) (*httpapi.Body[proof.Bundle], error) {
			return httpapi.Reply(m.Proof(ctx, in.ID, in.Leaf))
		})
	httpapi.Get(api, httpapi.Op{ID: "proof_log", Path: "/v1/public/log", Action: "proof.read", Kind: "proof", Public: true, Summary: "The log's public key and signed head", Tags: []string{"public"}},
		func(ctx context.Context, _ *struct{}) (*httpapi.Body[logHead], error) {
			return httpapi.Reply(m.Head(ctx))
		})
}

// allowed asks whether the caller may see what is proved of the case.
func (m *Module) allowed(ctx context.Context, c id.Case) (desk.Brief, error) {
	caller, _ := access.From(ctx)
	b, err := m.desk.Brief(ctx, caller.Tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return b, proof.ErrNotFound
	} else if err != nil {
		return b, err
	}
	err = m.guard.Can(ctx, "proof.read", access.Resource{
		Kind: "proof", ID: c.Raw(), Node: b.Node, Brand: b.Brand, Partner: b.Partner, Person: b.Requester, Country: string(b.Country),
	})
	return b, err
}

// OfCase lists what of a case stands in the log.
func (m *Module) OfCase(ctx context.Context, c id.Case) ([]listed, error) {
	if _, err := m.allowed(ctx, c); err != nil {
		return nil, err
	}
	caller, _ := access.From(ctx)
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]listed, error) {
		leaves, err := leaf.Of(ctx, tx, c.Raw())
		out := make([]listed, len(leaves))
		for i, l := range leaves {
			out[i] = listed{Leaf: l.ID, Kind: l.Kind, At: l.At, Pending: l.Place < 0, Index: l.Place}
		}
		return out, err
	})
}

// Proof returns the bundle of one leaf of a case.
func (m *Module) Proof(ctx context.Context, c id.Case, l id.Leaf) (proof.Bundle, error) {
	if _, err := m.allowed(ctx, c); err != nil {
		return proof.Bundle{}, err
	}
	caller, _ := access.From(ctx)
	return m.bundle(ctx, caller.Tenant, l, c.Raw())
}

// Head returns the public face of the tenant's log.
func (m *Module) Head(ctx context.Context) (logHead, error) {
	caller, _ := access.From(ctx)
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (logHead, error) {
		l, _, err := readLog(ctx, tx)
		return l, err
	})
}
