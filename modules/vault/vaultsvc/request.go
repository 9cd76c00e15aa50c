package vaultsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/persons"
)

// receive writes down what a person asks for; the law's clock starts, and the
// person has it in writing.
func (m *Module) receive(ctx context.Context, p id.Person, kind vault.RequestKind) (vault.Request, error) {
	caller, plain, err := m.may(ctx, "subject_request.create", p)
	if err != nil {
		return vault.Request{}, err
	}
	write, err := m.receipt(ctx, caller.Tenant, p)
	if err != nil {
		return vault.Request{}, err
	}
	rid := id.New[id.SubjectRequestKind]()
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (vault.Request, error) {
		r := vault.Receive(rid, p, kind, vault.LawOf(plain.Country), tx.Now())
		if err := write(ctx, tx, r.AnswerBy); err != nil {
			return r, err
		}
		return r, insertRequest(ctx, tx, r)
	})
}

// receipt returns what writes to the person, in a step, that the request has come
// and by when it is answered. To one without an address, or whose data are gone,
// nothing is written.
func (m *Module) receipt(ctx context.Context, tenant id.Tenant, p id.Person) (func(ctx context.Context, tx *db.Tx, answerBy time.Time) error, error) {
	nothing := func(context.Context, *db.Tx, time.Time) error { return nil }
	who, err := persons.Open(ctx, m.db, m.ring, tenant, p)
	if err != nil || who.Erased || who.Email == "" {
		return nothing, err
	}
	key, err := m.ring.Get(ctx, tenant, p)
	if err != nil {
		return nothing, err
	}
	operator, err := m.network.Operator(ctx, tenant)
	if errors.Is(err, network.ErrNoOperator) {
		return nothing, nil // nobody to sign it; the law's clock starts all the same
	} else if err != nil {
		return nothing, err
	}
	zone, err := time.LoadLocation(operator.Zone)
	if err != nil {
		return nothing, err
	}
	return func(ctx context.Context, tx *db.Tx, answerBy time.Time) error {
		_, err := m.mail.Queue(ctx, tx, key, mail.Letter{Kind: "data_requested", Lang: who.Language, To: who.Email, Data: map[string]string{
			"name": who.Name, "operator": operator.Name, "due": locale.Day(who.Language, answerBy.In(zone)),
		}})
		return err
	}, nil
}

// request returns a request that the caller may do the action to.
func (m *Module) request(ctx context.Context, action string, rid id.SubjectRequest) (vault.Request, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return vault.Request{}, access.ErrNobody
	}
	r, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (vault.Request, error) {
		return requestByID(ctx, tx, rid, "")
	})
	if errors.Is(err, vault.ErrRequestNotFound) {
		return r, access.ErrHidden
	}
	if err != nil {
		return r, err
	}
	return r, m.guard.Can(ctx, action, access.Resource{Kind: "subject_request", ID: rid.Raw(), Person: r.Person, State: string(r.State)})
}

// move does the command to a request, if ifMatch names the version that stands.
func (m *Module) move(ctx context.Context, rid id.SubjectRequest, ifMatch string, c vault.RequestCommand, ground vault.Ground) (vault.Request, error) {
	if _, err := m.request(ctx, "subject_request.write", rid); err != nil {
		return vault.Request{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (vault.Request, error) {
		r, err := requestByID(ctx, tx, rid, tx.ForUpdate())
		if err != nil {
			return r, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, r.Version); err != nil {
			return r, err
		}
		s, err := persons.Load(ctx, tx, r.Person)
		if err != nil {
			return r, err
		}
		if r, err = r.Move(c, ground, s.Plain().Erased, tx.Now()); err != nil {
			return r, err
		}
		return r, updateRequest(ctx, tx, r)
	})
}

// due is where a page of requests goes on.
type due struct {
	Micros int64             `json:"m"`
	ID     id.SubjectRequest `json:"i"`
}

// pending lists the requests that are not over, the most urgent first.
func (m *Module) pending(ctx context.Context, in httpapi.PageIn) (httpapi.Page[vault.Request], error) {
	none := httpapi.Page[vault.Request]{}
	caller, ok := access.From(ctx)
	if !ok {
		return none, access.ErrNobody
	}
	if err := m.guard.Can(ctx, "subject_request.read", access.Resource{Kind: "subject_request"}); err != nil {
		return none, err
	}
	var after due
	if _, err := in.Seek(ctx, &after); err != nil {
		return none, err
	}
	list, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]vault.Request, error) {
		return requestsDue(ctx, tx, after, in.Limit+1)
	})
	if err != nil {
		return none, err
	}
	return httpapi.PageOf(ctx, in, list, func(r vault.Request) any { return due{r.AnswerBy.UnixMicro(), r.ID} })
}
