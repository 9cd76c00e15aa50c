package orderssvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// view is an order as shown; its personal content is on the case.
type view struct {
	ID         id.Order       `json:"id"`
	Brand      id.Brand       `json:"brand"`
	Number     string         `json:"number"`
	WorkType   desk.WorkType  `json:"work_type"`
	Country    locale.Country `json:"country"`
	State      orders.State   `json:"state"`
	Code       string         `json:"code" doc:"the state in the brand's own words"`
	Reason     string         `json:"reason,omitempty"`
	Case       id.Case        `json:"case,omitzero"`
	ReceivedAt time.Time      `json:"received_at"`
	ChangedAt  time.Time      `json:"changed_at"`
	Version    int64          `json:"version"`
}

func show(r row, c orders.Codes) view {
	return view{
		ID: r.ID, Brand: r.Brand, Number: r.Number, WorkType: r.WorkType, Country: r.Country, State: r.State, Code: c.Of(r.State),
		Reason: r.Reason, Case: r.Case, ReceivedAt: r.ReceivedAt, ChangedAt: r.ChangedAt, Version: r.Version,
	}
}

type tableIn struct {
	Brand   string            `json:"brand,omitempty" maxLength:"40" doc:"code of the brand, when the table has no column for it"`
	Mapping map[string]string `json:"mapping,omitempty" doc:"our column to the table's heading, where they differ"`
	CSV     string            `json:"csv" minLength:"1" maxLength:"8000000" doc:"the table; RFC 4180, comma or semicolon"`
	DryRun  bool              `json:"dry_run,omitempty" doc:"only say how each line would go"`
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{ID: "order_submit", Path: "/v1/orders", Action: "order.create", Kind: "order", Status: 201, Summary: "Send a service order; sending it again changes nothing"},
		func(ctx context.Context, in *httpapi.Body[orders.Submission]) (*httpapi.Body[taken], error) {
			return httpapi.Reply(m.Submit(ctx, in.Body))
		})
	httpapi.Post(api, httpapi.Op{
		ID: "order_import", Path: "/v1/orders/import", Action: "order.import", Kind: "order", MaxBody: 9 << 20, Timeout: 5 * time.Minute, NoIdempotency: true,
		Summary: "Send a table of orders", Doc: "Every line stands for itself and may be sent again: its number makes it count once.",
	}, func(ctx context.Context, in *httpapi.Body[tableIn]) (*httpapi.Body[orders.Report], error) {
		return httpapi.Reply(m.Import(ctx, in.Body))
	})
	httpapi.Get(api, httpapi.Op{ID: "order_list", Path: "/v1/orders", Action: "order.read", Kind: "order", Summary: "Orders, the newest first"},
		func(ctx context.Context, in *question) (*httpapi.Body[httpapi.Page[view]], error) {
			return httpapi.Reply(m.List(ctx, *in))
		})
	httpapi.Get(api, httpapi.Op{ID: "order_get", Path: "/v1/orders/{id}", Action: "order.read", Kind: "order", Summary: "One order, with its state in the brand's code"},
		func(ctx context.Context, in *struct {
			ID id.Order `path:"id"`
		},
		) (*httpapi.Body[view], error) {
			return httpapi.Reply(m.View(ctx, in.ID))
		})
	m.commandRoutes(api)
}

func (m *Module) commandRoutes(api *httpapi.API) {
	for _, c := range []struct {
		verb, summary string
		cmd           orders.Command
	}{
		{"confirm", "The brand says that the order is done as asked", orders.Confirm},
		{"cancel", "The brand takes the order back", orders.DoCancel},
	} {
		httpapi.Post(api, httpapi.Op{ID: "order_" + c.verb, Path: "/v1/orders/{id}/" + c.verb, Action: "order.write", Kind: "order", Summary: c.summary},
			func(ctx context.Context, in *struct {
				ID id.Order `path:"id"`
			},
			) (*httpapi.Body[taken], error) {
				return httpapi.Reply(m.command(ctx, in.ID, "order.write", c.cmd, "orders.by_brand"))
			})
	}
	httpapi.Post(api, httpapi.Op{ID: "order_refuse", Path: "/v1/orders/{id}/refuse", Action: "order.refuse", Kind: "order", Summary: "The operator does not take the order; its case is cancelled"},
		func(ctx context.Context, in *struct {
			ID   id.Order `path:"id"`
			Body refusal
		},
		) (*httpapi.Body[taken], error) {
			return httpapi.Reply(m.Refuse(ctx, in.ID, in.Body.Reason))
		})
	httpapi.Put(api, httpapi.Op{ID: "order_codes", Path: "/v1/order-codes/{brand}", Action: "order.write", Kind: "order", Summary: "Say our states in a brand's words"},
		func(ctx context.Context, in *struct {
			Brand id.Brand `path:"brand"`
			Body  orders.Codes
		},
		) (*httpapi.Body[orders.Codes], error) {
			return httpapi.Reply(m.SetCodes(ctx, in.Brand, in.Body))
		})
}

// command is what a brand does to its order, or the operator to refuse it.
func (m *Module) command(ctx context.Context, o id.Order, action string, cmd orders.Command, reason string) (taken, error) {
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (taken, error) {
		r, err := byID(ctx, tx, o, tx.ForUpdate())
		if err != nil {
			return taken{}, err
		}
		if err := m.guard.Can(ctx, action, r.resource()); err != nil {
			return taken{}, err
		}
		if err := m.step(ctx, tx, &r, cmd, reason); err != nil {
			return taken{}, err
		}
		return taken{ID: o, State: r.State, Version: r.Version}, nil
	})
}

// refusal says why the operator does not take an order.
type refusal struct {
	Reason string `json:"reason" minLength:"1" maxLength:"64" doc:"in the brand's own code; never a text"`
}

// Refuse turns an order down on behalf of the operator, as long as nothing has
// been done for it. The desk hears of it and cancels the case.
func (m *Module) Refuse(ctx context.Context, o id.Order, code string) (taken, error) {
	reason, err := orders.Reason(code)
	if err != nil {
		return taken{}, err
	}
	return m.command(ctx, o, "order.refuse", orders.Refuse, reason)
}

// View returns one order.
func (m *Module) View(ctx context.Context, o id.Order) (view, error) {
	caller, _ := access.From(ctx)
	v, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (view, error) {
		r, err := byID(ctx, tx, o, "")
		if err != nil {
			return view{}, err
		}
		if err := m.guard.Can(ctx, "order.read", r.resource()); err != nil {
			return view{}, err
		}
		c, err := codes(ctx, tx, r.Brand)
		return show(r, c), err
	})
	return v, err
}
