package mail

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// guard is what the routes ask; *access.Guard answers.
type guard interface {
	Can(ctx context.Context, action string, r access.Resource) error
}

type listOut struct{ Body httpapi.Page[Entry] }

type getIn struct {
	ID id.Mail `path:"id"`
}

type getOut struct{ Body Entry }

// Routes adds the outbox page's part of the API: who may read letters at all
// may read those of the whole tenant.
func (b *Box) Routes(api *httpapi.API, g guard) {
	httpapi.Get(api, httpapi.Op{
		ID: "mail_list", Path: "/v1/mails", Action: "mail.read", Kind: "mail",
		Summary: "Letters, newest first",
	}, func(ctx context.Context, in *httpapi.PageIn) (*listOut, error) { return b.listPage(ctx, g, *in) })
	httpapi.Get(api, httpapi.Op{
		ID: "mail_get", Path: "/v1/mails/{id}", Action: "mail.read", Kind: "mail",
		Summary: "One letter with its text",
	}, func(ctx context.Context, in *getIn) (*getOut, error) {
		caller, err := permitted(ctx, g, in.ID)
		if err != nil {
			return nil, err
		}
		e, err := b.Get(ctx, caller.Tenant, in.ID)
		return &getOut{e}, err
	})
}

func (b *Box) listPage(ctx context.Context, g guard, in httpapi.PageIn) (*listOut, error) {
	caller, err := permitted(ctx, g, id.Mail{})
	if err != nil {
		return nil, err
	}
	var before id.Mail
	if _, err := in.Seek(ctx, &before); err != nil {
		return nil, err
	}
	list, err := b.List(ctx, caller.Tenant, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	page, err := httpapi.PageOf(ctx, in, list, func(e Entry) any { return e.ID })
	return &listOut{page}, err
}

// permitted demands a right over the whole tenant, because a letter belongs to
// no node: an administrator of one region is refused.
func permitted(ctx context.Context, g guard, m id.Mail) (access.Caller, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return caller, access.ErrNobody
	}
	return caller, g.Can(ctx, "mail.read", access.Resource{Kind: "mail", ID: m.Raw()})
}
