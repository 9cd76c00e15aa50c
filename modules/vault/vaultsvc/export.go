package vaultsvc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/persons"
)

// export is all that is kept about a person.
type export struct {
	ExportedAt time.Time                  `json:"exported_at"`
	Person     person                     `json:"person"`
	Requests   []vault.Request            `json:"requests" doc:"What the person has asked for about this data."`
	Letters    []mail.Entry               `json:"letters"`
	Files      []file                     `json:"files"`
	Modules    map[string]json.RawMessage `json:"modules" doc:"What every module keeps, by its name."`
}

// file is a picture with its bytes.
type file struct {
	ID        id.File     `json:"id"`
	MediaType string      `json:"media_type"`
	Width     int         `json:"width"`
	Height    int         `json:"height"`
	State     files.State `json:"state"`
	CreatedAt time.Time   `json:"created_at"`
	Data      []byte      `json:"data" doc:"base64"`
}

// exportAll gathers everything and notes that it was given away.
func (m *Module) exportAll(ctx context.Context, p id.Person) (export, error) {
	caller, plain, err := m.may(ctx, "person.export", p)
	if err != nil {
		return export{}, err
	}
	if plain.Erased {
		return export{}, persons.ErrErased
	}
	e, err := m.gather(ctx, caller.Tenant, p)
	if err != nil {
		return export{}, err
	}
	err = m.db.InTx(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		e.ExportedAt = tx.Now()
		return m.bus.Publish(ctx, tx, vault.PersonExported{Person: p, By: caller.User})
	})
	return e, err
}

func (m *Module) gather(ctx context.Context, tenant id.Tenant, p id.Person) (e export, err error) {
	open, err := persons.Open(ctx, m.db, m.ring, tenant, p)
	if err != nil {
		return e, err
	}
	e.Person = view(open)
	if e.Letters, err = m.mail.ByPerson(ctx, tenant, p); err != nil {
		return e, err
	}
	if e.Files, err = m.filesOf(ctx, tenant, p); err != nil {
		return e, err
	}
	e.Requests, err = db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]vault.Request, error) {
		return requestsOf(ctx, tx, p)
	})
	if err != nil {
		return e, err
	}
	e.Modules, err = m.contributions(ctx, tenant, p)
	return e, err
}

func (m *Module) filesOf(ctx context.Context, tenant id.Tenant, p id.Person) ([]file, error) {
	list, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]files.File, error) {
		return m.files.ByPerson(ctx, tx, p)
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	key, err := m.ring.Get(ctx, tenant, p)
	if errors.Is(err, keys.ErrErased) {
		return nil, persons.ErrErased
	}
	if err != nil {
		return nil, err
	}
	var out []file
	for _, f := range list {
		data, err := m.files.Read(ctx, key, f)
		if err != nil {
			return nil, err
		}
		out = append(out, file{f.ID, f.MediaType, f.Width, f.Height, f.State, f.Created, data})
	}
	return out, nil
}

// contributions asks every module; one that fails makes the export fail,
// because an export that lacks something without saying so is worse than none.
func (m *Module) contributions(ctx context.Context, tenant id.Tenant, p id.Person) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for _, x := range m.exporters {
		name, data, err := x.ExportPerson(ctx, tenant, p)
		if err != nil {
			return nil, fmt.Errorf("export of %s: %w", name, err)
		}
		if data == nil {
			continue
		}
		if out[name] != nil {
			return nil, fmt.Errorf("two modules export as %s", name)
		}
		if out[name], err = json.Marshal(data); err != nil {
			return nil, fmt.Errorf("export of %s cannot be encoded", name) // the cause may quote the data
		}
	}
	return out, nil
}
