package dispatchsvc

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// slowdown is a slowdown as stored.
type slowdown struct {
	dispatch.Slowdown // Until is when it ended, where somebody has ended it
	ID                id.Slowdown
	User              id.User
	SaidAt            time.Time
}

// slowdownView is a slowdown as shown.
type slowdownView struct {
	ID      id.Slowdown        `json:"id"`
	From    time.Time          `json:"from"`
	Until   time.Time          `json:"until"`
	Percent int64              `json:"percent" doc:"by how much longer ways take that are driven in it"`
	Reason  dispatch.Hindrance `json:"reason" enum:"jam,snow,closure,other"`
	User    id.User            `json:"user,omitzero" doc:"who said so"`
	SaidAt  time.Time          `json:"said_at"`
}

func (s *slowdown) show() slowdownView {
	return slowdownView{s.ID, s.From, s.Until, s.Percent, s.Reason, s.User, s.SaidAt}
}

// mostSlowdowns is how many may hold for a node at once.
const mostSlowdowns = 20

// slowBefore is how long a slowdown that is over is still stated, so that a plan that was
// stated while it held is the plan that is stated after it.
const slowBefore = 48 * time.Hour

// slowdownsOf returns those of a node that were not over by an instant, oldest first.
func slowdownsOf(ctx context.Context, tx *db.Tx, node id.Node, by time.Time) ([]slowdown, error) {
	rows, err := tx.Rows(ctx, `SELECT id, from_at, until_at, percent, reason, user_id, said_at, ended_at FROM dispatch_slowdown
		WHERE tenant_id = ? AND node_id = ? AND until_at > ? AND (ended_at IS NULL OR ended_at > ? AND ended_at > from_at) ORDER BY id`, tx.Tenant(), node, by, by)
	list, err := db.Collect(rows, err, func(scan func(...any) error) (s slowdown, err error) {
		var ended time.Time
		err = scan(&s.ID, db.At(&s.From), db.At(&s.Until), &s.Percent, &s.Reason, &s.User, db.At(&s.SaidAt), db.At(&ended))
		s.Until = sooner(s.Until, ended)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read slowdowns: %w", err)
	}
	return list, nil
}

// SlowDown notes that ways of a node take longer for a while: all plans reckon with it
// from now on. Faults: ErrInvalid, ErrSlowdownsFull.
func (m *Module) SlowDown(ctx context.Context, node id.Node, s dispatch.Slowdown) (slowdownView, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.write"); err != nil {
		return slowdownView{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (slowdownView, error) {
		s, err := s.Check(tx.Now())
		if err != nil {
			return slowdownView{}, err
		}
		list, err := slowdownsOf(ctx, tx, node, tx.Now())
		if err == nil && len(list) >= mostSlowdowns {
			err = dispatch.ErrSlowdownsFull.With("max", mostSlowdowns)
		}
		if err != nil {
			return slowdownView{}, err
		}
		out := slowdown{Slowdown: s, ID: id.New[id.SlowdownKind](), User: caller.User, SaidAt: tx.Now()}
		err = tx.Put(ctx, `INSERT INTO dispatch_slowdown (tenant_id, id, node_id, from_at, until_at, percent, reason, user_id, said_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			tx.Tenant(), out.ID, node, s.From, s.Until, s.Percent, s.Reason, out.User, out.SaidAt)
		if err != nil {
			return slowdownView{}, fmt.Errorf("insert slowdown: %w", err)
		}
		stirGround(tx, node)
		return out.show(), m.changed(ctx, tx, node, out.ID.String(), 1)
	})
}

// takenBack is what the caller hears of a slowdown that is over.
type takenBack struct {
	ID    id.Slowdown `json:"id"`
	Until time.Time   `json:"until"`
}

// EndSlowdown takes a slowdown back from now on. Of one that is over already it says since
// when. Faults: ErrNoSlowdown.
func (m *Module) EndSlowdown(ctx context.Context, node id.Node, name id.Slowdown) (takenBack, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.write"); err != nil {
		return takenBack{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (takenBack, error) {
		var until, over time.Time
		err := tx.Row(ctx, `SELECT until_at, ended_at FROM dispatch_slowdown WHERE tenant_id = ? AND node_id = ? AND id = ?`+tx.ForUpdate(), tx.Tenant(), node, name).
			Scan(db.At(&until), db.At(&over))
		if err != nil {
			return takenBack{}, db.NotFound(err, dispatch.ErrNoSlowdown)
		}
		if until = sooner(until, over); !until.After(tx.Now()) {
			return takenBack{name, until}, nil
		}
		err = tx.Put(ctx, `UPDATE dispatch_slowdown SET ended_at = ?, ended_by = ? WHERE tenant_id = ? AND id = ?`, tx.Now(), caller.User, tx.Tenant(), name)
		if err != nil {
			return takenBack{}, fmt.Errorf("end slowdown: %w", err)
		}
		stirGround(tx, node)
		return takenBack{name, tx.Now()}, m.changed(ctx, tx, node, name.String(), 2)
	})
}

// slowdownRoutes are what is said of roads.
func (m *Module) slowdownRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "slowdown_create", Path: "/v1/board/{node}/slowdowns", Action: "board.write", Kind: "board", Status: http.StatusCreated,
		Summary: "Say that ways take longer for a while",
		Doc:     "Plans, offers and trials of the node reckon with it at once. It ends by itself. Where several meet, the worst counts.",
	}, func(ctx context.Context, in *struct {
		Node id.Node `path:"node"`
		Body struct {
			From    time.Time          `json:"from,omitzero" doc:"absent: now"`
			Until   time.Time          `json:"until"`
			Percent int64              `json:"percent" minimum:"1" maximum:"900" doc:"by how much longer ways take"`
			Reason  dispatch.Hindrance `json:"reason" enum:"jam,snow,closure,other"`
		}
	},
	) (*httpapi.Body[slowdownView], error) {
		return httpapi.Reply(m.SlowDown(ctx, in.Node, dispatch.Slowdown{From: in.Body.From, Until: in.Body.Until, Percent: in.Body.Percent, Reason: in.Body.Reason}))
	})
	httpapi.Post(api, httpapi.Op{ID: "slowdown_end", Path: "/v1/board/{node}/slowdowns/{id}/end", Action: "board.write", Kind: "board", Summary: "Say that ways take as long as usual again"},
		func(ctx context.Context, in *struct {
			Node id.Node     `path:"node"`
			ID   id.Slowdown `path:"id"`
		},
		) (*httpapi.Body[takenBack], error) {
			return httpapi.Reply(m.EndSlowdown(ctx, in.Node, in.ID))
		})
}
