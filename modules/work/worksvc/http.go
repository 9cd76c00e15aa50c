package worksvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// view is a work order as shown.
type view struct {
	work.Brief
	Outcome   work.Outcome `json:"outcome,omitempty"`
	Attempts  int64        `json:"attempts"`
	CreatedAt time.Time    `json:"created_at"`
	ChangedAt time.Time    `json:"changed_at"`
}

func (o order) show() view {
	return view{Brief: o.brief(), Outcome: o.Outcome, Attempts: o.Attempts, CreatedAt: o.CreatedAt, ChangedAt: o.ChangedAt}
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "work_list", Path: "/v1/cases/{id}/work-orders", Action: "work.read", Kind: "work", Summary: "What is to be done for a case"},
		func(ctx context.Context, in *struct {
			ID id.Case `path:"id"`
		},
		) (*httpapi.Body[httpapi.Page[view]], error) {
			items, err := m.OfCase(ctx, in.ID)
			return httpapi.Reply(httpapi.Page[view]{Items: items}, err)
		})
	httpapi.Get(api, httpapi.Op{ID: "work_get", Path: "/v1/work-orders/{id}", Action: "work.read", Kind: "work", Summary: "One work order"},
		func(ctx context.Context, in *struct {
			ID id.WorkOrder `path:"id"`
		},
		) (*httpapi.Body[view], error) {
			caller, _ := access.From(ctx)
			o, err := m.readFor(ctx, caller.Tenant, in.ID, "work.read")
			return httpapi.Reply(o.show(), err)
		})
	httpapi.Post(api, httpapi.Op{ID: "work_finish", Path: "/v1/work-orders/{id}/finish", Action: "work.write", Kind: "work", Summary: "Report how work ended that is not a visit"},
		func(ctx context.Context, in *struct {
			ID   id.WorkOrder `path:"id"`
			Body result
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Finish(ctx, in.ID, in.Body))
		})
	m.tieRoutes(api)
	httpapi.Post(api, httpapi.Op{ID: "work_reverse", Path: "/v1/work-orders/{id}/reverse", Action: "work.reverse", Kind: "work", Summary: "Take the charges of a work order back; they are booked the other way round"},
		func(ctx context.Context, in *struct {
			ID   id.WorkOrder `path:"id"`
			Body reversal
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Reverse(ctx, in.ID, in.Body))
		})
}
