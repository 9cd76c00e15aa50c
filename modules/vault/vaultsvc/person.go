package vaultsvc

import (
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/persons"
)

// person is somebody as the API shows them.
type person struct {
	ID        id.Person       `json:"id"`
	Country   locale.Country  `json:"country" doc:"Whose law applies."`
	Law       vault.Law       `json:"law"`
	Language  locale.Tag      `json:"language,omitempty"`
	Name      string          `json:"name"`
	Phone     string          `json:"phone,omitempty" doc:"E.164"`
	Email     string          `json:"email,omitempty"`
	Address   persons.Address `json:"address"`
	Erased    bool            `json:"erased" doc:"The texts are gone for good."`
	CreatedAt time.Time       `json:"created_at"`
	Version   int64           `json:"version"`
}

func view(p persons.Person) person {
	return person{
		ID: p.ID, Country: p.Country, Law: vault.LawOf(p.Country), Language: p.Language, Name: p.Name, Phone: p.Phone,
		Email: p.Email, Address: p.Address, Erased: p.Erased, CreatedAt: p.Created, Version: p.Version,
	}
}

// may loads what is not sealed and asks whether the caller may do the action to
// the person. A person who does not exist is hidden like one who is not shown.
func (m *Module) may(ctx context.Context, action string, p id.Person) (access.Caller, persons.Person, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return caller, persons.Person{}, access.ErrNobody
	}
	s, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (persons.Sealed, error) {
		return persons.Load(ctx, tx, p)
	})
	if errors.Is(err, persons.ErrNotFound) {
		return caller, persons.Person{}, access.ErrHidden
	}
	if err != nil {
		return caller, persons.Person{}, err
	}
	return caller, s.Plain(), m.guard.Can(ctx, action, about(action, s.Plain()))
}

// about is the person as access sees them, for an action on them or on
// something that is theirs.
func about(action string, p persons.Person) access.Resource {
	kind := "person"
	if a, ok := access.Lookup(action); ok {
		kind = a.Kind
	}
	return access.Resource{Kind: kind, ID: p.ID.Raw(), Person: p.ID, Country: string(p.Country)}
}

// read returns the person in clear; after an erasure, what is left.
func (m *Module) read(ctx context.Context, p id.Person) (person, error) {
	caller, _, err := m.may(ctx, "person.read", p)
	if err != nil {
		return person{}, err
	}
	got, err := persons.Open(ctx, m.db, m.ring, caller.Tenant, p)
	return view(got), err
}

// search is by what a caller says on the phone; country is for a number
// without country code.
type search struct {
	Phone   string         `json:"phone,omitempty" maxLength:"40"`
	Email   string         `json:"email,omitempty" maxLength:"254"`
	Country locale.Country `json:"country,omitempty" doc:"For a number without a country code."`
}

// contacts normalises what is searched by.
func (s search) contacts() (list []persons.Contact, err error) {
	phone, err := vault.Phone(s.Country, s.Phone)
	if err != nil {
		return nil, err
	}
	email, err := vault.Email(s.Email)
	if err != nil {
		return nil, err
	}
	if phone != "" {
		list = append(list, persons.Contact{Kind: persons.Phone, Value: phone})
	}
	if email != "" {
		list = append(list, persons.Contact{Kind: persons.Email, Value: email})
	}
	if list == nil {
		return nil, vault.ErrContact.At("/phone", "required")
	}
	return list, nil
}

// find returns the persons who have any of the contacts and whom the caller may
// find, newest first.
func (m *Module) find(ctx context.Context, s search) ([]person, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	contacts, err := s.contacts()
	if err != nil {
		return nil, err
	}
	ids, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (ids []id.Person, err error) {
		found, err := persons.FindEach(ctx, tx, m.ring, contacts...)
		return slices.Concat(found...), err
	})
	if err != nil {
		return nil, err
	}
	return m.visible(ctx, caller.Tenant, ids)
}

// visible opens those of the persons whom the caller may find, each once.
func (m *Module) visible(ctx context.Context, tenant id.Tenant, ids []id.Person) ([]person, error) {
	opened, err := persons.OpenMany(ctx, m.db, m.ring, tenant, ids...)
	if err != nil {
		return nil, err
	}
	out := []person{}
	for _, p := range ids {
		got, ok := opened[p]
		delete(opened, p)
		if !ok || got.Erased {
			continue
		}
		switch err := m.guard.Can(ctx, "person.find", about("person.find", got)); {
		case errors.Is(err, access.ErrHidden):
		case err != nil:
			return nil, err
		default:
			out = append(out, view(got))
		}
	}
	return out, nil
}

// fields are what is kept about a person, as somebody sends them.
type fields struct {
	Country  locale.Country  `json:"country"`
	Language locale.Tag      `json:"language,omitempty"`
	Name     string          `json:"name" maxLength:"200"`
	Phone    string          `json:"phone,omitempty" maxLength:"40"`
	Email    string          `json:"email,omitempty" maxLength:"254"`
	Address  persons.Address `json:"address,omitzero"`
}

// changed is the reply of a command: no personal data, because it is stored.
type changed struct {
	ID      id.Person `json:"id"`
	Version int64     `json:"version"`
	Erased  bool      `json:"erased"`
}

// correct puts all fields of a person right, if ifMatch names the version that
// stands.
func (m *Module) correct(ctx context.Context, p id.Person, ifMatch string, f fields) (changed, error) {
	caller, _, err := m.may(ctx, "person.write", p)
	if err != nil {
		return changed{}, err
	}
	next := persons.Person{ID: p, Country: f.Country, Language: f.Language, Name: f.Name, Address: f.Address}
	if next.Phone, err = vault.Phone(f.Country, f.Phone); err != nil {
		return changed{}, err
	}
	if next.Email, err = vault.Email(f.Email); err != nil {
		return changed{}, err
	}
	key, err := m.ring.Get(ctx, caller.Tenant, p)
	if errors.Is(err, keys.ErrErased) {
		return changed{}, persons.ErrErased
	}
	if err != nil {
		return changed{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (changed, error) {
		s, err := persons.Load(ctx, tx, p)
		if err != nil {
			return changed{}, err
		}
		version := s.Plain().Version
		if err := httpapi.Match(ifMatch, version); err != nil {
			return changed{}, err
		}
		now := next
		now.Version = version
		if err := persons.Replace(ctx, tx, key, m.ring, now); err != nil {
			return changed{}, err
		}
		return changed{ID: p, Version: version + 1}, m.bus.Publish(ctx, tx, vault.PersonCorrected{Person: p})
	})
}
