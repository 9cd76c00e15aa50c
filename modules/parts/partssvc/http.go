package partssvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "stock_list", Path: "/v1/stock", Action: "stock.read", Kind: "stock", Summary: "What lies where, by part"},
		func(ctx context.Context, in *question) (*httpapi.Body[httpapi.Page[shown]], error) {
			return httpapi.Reply(m.List(ctx, *in))
		})
	httpapi.Get(api, httpapi.Op{ID: "movement_list", Path: "/v1/stock/movements", Action: "movement.read", Kind: "movement", Summary: "The journal of the stock, the newest first"},
		func(ctx context.Context, in *question) (*httpapi.Body[httpapi.Page[entry]], error) {
			return httpapi.Reply(m.Movements(ctx, *in))
		})
	httpapi.Get(api, httpapi.Op{ID: "reservation_list", Path: "/v1/cases/{id}/reservations", Action: "reservation.read", Kind: "reservation", Summary: "What is held for a case, and what it waits for"},
		func(ctx context.Context, in *struct {
			ID id.Case `path:"id"`
		},
		) (*httpapi.Body[ofCase], error) {
			return httpapi.Reply(m.OfCase(ctx, in.ID))
		})
	m.delayRoutes(api)
	for _, c := range []struct {
		id, path, action, kind, summary string
		do                              func(context.Context, booking) (booked, error)
	}{
		{"stock_receive", "receipts", "stock.write", "stock", "Book a delivery", m.Receive},
		{"stock_count", "counts", "stock.count", "stock", "Say what was counted; quantity is what lies there", m.Count},
		{"stock_return", "returns", "movement.write", "movement", "Book what came back from a customer", m.Return},
		{"stock_write_off", "write-offs", "movement.write", "movement", "Write off what is scrapped or lost", m.WriteOff},
	} {
		httpapi.Post(api, httpapi.Op{ID: c.id, Path: "/v1/stock/" + c.path, Action: c.action, Kind: c.kind, Status: 201, Summary: c.summary},
			func(ctx context.Context, in *httpapi.Body[booking]) (*httpapi.Body[booked], error) {
				return httpapi.Reply(c.do(ctx, in.Body))
			})
	}
	httpapi.Post(api, httpapi.Op{ID: "stock_transfer", Path: "/v1/stock/transfers", Action: "movement.write", Kind: "movement", Status: 201, Summary: "Move pieces from one place to another"},
		func(ctx context.Context, in *httpapi.Body[sending]) (*httpapi.Body[booked], error) {
			return httpapi.Reply(m.Transfer(ctx, in.Body))
		})
	httpapi.Post(api, httpapi.Op{ID: "stock_expect", Path: "/v1/stock/expected", Action: "stock.write", Kind: "stock", Summary: "Say what is to come in on a day"},
		func(ctx context.Context, in *httpapi.Body[announcement]) (*httpapi.Body[announced], error) {
			return httpapi.Reply(m.Expect(ctx, in.Body))
		})
}

type heldMatch struct {
	ID      id.Reservation `path:"id"`
	IfMatch string         `header:"If-Match" maxLength:"80" doc:"the version seen"`
}

// delayRoutes say that what is held is late, or not any more.
func (m *Module) delayRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "reservation_delay", Path: "/v1/reservations/{id}/delay", Action: "reservation.write", Kind: "reservation",
		Summary: "Say that what is held for an appointment comes later than was reckoned",
		Doc:     "The visit begins no earlier. Said again, it takes the place of what was said before.",
	}, func(ctx context.Context, in *struct {
		heldMatch
		Body struct {
			Reason     parts.Delay `json:"reason" enum:"supplier,transport,customs,not_found,faulty,other"`
			ExpectedAt time.Time   `json:"expected_at,omitzero" doc:"when all of it is there; absent: nobody knows"`
		}
	},
	) (*httpapi.Body[heldNow], error) {
		return httpapi.Reply(m.Delay(ctx, in.ID, in.IfMatch, parts.Late{Reason: in.Body.Reason, ExpectedAt: in.Body.ExpectedAt}))
	})
	httpapi.Post(api, httpapi.Op{ID: "reservation_delay_end", Path: "/v1/reservations/{id}/delay-end", Action: "reservation.write", Kind: "reservation", Summary: "Say that what was late is there, or comes in time after all"},
		func(ctx context.Context, in *heldMatch) (*httpapi.Body[heldNow], error) {
			return httpapi.Reply(m.EndDelay(ctx, in.ID, in.IfMatch))
		})
}
