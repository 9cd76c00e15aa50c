package dispatchsvc

import (
	"context"
	"net/http"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/httpapi"
)

type appointmentMatch struct {
	ID      id.Appointment `path:"id"`
	IfMatch string         `header:"If-Match" maxLength:"80" doc:"the version seen, as ETag gave it"`
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	m.bookingRoutes(api)
	m.boardRoutes(api)
	m.engineRoutes(api)
	m.slowdownRoutes(api)
	m.overrunRoutes(api)
	m.progressRoutes(api)
	m.experienceRoutes(api)
	m.capacityRoutes(api)
	m.solveRoutes(api)
	m.moveRoutes(api)
	m.technicianRoutes(api)
	m.lendRoutes(api)
}

func (m *Module) bookingRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{ID: "offer_create", Path: "/v1/work-orders/{id}/offers", Action: "offer.create", Kind: "offer", Status: http.StatusCreated, Summary: "Offer slots for a visit in the next fourteen days, best first"},
		func(ctx context.Context, in *struct {
			ID id.WorkOrder `path:"id"`
		},
		) (*httpapi.Body[offers], error) {
			return httpapi.Reply(m.Offer(ctx, in.ID))
		})
	httpapi.Post(api, httpapi.Op{ID: "appointment_create", Path: "/v1/appointments", Action: "appointment.write", Kind: "appointment", Status: http.StatusCreated, Summary: "Take a slot; it stands when its parts are reserved"},
		func(ctx context.Context, in *httpapi.Body[request]) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Book(ctx, in.Body))
		})
	httpapi.Get(api, httpapi.Op{ID: "appointment_list", Path: "/v1/appointments", Action: "appointment.read", Kind: "appointment", Summary: "Appointments by their time"},
		func(ctx context.Context, in *question) (*httpapi.Body[httpapi.Page[view]], error) {
			return httpapi.Reply(m.List(ctx, *in))
		})
	httpapi.Get(api, httpapi.Op{ID: "appointment_get", Path: "/v1/appointments/{id}", Action: "appointment.read", Kind: "appointment", Summary: "One appointment with its history"},
		func(ctx context.Context, in *struct {
			ID id.Appointment `path:"id"`
		},
		) (*httpapi.Body[view], error) {
			return httpapi.Reply(m.View(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "appointment_case", Path: "/v1/cases/{id}/appointments", Action: "appointment.read", Kind: "appointment", Summary: "The appointments of a case, oldest first"},
		func(ctx context.Context, in *struct {
			ID id.Case `path:"id"`
		},
		) (*httpapi.Body[httpapi.Page[view]], error) {
			items, err := m.OfCase(ctx, in.ID)
			return httpapi.Reply(httpapi.Page[view]{Items: items}, err)
		})
}

func (m *Module) boardRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "board_list", Path: "/v1/board", Action: "board.read", Kind: "board", Summary: "The nodes for whose visits somebody is still to be found, the most first"},
		func(ctx context.Context, _ *struct{}) (*httpapi.Body[httpapi.Page[demand]], error) {
			items, err := m.Boards(ctx)
			return httpapi.Reply(httpapi.Page[demand]{Items: items}, err)
		})
	httpapi.Get(api, httpapi.Op{ID: "board_get", Path: "/v1/board/{node}", Action: "board.read", Kind: "board", Summary: "Days of a node: technicians with shifts and visits, what is open, and what needs a person"},
		func(ctx context.Context, in *struct {
			Node id.Node      `path:"node"`
			Day  calendar.Day `query:"day" doc:"the first; absent: today at the node"`
			Days int          `query:"days" minimum:"1" maximum:"14" default:"1"`
		},
		) (*httpapi.Body[boardView], error) {
			return httpapi.Reply(m.Board(ctx, in.Node, in.Day, in.Days))
		})
	httpapi.Post(api, httpapi.Op{
		ID: "board_try", Path: "/v1/board/{node}/try", Action: "board.read", Kind: "board", NoIdempotency: true,
		Summary: "Say what would happen if a visit were put somewhere",
		Doc:     "Nothing is changed. Up to 200 candidates are answered at once, so that all lanes of a day can be judged while a visit is dragged.",
	}, func(ctx context.Context, in *struct {
		Node id.Node `path:"node"`
		Body probe
	},
	) (*httpapi.Body[consequences], error) {
		return httpapi.Reply(m.Try(ctx, in.Node, in.Body))
	})
	m.planRoutes(api)
	m.reasonRoutes(api)
	m.changeRoutes(api)
}

// reasonRoutes say why.
func (m *Module) reasonRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "appointment_reasons", Path: "/v1/appointments/{id}/reasons", Action: "board.read", Kind: "board", Summary: "Why this technician: what it costs, and who else could"},
		func(ctx context.Context, in *struct {
			ID id.Appointment `path:"id"`
		},
		) (*httpapi.Body[assignment], error) {
			return httpapi.Reply(m.Why(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "open_reasons", Path: "/v1/board/{node}/open/{work_order}/reasons", Action: "board.read", Kind: "board", Summary: "Why nobody: what keeps whom from an open visit, and which rule would have to give way"},
		func(ctx context.Context, in *struct {
			Node      id.Node      `path:"node"`
			WorkOrder id.WorkOrder `path:"work_order"`
			Days      int          `query:"days" minimum:"1" maximum:"14" default:"3" doc:"to be looked at, today included"`
		},
		) (*httpapi.Body[openReasons], error) {
			return httpapi.Reply(m.WhyOpen(ctx, in.Node, in.WorkOrder, in.Days))
		})
}

// planRoutes are what is done to many visits at once.
func (m *Module) planRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "board_plan", Path: "/v1/board/{node}/plan", Action: "board.write", Kind: "board", NoIdempotency: true, Timeout: time.Minute,
		Summary: "Plan all open visits of a node and book what fits, or only say what would be",
		Doc:     "Asked twice, it plans what is then still open. The search is bounded by its iterations, so that it answers within seconds.",
	}, func(ctx context.Context, in *struct {
		Node id.Node `path:"node"`
		Body planning
	},
	) (*httpapi.Body[outcome], error) {
		return httpapi.Reply(m.Plan(ctx, in.Node, in.Body))
	})
	httpapi.Post(api, httpapi.Op{
		ID: "board_adopt", Path: "/v1/board/{node}/adopt", Action: "board.write", Kind: "board", NoIdempotency: true, Timeout: time.Minute,
		Summary: "Carry out places and moves of a trial",
		Doc:     "Each item is a step of its own and is answered: booked, moved, or the conflict that it met.",
	}, func(ctx context.Context, in *struct {
		Node id.Node `path:"node"`
		Body adoption
	},
	) (*httpapi.Body[adoptedList], error) {
		return httpapi.Reply(m.Adopt(ctx, in.Node, in.Body))
	})
	httpapi.Post(api, httpapi.Op{
		ID: "board_undo", Path: "/v1/board/{node}/undo", Action: "board.write", Kind: "board", NoIdempotency: true, Timeout: time.Minute,
		Summary: "Take back what was booked or moved within the last ten seconds",
		Doc:     "One's own bookings and moves, while nobody outside has heard of them: a booking is given up, a move goes back to where the visit was.",
	}, func(ctx context.Context, in *struct {
		Node id.Node `path:"node"`
		Body undoing
	},
	) (*httpapi.Body[adoptedList], error) {
		return httpapi.Reply(m.Undo(ctx, in.Node, in.Body))
	})
}

// moveRoutes are what people do to an appointment.
func (m *Module) moveRoutes(api *httpapi.API) {
	for _, c := range []struct {
		verb, action, summary string
		cmd                   dispatch.Command
	}{
		{"dispatch", "appointment.go", "Tell the technician, who is to answer", dispatch.Dispatch},
		{"accept", "appointment.go", "The technician will come", dispatch.Accept},
		{"decline", "appointment.go", "The technician will not come", dispatch.Decline},
		{"travel", "appointment.go", "The technician has set off", dispatch.Travel},
		{"arrive", "appointment.go", "The technician is there", dispatch.Arrive},
		{"absent", "appointment.go", "Nobody was there", dispatch.FindAbsent},
		{"miss", "appointment.go", "We did not come", dispatch.Miss},
		{"cancel", "appointment.write", "Give the appointment up", dispatch.Cancel},
	} {
		httpapi.Post(api, httpapi.Op{ID: "appointment_" + c.verb, Path: "/v1/appointments/{id}/" + c.verb, Action: c.action, Kind: "appointment", Summary: c.summary},
			func(ctx context.Context, in *struct {
				appointmentMatch
				Body reasoned
			},
			) (*httpapi.Body[moved], error) {
				return httpapi.Reply(m.Move(ctx, in.ID, c.action, in.IfMatch, c.cmd, in.Body.code()))
			})
	}
	httpapi.Post(api, httpapi.Op{ID: "appointment_take", Path: "/v1/appointments/{id}/take", Action: "appointment.write", Kind: "appointment", Summary: "Take the slot that is held; it stands when its parts are reserved"},
		func(ctx context.Context, in *appointmentMatch) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Take(ctx, in.ID, in.IfMatch))
		})
	httpapi.Post(api, httpapi.Op{ID: "appointment_reschedule", Path: "/v1/appointments/{id}/reschedule", Action: "appointment.write", Kind: "appointment", Summary: "Another time, or another technician"},
		func(ctx context.Context, in *struct {
			appointmentMatch
			Body struct {
				StartAt    time.Time     `json:"start_at" doc:"the beginning of the two-hour window"`
				Technician id.Technician `json:"technician,omitzero" doc:"absent: the same"`
			}
		},
		) (*httpapi.Body[moved], error) {
			return httpapi.Reply(m.Reschedule(ctx, in.ID, in.IfMatch, in.Body.StartAt, in.Body.Technician))
		})
}

// reasoned may say why.
type reasoned struct {
	Reason string `json:"reason,omitempty" enum:"customer_wish,not_needed,ill,no_time,too_far,no_skill,vehicle,weather,part_missing,other"`
}

func (r reasoned) code() string {
	if r.Reason == "" {
		return dispatch.ReasonByHand
	}
	return "dispatch." + r.Reason
}

type technicianMatch struct {
	ID      id.Technician `path:"id"`
	IfMatch string        `header:"If-Match" maxLength:"80" doc:"the version seen, as ETag gave it"`
}

func (m *Module) technicianRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "technician_list", Path: "/v1/technicians", Action: "technician.read", Kind: "technician", Summary: "Technicians; names for those who may know them"},
		func(ctx context.Context, in *crewQuestion) (*httpapi.Body[httpapi.Page[personView]], error) {
			return httpapi.Reply(m.People(ctx, *in))
		})
	httpapi.Post(api, httpapi.Op{ID: "technician_create", Path: "/v1/technicians", Action: "technician.write", Kind: "technician", Status: http.StatusCreated, Summary: "Add a technician to a node"},
		func(ctx context.Context, in *httpapi.Body[newcomer]) (*httpapi.Body[changed], error) {
			return httpapi.Reply(m.Hire(ctx, in.Body))
		})
	httpapi.Get(api, httpapi.Op{ID: "technician_get", Path: "/v1/technicians/{id}", Action: "technician.read", Kind: "technician", Summary: "One technician"},
		func(ctx context.Context, in *struct {
			ID id.Technician `path:"id"`
		},
		) (*httpapi.Body[personView], error) {
			return httpapi.Reply(m.Person(ctx, in.ID))
		})
	httpapi.Patch(api, httpapi.Op{ID: "technician_change", Path: "/v1/technicians/{id}", Action: "technician.write", Kind: "technician", Summary: "Change what is kept of a technician"},
		func(ctx context.Context, in *struct {
			technicianMatch
			Body correction
		},
		) (*httpapi.Body[changed], error) {
			return httpapi.Reply(m.Correct(ctx, in.ID, in.IfMatch, in.Body))
		})
	httpapi.Put(api, httpapi.Op{ID: "technician_skills", Path: "/v1/technicians/{id}/skills", Action: "skill.write", Kind: "skill", Summary: "Say what a technician can do"},
		func(ctx context.Context, in *struct {
			technicianMatch
			Body struct {
				Skills []dispatch.Skill `json:"skills" maxItems:"100"`
			}
		},
		) (*httpapi.Body[changed], error) {
			return httpapi.Reply(m.SetSkills(ctx, in.ID, in.IfMatch, in.Body.Skills))
		})
	httpapi.Put(api, httpapi.Op{ID: "technician_shifts", Path: "/v1/technicians/{id}/shifts", Action: "shift.write", Kind: "shift", Summary: "Say in which hours a technician works"},
		func(ctx context.Context, in *struct {
			technicianMatch
			Body struct {
				Week calendar.Week `json:"week" doc:"such as Mo-Fr 08:30-12:00,13:30-18:00"`
			}
		},
		) (*httpapi.Body[changed], error) {
			return httpapi.Reply(m.SetShifts(ctx, in.ID, in.IfMatch, in.Body.Week))
		})
	httpapi.Put(api, httpapi.Op{ID: "technician_absences", Path: "/v1/technicians/{id}/absences", Action: "shift.write", Kind: "shift", Summary: "Say on which days a technician does not work"},
		func(ctx context.Context, in *struct {
			technicianMatch
			Body struct {
				Absences []dispatch.Absence `json:"absences" maxItems:"400"`
			}
		},
		) (*httpapi.Body[changed], error) {
			return httpapi.Reply(m.SetAbsences(ctx, in.ID, in.IfMatch, in.Body.Absences))
		})
}
