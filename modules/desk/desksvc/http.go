package desksvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/httpapi"
)

type caseIn struct {
	ID id.Case `path:"id"`
}

type caseMatch struct {
	ID      id.Case `path:"id"`
	IfMatch string  `header:"If-Match" maxLength:"80" doc:"the version seen, as ETag gave it"`
}

// Routes adds the desk's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{ID: "case_create", Path: "/v1/cases", Action: "case.create", Kind: "case", Status: 201, Summary: "Take in a case"},
		func(ctx context.Context, in *httpapi.Body[desk.Intake]) (*httpapi.Body[opened], error) {
			return httpapi.Reply(m.Open(ctx, in.Body))
		})
	httpapi.Get(api, httpapi.Op{ID: "case_list", Path: "/v1/cases", Action: "case.read", Kind: "case", Summary: "The queue: what is due first on top"},
		func(ctx context.Context, in *question) (*httpapi.Body[httpapi.Page[line]], error) {
			return httpapi.Reply(m.List(ctx, *in))
		})
	httpapi.Get(api, httpapi.Op{ID: "case_get", Path: "/v1/cases/{id}", Action: "case.read", Kind: "case", Summary: "One case"},
		func(ctx context.Context, in *caseIn) (*httpapi.Body[caseView], error) {
			return httpapi.Reply(m.View(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "case_find", Path: "/v1/case-references/{reference}", Action: "case.read", Kind: "case", Summary: "One case by what is said on the phone"},
		func(ctx context.Context, in *struct {
			Reference string `path:"reference" maxLength:"20"`
		},
		) (*httpapi.Body[caseView], error) {
			return httpapi.Reply(m.ByReference(ctx, in.Reference))
		})
	httpapi.Get(api, httpapi.Op{ID: "case_timeline", Path: "/v1/cases/{id}/timeline", Action: "case.read", Kind: "case", Summary: "All that was said and happened, oldest first"},
		func(ctx context.Context, in *caseIn) (*httpapi.Body[httpapi.Page[moment]], error) {
			items, err := m.Timeline(ctx, in.ID)
			return httpapi.Reply(httpapi.Page[moment]{Items: items}, err)
		})
	httpapi.Post(api, httpapi.Op{ID: "case_say", Path: "/v1/cases/{id}/messages", Action: "message.write", Kind: "message", Status: 201, Summary: "Write to the customer, or a note among us"},
		func(ctx context.Context, in *struct {
			caseIn
			Body saying
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Say(ctx, in.ID, in.Body))
		})
	m.commandRoutes(api)
	m.publicRoutes(api)
}

// commandRoutes are what people do to a case.
func (m *Module) commandRoutes(api *httpapi.API) {
	for _, c := range []struct {
		verb, action, summary string
		cmd                   desk.Command
		reason                string
	}{
		{"resolve", "case.write", "Say that the problem is solved", desk.Resolve, "desk.by_hand"},
		{"reopen", "case.write", "Say that it is not solved after all", desk.Reopen, "desk.by_hand"},
		{"close", "case.close", "End a resolved case", desk.Close, "desk.by_hand"},
		{"cancel", "case.cancel", "Give the case up", desk.Cancel, "desk.by_hand"},
		{"resume", "case.write", "Go on: what it waited for has come", desk.Resume, "desk.by_hand"},
	} {
		httpapi.Post(api, httpapi.Op{ID: "case_" + c.verb, Path: "/v1/cases/{id}/" + c.verb, Action: c.action, Kind: "case", Summary: c.summary},
			func(ctx context.Context, in *caseMatch) (*httpapi.Body[moved], error) {
				return httpapi.Reply(m.command(ctx, in.ID, in.IfMatch, c.action, c.cmd, "", c.reason))
			})
	}
	httpapi.Post(api, httpapi.Op{ID: "case_wait", Path: "/v1/cases/{id}/wait", Action: "case.write", Kind: "case", Summary: "Wait for somebody or something; its clocks pause"},
		func(ctx context.Context, in *struct {
			caseMatch
			Body struct {
				For desk.WaitFor `json:"for" enum:"customer,partner,part"`
			}
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.command(ctx, in.ID, in.IfMatch, "case.write", desk.Wait, in.Body.For, "desk.by_hand"))
		})
	httpapi.Put(api, httpapi.Op{ID: "case_identify", Path: "/v1/cases/{id}/unit", Action: "case.write", Kind: "case", Summary: "Say which unit the case is about; its coverage is decided again"},
		func(ctx context.Context, in *struct {
			caseMatch
			Body naming
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Identify(ctx, in.ID, in.IfMatch, in.Body))
		})
	m.partyRoutes(api)
	httpapi.Post(api, httpapi.Op{ID: "case_chase", Path: "/v1/cases/{id}/chase", Action: "case.chase", Kind: "case", Summary: "Count that the customer or the brand urges"},
		func(ctx context.Context, in *caseIn) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Chase(ctx, in.ID))
		})
	httpapi.Post(api, httpapi.Op{ID: "case_assign", Path: "/v1/cases/{id}/assign", Action: "case.assign", Kind: "case", Summary: "Give the case to another node"},
		func(ctx context.Context, in *struct {
			caseMatch
			Body struct {
				Node id.Node `json:"node"`
			}
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Assign(ctx, in.ID, in.IfMatch, in.Body.Node))
		})
}

// partyRoutes are about those who play a part beside the requester.
func (m *Module) partyRoutes(api *httpapi.API) {
	type partIn struct {
		caseMatch
		Role vault.PartyRole `path:"role" enum:"user_on_site,owner,payer,organisation"`
	}
	httpapi.Put(api, httpapi.Op{ID: "case_involve", Path: "/v1/cases/{id}/parties/{role}", Action: "case.write", Kind: "case", Summary: "Say who plays a part in the case: opens the door, owns the unit, pays"},
		func(ctx context.Context, in *struct {
			partIn
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"200"`
				Phone string `json:"phone,omitempty" maxLength:"40"`
				Email string `json:"email,omitempty" maxLength:"254"`
			}
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Involve(ctx, in.ID, in.IfMatch, desk.Party{Role: in.Role, Name: in.Body.Name, Phone: in.Body.Phone, Email: in.Body.Email}))
		})
	httpapi.Delete(api, httpapi.Op{ID: "case_release", Path: "/v1/cases/{id}/parties/{role}", Action: "case.write", Kind: "case", Summary: "Take a part from whoever plays it"},
		func(ctx context.Context, in *partIn) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Release(ctx, in.ID, in.IfMatch, in.Role))
		})
}
