package desksvc

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
)

// moment is one line of the timeline: something said, or something that happened.
type moment struct {
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind" doc:"message_in, message_out, note, or the name of an event"`
	Actor    access.Seen     `json:"actor,omitzero" doc:"who said or caused it; absent for what happened before this was kept"`
	Channel  desk.Channel    `json:"channel,omitempty"`
	Language locale.Tag      `json:"language,omitempty"`
	Text     string          `json:"text,omitempty"`
	Erased   bool            `json:"erased,omitempty" doc:"the text is gone for good"`
	Hidden   bool            `json:"hidden,omitempty" doc:"the caller may not read the text"`
	Event    json.RawMessage `json:"event,omitempty"`
	who      access.Actor
}

// Timeline returns everything that was said and happened, oldest first.
func (m *Module) Timeline(ctx context.Context, c id.Case) ([]moment, error) {
	caller, _ := access.From(ctx)
	r, err := m.read(ctx, caller.Tenant, c)
	if err != nil {
		return nil, err
	}
	if err := m.guard.Can(ctx, "case.read", r.resource()); err != nil {
		return nil, err
	}
	out, err := m.moments(ctx, r)
	if err != nil {
		return nil, err
	}
	res := r.resource()
	res.Kind = "actor"
	switch err := m.guard.Can(ctx, "actor.read", res); {
	case err == nil:
		return out, m.nameActors(ctx, caller.Tenant, out)
	case errors.Is(err, access.ErrHidden):
		return out, nil
	default:
		return nil, err
	}
}

// moments is the timeline as anybody who may read the case may know it: of
// actors it tells the kind, and the caller's own account.
func (m *Module) moments(ctx context.Context, r row) ([]moment, error) {
	caller, _ := access.From(ctx)
	var said []entry
	var happened []outbox.Past
	err := m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		if said, err = entries(ctx, tx, r.ID); err != nil {
			return err
		}
		happened, err = m.bus.History(ctx, tx, r.ID.Raw(), longest)
		return err
	})
	if err != nil {
		return nil, err
	}
	out, err := m.hear(ctx, r, said)
	if err != nil {
		return nil, err
	}
	for _, e := range happened {
		out = append(out, moment{At: e.OccurredAt, Kind: e.Name, Event: e.Body, who: e.Actor})
	}
	for i := range out {
		out[i].Actor = out[i].who.SeenBy(caller)
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.At.Compare(b.At) })
	return out, nil
}

// nameActors adds accounts and names, for those who work at the operator.
func (m *Module) nameActors(ctx context.Context, tenant id.Tenant, moments []moment) error {
	who := make([]access.Actor, len(moments))
	for i, v := range moments {
		who[i] = v.who
	}
	names, err := m.accounts.Names(ctx, tenant, who...)
	if err != nil {
		return err
	}
	for i, a := range who {
		moments[i].Actor = a.Named(names)
	}
	return nil
}

// hear opens what the caller may read of what was said.
func (m *Module) hear(ctx context.Context, r row, said []entry) ([]moment, error) {
	caller, _ := access.From(ctx)
	key, err := m.ring.Get(ctx, caller.Tenant, r.Requester)
	erased := errors.Is(err, keys.ErrErased)
	if err != nil && !erased {
		return nil, err
	}
	may := map[string]bool{}
	for _, kind := range []string{"message", "note"} {
		res := r.resource()
		res.Kind = kind
		err := m.guard.Can(ctx, kind+".read", res)
		if err != nil && !errors.Is(err, access.ErrHidden) {
			return nil, err
		}
		may[kind] = err == nil
	}
	var out []moment
	for _, e := range slices.Backward(said) {
		kind := "message"
		if e.Kind == kindNote {
			kind = "note"
		}
		if kind == "note" && !may[kind] {
			continue // that there is a note is itself internal
		}
		v := moment{At: e.At, Kind: string(e.Kind), Channel: e.Channel, Language: e.Language, Erased: erased, Hidden: !may[kind]}
		if may[kind] { // they may be of a customer with an account
			v.who = e.actor()
		}
		if may[kind] && !erased {
			plain, err := key.Open(sealBody, e.Body)
			if err != nil {
				return nil, err
			}
			v.Text = string(plain)
		}
		out = append(out, v)
	}
	return out, nil
}
