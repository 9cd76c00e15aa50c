package desksvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/outbox"
)

// publicCase is what the holder of a link sees: no name, no address, no money but what they were
// promised themselves.
type publicCase struct {
	Reference  string        `json:"reference"`
	State      desk.State    `json:"state"`
	WaitingFor desk.WaitFor  `json:"waiting_for,omitempty"`
	WorkType   desk.WorkType `json:"work_type"`
	OpenedAt   time.Time     `json:"opened_at"`
	Zone       string        `json:"zone"`
	Steps      []publicStep  `json:"steps"`
	Code       string        `json:"acceptance_code,omitempty" doc:"to be told to the technician when the work is done"`
	Ratable    bool          `json:"ratable"`
	Rated      int64         `json:"rated,omitempty" doc:"the stars that were given"`
}

type publicStep struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	From time.Time `json:"start_at,omitzero" doc:"of an appointment"`
	To   time.Time `json:"end_at,omitzero"`

	Reward     money.Amount `json:"reward,omitzero" doc:"of an appointment: that the customer gets back when it has been carried out"`
	RewardLost money.Amount `json:"reward_lost,omitzero" doc:"of an appointment: that was promised for the time before and went with it"`
}

type linkIn struct {
	Link string `path:"link" maxLength:"120"`
}

// publicRoutes are for customers without an account.
func (m *Module) publicRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "public_ask", Path: "/v1/public/requests", Action: "case.create", Kind: "case", Public: true, Status: 201,
		Summary: "Ask for service", Tags: []string{"public"},
	}, func(ctx context.Context, in *struct{ Body desk.Intake }) (*struct{ Body opened }, error) {
		out, err := m.ask(ctx, in.Body)
		return &struct{ Body opened }{out}, err
	})
	httpapi.Get(api, httpapi.Op{
		ID: "public_follow", Path: "/v1/public/cases/{link}", Action: "case.read", Kind: "case", Public: true,
		Summary: "Follow a case by its link", Tags: []string{"public"},
	}, func(ctx context.Context, in *linkIn) (*struct{ Body publicCase }, error) {
		out, err := m.publicView(ctx, in.Link)
		return &struct{ Body publicCase }{out}, err
	})
	httpapi.Post(api, httpapi.Op{
		ID: "public_rate", Path: "/v1/public/cases/{link}/rating", Action: "rating.write", Kind: "rating", Public: true, Status: 201,
		Summary: "Say how it was", Tags: []string{"public"},
	}, func(ctx context.Context, in *struct {
		linkIn
		Body stars
	},
	) (*struct{ Body moved }, error) {
		out, err := m.publicRate(ctx, in.Link, in.Body)
		return &struct{ Body moved }{out}, err
	})
	httpapi.Post(api, httpapi.Op{
		ID: "public_chase", Path: "/v1/public/cases/{link}/chase", Action: "case.chase", Kind: "case", Public: true,
		Summary: "Urge a case", Tags: []string{"public"},
	}, func(ctx context.Context, in *linkIn) (*struct{ Body moved }, error) {
		out, err := m.publicChase(ctx, in.Link)
		return &struct{ Body moved }{out}, err
	})
}

// ask takes in what a visitor asks for. What only staff and imports may say is
// not theirs to say.
func (m *Module) ask(ctx context.Context, in desk.Intake) (opened, error) {
	in.Channel, in.OpenedAt, in.Priority = desk.ByPortal, time.Time{}, desk.Normal
	return m.takeIn(ctx, in, func(context.Context, row) error {
		if in.Requester.Phone == "" && in.Requester.Email == "" {
			return desk.ErrIntake.At("/requester/phone", "required")
		}
		return nil
	})
}

func (m *Module) publicView(ctx context.Context, link string) (publicCase, error) {
	caller, _ := access.From(ctx)
	c, err := m.follow(caller.Tenant, link)
	if err != nil {
		return publicCase{}, err
	}
	r, err := m.read(ctx, caller.Tenant, c)
	if err != nil {
		return publicCase{}, err
	}
	past, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]outbox.Past, error) {
		return m.bus.History(ctx, tx, c.Raw(), longest)
	})
	if err != nil {
		return publicCase{}, err
	}
	given, err := m.rating(ctx, caller.Tenant, c)
	if err != nil {
		return publicCase{}, err
	}
	v := publicCase{
		Reference: r.Reference, State: r.State, WaitingFor: r.WaitingFor, WorkType: r.WorkType, OpenedAt: r.OpenedAt, Zone: r.Zone,
		Steps: publicSteps(past), Code: m.code(caller.Tenant, visitOf(past).Appointment), Ratable: given == nil && desk.Rate(r.State, r.Resolved, 5, m.db.Now()()) == nil,
	}
	if given != nil {
		v.Rated = given.Stars
	}
	return v, nil
}

func (m *Module) publicRate(ctx context.Context, link string, s stars) (moved, error) {
	caller, _ := access.From(ctx)
	c, err := m.follow(caller.Tenant, link)
	if err != nil {
		return moved{}, err
	}
	r, err := m.read(ctx, caller.Tenant, c)
	if err != nil {
		return moved{}, err
	}
	key, err := m.ring.Get(ctx, caller.Tenant, r.Requester)
	if err != nil {
		return moved{}, desk.ErrLink.Because(err)
	}
	return m.rate(ctx, c, key, s)
}

func (m *Module) publicChase(ctx context.Context, link string) (moved, error) {
	caller, _ := access.From(ctx)
	c, err := m.follow(caller.Tenant, link)
	if err != nil {
		return moved{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		r, err := lock(ctx, tx, c)
		if err != nil {
			return moved{}, err
		}
		if err := m.chase(ctx, tx, &r); err != nil {
			return moved{}, err
		}
		return moved{c, r.State, r.Version + 1}, save(ctx, tx, r)
	})
}

// told lists the events of which the customer is told.
var told = map[string]bool{
	"desk.case_opened.v1": true, "desk.case_responded.v1": true, "desk.case_moved.v1": true, "desk.case_chased.v1": true,
	"remedy.plan_accepted.v1": true, "dispatch.appointment_scheduled.v1": true, "dispatch.appointment_moved.v1": true,
	"dispatch.appointment_ended.v1": true, "field.visit_recorded.v1": true, "work.order_completed.v1": true,
}

func publicSteps(past []outbox.Past) []publicStep {
	out := []publicStep{}
	changed := false // the event before has told of a new time
	for _, e := range past {
		kind, said := kindOf(e), changed
		changed = kind == movedAway
		if said && e.Name == standing {
			out[len(out)-1].Reward, out[len(out)-1].RewardLost = rewardOf(e)
			continue
		}
		if !told[e.Name] || kind == "" {
			continue
		}
		step := publicStep{At: e.OccurredAt, Kind: kind}
		if kind == movedAway || e.Name == standing {
			step.From, step.To = window(e)
			step.Reward, step.RewardLost = rewardOf(e)
		}
		out = append(out, step)
	}
	return out
}
