package orders

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
)

// Content is what an order asks for, opened: the case that is to be made of it.
type Content struct {
	Order  id.Order
	Number string      // the brand's own
	Intake desk.Intake // names nobody but the requester, with whose key it is sealed
	// Parties are those whom the order names besides: persons of their own, each
	// erased alone.
	Parties []desk.NamedParty
}

// Reader is what the desk asks when an order has come in.
type Reader interface {
	// Content opens the order, or returns ErrOrderNotFound, or keys.ErrErased if
	// the person it was for is gone.
	Content(ctx context.Context, tenant id.Tenant, o id.Order) (Content, error)
}
