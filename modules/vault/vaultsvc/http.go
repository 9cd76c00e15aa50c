package vaultsvc

import (
	"context"
	"net/http"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	m.personRoutes(api)
	m.requestRoutes(api)
}

type personIn struct {
	ID id.Person `path:"id"`
}

type findIn struct{ Body search }

type people struct {
	Items []person `json:"items"`
}

type correctIn struct {
	ID      id.Person `path:"id"`
	IfMatch string    `header:"If-Match"`
	Body    fields
}

func (m *Module) personRoutes(api *httpapi.API) {
	const kind = "person"
	httpapi.Get(api, httpapi.Op{ID: "person_get", Path: "/v1/persons/{id}", Action: "person.read", Kind: kind, Summary: "One person"},
		func(ctx context.Context, in *personIn) (*httpapi.Body[person], error) {
			return httpapi.Reply(m.read(ctx, in.ID))
		})
	httpapi.Put(api, httpapi.Op{ID: "person_correct", Path: "/v1/persons/{id}", Action: "person.write", Kind: kind, IfMatch: true, Summary: "Put a person's data right"},
		func(ctx context.Context, in *correctIn) (*httpapi.Body[changed], error) {
			return httpapi.Reply(m.correct(ctx, in.ID, in.IfMatch, in.Body))
		})
	httpapi.Post(api, httpapi.Op{
		ID: "person_find", Path: "/v1/persons/find", Action: "person.find", Kind: kind, NoIdempotency: true,
		Summary: "Persons with a phone number or e-mail address",
		Doc:     "It changes nothing; it is a POST so that no address or log holds what was searched for.",
	}, func(ctx context.Context, in *findIn) (*httpapi.Body[people], error) {
		list, err := m.find(ctx, in.Body)
		return httpapi.Reply(people{list}, err)
	})
	httpapi.Get(api, httpapi.Op{
		ID: "person_export", Path: "/v1/persons/{id}/export", Action: "person.export", Kind: kind,
		Summary: "All that is kept about a person",
	}, func(ctx context.Context, in *personIn) (*httpapi.Body[export], error) {
		return httpapi.Reply(m.exportAll(ctx, in.ID))
	})
	httpapi.Post(api, httpapi.Op{
		ID: "person_erase", Path: "/v1/persons/{id}/erase", Action: "person.erase", Kind: kind,
		Summary: "Destroy a person's data for good",
		Doc:     "There is no way back: the key that opens the data is destroyed, in every backup too. Proofs still verify.",
	}, func(ctx context.Context, in *personIn) (*httpapi.Body[changed], error) {
		return httpapi.Reply(m.erase(ctx, in.ID))
	})
}

type receiveIn struct {
	ID   id.Person `path:"id"`
	Body struct {
		Kind vault.RequestKind `json:"kind" enum:"access,erasure,correct"`
	}
}

type requestIn struct {
	ID id.SubjectRequest `path:"id"`
}

type moveIn struct {
	ID      id.SubjectRequest `path:"id"`
	IfMatch string            `header:"If-Match"`
}

type refuseIn struct {
	ID      id.SubjectRequest `path:"id"`
	IfMatch string            `header:"If-Match"`
	Body    struct {
		Ground vault.Ground `json:"ground" enum:"not_identified,excessive,legal_retention,legal_claim,others_rights"`
	}
}

func (m *Module) requestRoutes(api *httpapi.API) {
	const kind = "subject_request"
	httpapi.Post(api, httpapi.Op{
		ID: "subject_request_create", Path: "/v1/persons/{id}/requests", Action: "subject_request.create", Kind: kind,
		Status: http.StatusCreated, Summary: "Take in what a person asks for about their data",
	}, func(ctx context.Context, in *receiveIn) (*httpapi.Body[vault.Request], error) {
		return httpapi.Reply(m.receive(ctx, in.ID, in.Body.Kind))
	})
	httpapi.Get(api, httpapi.Op{ID: "subject_request_list", Path: "/v1/subject-requests", Action: "subject_request.read", Kind: kind, Summary: "Requests that are not over, the most urgent first"},
		func(ctx context.Context, in *httpapi.PageIn) (*httpapi.Body[httpapi.Page[vault.Request]], error) {
			return httpapi.Reply(m.pending(ctx, *in))
		})
	httpapi.Get(api, httpapi.Op{ID: "subject_request_get", Path: "/v1/subject-requests/{id}", Action: "subject_request.read", Kind: kind, Summary: "One request"},
		func(ctx context.Context, in *requestIn) (*httpapi.Body[vault.Request], error) {
			return httpapi.Reply(m.request(ctx, "subject_request.read", in.ID))
		})
	for _, c := range []struct {
		do      vault.RequestCommand
		summary string
	}{
		{vault.Identify, "It is this person who asks"},
		{vault.Begin, "Start to answer"},
		{vault.Answer, "It is answered"},
	} {
		httpapi.Post(api, httpapi.Op{
			ID: "subject_request_" + string(c.do), Path: "/v1/subject-requests/{id}/" + string(c.do), Action: "subject_request.write", Kind: kind,
			Summary: c.summary,
		}, func(ctx context.Context, in *moveIn) (*httpapi.Body[vault.Request], error) {
			return httpapi.Reply(m.move(ctx, in.ID, in.IfMatch, c.do, ""))
		})
	}
	httpapi.Post(api, httpapi.Op{
		ID: "subject_request_refuse", Path: "/v1/subject-requests/{id}/refuse", Action: "subject_request.write", Kind: kind,
		Summary: "Refuse a request, with a ground",
	}, func(ctx context.Context, in *refuseIn) (*httpapi.Body[vault.Request], error) {
		return httpapi.Reply(m.move(ctx, in.ID, in.IfMatch, vault.Refuse, in.Body.Ground))
	})
}
