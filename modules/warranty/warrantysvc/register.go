package warrantysvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
)

// Register enters when and where a unit was sold. The same again changes
// nothing; something else is ErrAlreadyRegistered, unless a proof was seen that
// was not before. The caller needs registration.write for the brand or, as the
// customer, only a login; a proof counts as seen only from staff.
func (m *Module) Register(ctx context.Context, r warranty.Registration) (warranty.Registration, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return r, access.ErrNobody
	}
	u, err := m.catalog.Unit(ctx, caller.Tenant, r.Unit)
	if err != nil {
		return r, err
	}
	if err := m.mayRegister(ctx, caller, u, r.Proof); err != nil {
		return r, err
	}
	if err := warranty.CheckRegistration(r, u, latestDay(m.db.Now()())); err != nil {
		return r, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (warranty.Registration, error) {
		old, err := registration(ctx, tx, u.ID, tx.ForUpdate())
		switch {
		case err != nil:
			return r, err
		case old == nil:
		case old.Same(r):
			return *old, nil
		case !old.YieldsTo(r):
			return r, warranty.ErrAlreadyRegistered
		default:
			return m.enter(ctx, tx, u, r, old.Version+1)
		}
		return m.enter(ctx, tx, u, r, 1)
	})
}

func (m *Module) enter(ctx context.Context, tx *db.Tx, u catalog.Unit, r warranty.Registration, version int64) (warranty.Registration, error) {
	r.RegisteredAt, r.Version = tx.Now(), version
	if err := putRegistration(ctx, tx, u.Brand, r); err != nil {
		return r, err
	}
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "warranty_registration", Subject: u.ID.Raw(), Record: r}); err != nil {
		return r, err
	}
	return r, m.bus.Publish(ctx, tx, warranty.Registered{
		Unit: u.ID, Brand: u.Brand, SoldOn: r.SoldOn, SoldIn: r.SoldIn, InstalledOn: r.InstalledOn, Proof: r.Proof,
	})
}

func (m *Module) mayRegister(ctx context.Context, c access.Caller, u catalog.Unit, p warranty.Proof) error {
	if err := m.guard.Can(ctx, "registration.write", ofUnit("registration", u, c.Person)); err != nil {
		return err
	}
	if p == warranty.Seen && m.guard.Can(ctx, "entitlement.write", ofUnit("entitlement", u, c.Person)) != nil {
		return warranty.ErrInvalid.At("/proof", "not_allowed")
	}
	return nil
}

func ofUnit(kind string, u catalog.Unit, person id.Person) access.Resource {
	return access.Resource{Kind: kind, ID: u.ID.Raw(), Brand: u.Brand, Country: string(u.SoldIn), Person: person}
}
