package fieldsvc

import (
	"context"
	"net/http"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "visit_record", Path: "/v1/visits", Action: "visit.write", Kind: "visit", Status: 201, Summary: "Record a visit as done",
		Doc: "A record that can be read is taken, however late; what does not fit is answered as reviews. The same client_id counts once.",
	}, func(ctx context.Context, in *httpapi.Body[field.Record]) (*httpapi.Body[taken], error) {
		return httpapi.Reply(m.Record(ctx, in.Body))
	})
	httpapi.Get(api, httpapi.Op{ID: "visit_get", Path: "/v1/visits/{id}", Action: "visit.read", Kind: "visit", Summary: "One visit"},
		func(ctx context.Context, in *struct {
			ID id.Visit `path:"id"`
		},
		) (*httpapi.Body[view], error) {
			return httpapi.Reply(m.Visit(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "visit_list", Path: "/v1/cases/{id}/visits", Action: "visit.read", Kind: "visit", Summary: "The visits of a case"},
		func(ctx context.Context, in *struct {
			ID id.Case `path:"id"`
		},
		) (*httpapi.Body[httpapi.Page[view]], error) {
			return httpapi.Reply(m.OfCase(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "bundle_get", Path: "/v1/appointments/{id}/bundle", Action: "bundle.read", Kind: "bundle", Summary: "What a technician needs for a visit"},
		func(ctx context.Context, in *struct {
			ID id.Appointment `path:"id"`
		},
		) (*httpapi.Body[bundle], error) {
			return httpapi.Reply(m.Bundle(ctx, in.ID))
		})
	m.reviewRoutes(api)
	m.fileRoutes(api)
}

func (m *Module) reviewRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "review_list", Path: "/v1/reviews", Action: "board.read", Kind: "board", Summary: "What does not fit about visits, the oldest first"},
		func(ctx context.Context, in *question) (*httpapi.Body[httpapi.Page[review]], error) {
			return httpapi.Reply(m.Reviews(ctx, *in))
		})
	httpapi.Post(api, httpapi.Op{ID: "review_settle", Path: "/v1/reviews/{id}/settle", Action: "board.write", Kind: "board", Summary: "Decide on something that does not fit"},
		func(ctx context.Context, in *struct {
			ID   id.Review `path:"id"`
			Body struct {
				Decision field.ReviewState `json:"decision" enum:"accepted,rejected"`
			}
		},
		) (*httpapi.Body[settled], error) {
			return httpapi.Reply(m.Settle(ctx, in.ID, in.Body.Decision))
		})
}

func (m *Module) fileRoutes(api *httpapi.API) {
	const overhead = 64 << 10 // of a form around the picture
	httpapi.Raw(api, httpapi.Op{
		ID: "file_upload", Method: http.MethodPost, Path: "/v1/files", Action: "file.write", Kind: "file", MaxBody: m.files.MaxBytes() + overhead,
		Timeout: 2 * time.Minute, Consumes: "image/jpeg", Produces: "application/json", Summary: "Send a picture of a case",
		Doc: "?case= is mandatory; ?visit= adds it to a visit that is recorded already; ?kind= is photo, signature or document. " +
			"The body is a JPEG, PNG or WebP image, or a form with one file. Positions and other additions are removed.",
	}, http.HandlerFunc(m.receive))
	httpapi.Raw(api, httpapi.Op{
		ID: "file_get", Method: http.MethodGet, Path: "/v1/files/{id}", Action: "file.read", Kind: "file", Produces: "image/jpeg", Summary: "A picture",
	}, http.HandlerFunc(m.give))
}
