package dispatchsvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/learn"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// experience is what was learnt for a node, and whether plans use it.
type experience struct {
	Node     id.Node      `json:"node"`
	Used     bool         `json:"used" doc:"whether plans use it"`
	Use      string       `json:"use" enum:"yes,no,as_tenant" doc:"as said for the node"`
	Tenant   string       `json:"tenant" enum:"yes,no" doc:"as said for all nodes that say nothing themselves"`
	LearntAt time.Time    `json:"learnt_at,omitzero"`
	Travel   learn.Factor `json:"travel" doc:"by how much ways take longer than the model or the road service has them"`
	Finish   learn.Finish `json:"finish" doc:"how many visits end with their work done; how many of whom is for those who may know the technicians"`
	Works    []learn.Work `json:"works" doc:"by how much work takes longer than stated; who works how is for those who may know the technicians"`
	Version  int64        `json:"version" doc:"of use"`
}

// experienceOf returns the node if the caller may do the action to its experience.
func (m *Module) experienceOf(ctx context.Context, node id.Node, action, kind string) (network.Node, error) {
	caller, _ := access.From(ctx)
	n, err := m.network.Node(ctx, caller.Tenant, node)
	if err != nil {
		return n, err
	}
	err = m.guard.Can(ctx, action, access.Resource{Kind: kind, ID: node.Raw(), Node: node, Partner: n.Partner, Country: string(n.Country)})
	return n, hidden(err, network.ErrNodeNotFound)
}

// Experience shows what was learnt for a node.
func (m *Module) Experience(ctx context.Context, node id.Node) (experience, error) {
	caller, _ := access.From(ctx)
	if _, err := m.experienceOf(ctx, node, "experience.read", "experience"); err != nil {
		return experience{}, err
	}
	_, stranger := m.experienceOf(ctx, node, "technician.personal", "technician")
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (experience, error) {
		e, err := readExperience(ctx, tx, node)
		if stranger != nil {
			e.hide()
		}
		return e, err
	})
}

// hide leaves out what is known of single technicians.
func (e *experience) hide() {
	e.Finish.Technicians = nil
	for i := range e.Works {
		e.Works[i].Technicians = nil
	}
}

func readExperience(ctx context.Context, tx *db.Tx, node id.Node) (experience, error) {
	l, err := loreOf(ctx, tx, node)
	e := experience{Node: node, Used: l.used(), Use: "as_tenant", Tenant: "yes", LearntAt: l.at, Travel: l.Travel, Works: l.Works, Finish: l.Finish, Version: l.version}
	if l.here != nil {
		e.Use = yes(*l.here)
	}
	if l.tenant != nil {
		e.Tenant = yes(*l.tenant)
	}
	if e.Works == nil {
		e.Works = []learn.Work{}
	}
	return e, err
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// uses are the numbers by which use is stored.
var uses = map[string]int64{"yes": 1, "no": 0, "as_tenant": -1}

// UseExperience says whether the plans of a node use what was learnt.
func (m *Module) UseExperience(ctx context.Context, node id.Node, ifMatch, use string) (experience, error) {
	if _, err := m.experienceOf(ctx, node, "experience.write", "experience"); err != nil {
		return experience{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (experience, error) {
		_, version, err := useOf(ctx, tx, node.String())
		if err != nil {
			return experience{}, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, version); err != nil {
			return experience{}, err
		}
		if err := setUse(ctx, tx, node.String(), uses[use], version+1); err != nil {
			return experience{}, err
		}
		stirGround(tx, node)
		e, err := readExperience(ctx, tx, node)
		e.Works, e.Finish = []learn.Work{}, learn.Finish{} // who may say this need not know that
		return e, err
	})
}

// habit is what is said for all nodes.
type habit struct {
	Use     string `json:"use" enum:"yes,no"`
	Version int64  `json:"version"`
}

// UseEverywhere says whether plans use what was learnt where the node says nothing.
func (m *Module) UseEverywhere(ctx context.Context, ifMatch, use string) (habit, error) {
	if err := m.guard.Can(ctx, "experience.write", access.Resource{Kind: "experience"}); err != nil {
		return habit{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (habit, error) {
		_, version, err := useOf(ctx, tx, "")
		if err != nil {
			return habit{}, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, version); err != nil {
			return habit{}, err
		}
		if err := stirAll(ctx, tx); err != nil {
			return habit{}, err
		}
		return habit{use, version + 1}, setUse(ctx, tx, "", uses[use], version+1)
	})
}

// experienceRoutes are what was learnt from visits.
func (m *Module) experienceRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "experience_get", Path: "/v1/experience/{node}", Action: "experience.read", Kind: "experience", Summary: "What visits as done have taught of a node: how long work and ways take"},
		func(ctx context.Context, in *struct {
			Node id.Node `path:"node"`
		},
		) (*httpapi.Body[experience], error) {
			return httpapi.Reply(m.Experience(ctx, in.Node))
		})
	httpapi.Put(api, httpapi.Op{ID: "experience_use", Path: "/v1/experience/{node}", Action: "experience.write", Kind: "experience", Summary: "Say whether a node's plans use it"},
		func(ctx context.Context, in *struct {
			Node    id.Node `path:"node"`
			IfMatch string  `header:"If-Match" maxLength:"80" doc:"the version seen"`
			Body    struct {
				Use string `json:"use" enum:"yes,no,as_tenant"`
			}
		},
		) (*httpapi.Body[experience], error) {
			return httpapi.Reply(m.UseExperience(ctx, in.Node, in.IfMatch, in.Body.Use))
		})
	httpapi.Put(api, httpapi.Op{ID: "experience_use_all", Path: "/v1/experience", Action: "experience.write", Kind: "experience", Summary: "Say whether plans use it where the node says nothing"},
		func(ctx context.Context, in *struct {
			IfMatch string `header:"If-Match" maxLength:"80" doc:"the version seen"`
			Body    struct {
				Use string `json:"use" enum:"yes,no"`
			}
		},
		) (*httpapi.Body[habit], error) {
			return httpapi.Reply(m.UseEverywhere(ctx, in.IfMatch, in.Body.Use))
		})
}
