package dispatchsvc

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// engine is how far a node's plan looks after itself, and what came of it.
type engine struct {
	Node     id.Node           `json:"node"`
	Autonomy dispatch.Autonomy `json:"autonomy" enum:"people,keep,plan" doc:"people: nothing by itself; keep: a visit that its technician cannot keep goes to another in its window; plan: open visits are booked and technicians told, too"`
	Balance  dispatch.Balance  `json:"balance" enum:"off,some,strong" doc:"how much plans and offers give work to those who have less of it"`
	Haste    dispatch.Haste    `json:"haste" enum:"off,some,strong" doc:"how much plans and offers mind that urgent cases wait, whatever their clocks allow"`
	Steering dispatch.Steering `json:"steering" doc:"what customers are promised for slots that are cheaper for us"`
	LookedAt time.Time         `json:"looked_at,omitzero" doc:"last"`
	Looks    int64             `json:"looks"`
	Kept     int64             `json:"kept" doc:"visits given to another technician, so far"`
	Booked   int64             `json:"booked" doc:"visits booked, so far"`
	Told     int64             `json:"told" doc:"technicians told of a visit, so far"`
	Unkept   int64             `json:"unkept" doc:"promises that nobody could keep at the last look"`
	Version  int64             `json:"version"`

	Improved int64   `json:"improved" doc:"visits given to another technician because the plan got better by it, so far"`
	Proposal *glance `json:"proposal,omitempty" doc:"a better plan that waits for a dispatcher; absent: none is known, or nobody wants to hear of it today"`
	Nights   []night `json:"nights" doc:"what came of planning the node at night, the last first"`

	Steered []steered        `json:"steered" doc:"what came of rewards in the last thirty days, by currency"`
	PaidIn  []money.Currency `json:"paid_in" doc:"what the node's technicians are paid in, and rewards can be"`
}

// engineOf reads the row of a node; without one, people plan.
func engineOf(ctx context.Context, tx *db.Tx, node id.Node, lock string) (engine, error) {
	e := engine{Node: node, Autonomy: dispatch.ByPeople, Balance: dispatch.BalanceOff, Haste: dispatch.HasteSome}
	err := tx.Row(ctx, `SELECT autonomy, balance, haste, looked_at, looks, kept, booked, told, unkept, version, steer_permille, steer_most_minor, steer_currency FROM dispatch_engine WHERE tenant_id = ? AND node_id = ?`+lock, tx.Tenant(), node).
		Scan(&e.Autonomy, &e.Balance, &e.Haste, db.At(&e.LookedAt), &e.Looks, &e.Kept, &e.Booked, &e.Told, &e.Unkept, &e.Version,
			&e.Steering.SharePermille, &e.Steering.Most.Minor, &e.Steering.Most.Currency)
	return e, db.NotFound(err, nil)
}

func putEngine(ctx context.Context, tx *db.Tx, e engine) error {
	err := tx.Put(ctx, `INSERT INTO dispatch_engine (tenant_id, node_id, autonomy, balance, haste, looked_at, looks, kept, booked, told, unkept, version,
		steer_permille, steer_most_minor, steer_currency) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, node_id) DO UPDATE SET autonomy = excluded.autonomy, balance = excluded.balance, haste = excluded.haste, looked_at = excluded.looked_at, looks = excluded.looks,
		kept = excluded.kept, booked = excluded.booked, told = excluded.told, unkept = excluded.unkept, version = excluded.version,
		steer_permille = excluded.steer_permille, steer_most_minor = excluded.steer_most_minor, steer_currency = excluded.steer_currency`,
		tx.Tenant(), e.Node, e.Autonomy, e.Balance, e.Haste, e.LookedAt, e.Looks, e.Kept, e.Booked, e.Told, e.Unkept, e.Version,
		e.Steering.SharePermille, e.Steering.Most.Minor, e.Steering.Most.Currency)
	if err != nil {
		return fmt.Errorf("save engine: %w", err)
	}
	return nil
}

// Engine says how far a node's plan looks after itself.
func (m *Module) Engine(ctx context.Context, node id.Node) (engine, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.read"); err != nil {
		return engine{}, err
	}
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (engine, error) {
		e, err := engineOf(ctx, tx, node, "")
		if err != nil {
			return e, err
		}
		return e.told(ctx, tx)
	})
}

// SetEngine says how far a node's plan is to look after itself, which looks at once, and
// what it does about costs.
func (m *Module) SetEngine(ctx context.Context, node id.Node, ifMatch string, to dispatch.Settings) (engine, error) {
	caller, _ := access.From(ctx)
	n, err := m.board(ctx, caller.Tenant, node, "board.write")
	if err != nil {
		return engine{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (engine, error) {
		e, err := engineOf(ctx, tx, node, tx.ForUpdate())
		if err != nil {
			return e, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, e.Version); err != nil {
			return e, err
		}
		balance, haste := cmp.Or(to.Balance, e.Balance), cmp.Or(to.Haste, e.Haste)
		if balance != e.Balance || haste != e.Haste {
			stirGround(tx, node)
		}
		if to.Autonomy != e.Autonomy {
			if err := beginImproving(ctx, tx, n, e.Autonomy, to.Autonomy); err != nil {
				return e, err
			}
		}
		if to.Steering != nil {
			if err := m.steer(ctx, tx, &n, &e, *to.Steering); err != nil {
				return e, err
			}
		}
		e.Autonomy, e.Balance, e.Haste = to.Autonomy, balance, haste
		e.Version++
		if err := putEngine(ctx, tx, e); err != nil {
			return e, err
		}
		if err := m.changed(ctx, tx, node, node.String(), e.Version); err != nil {
			return e, err
		}
		return e.told(ctx, tx)
	})
}

// changed tells open boards that something of a node has changed, and has its
// plan looked at, and improved once that has settled.
func (m *Module) changed(ctx context.Context, tx *db.Tx, node id.Node, what string, version int64) error {
	if node.IsZero() {
		return nil
	}
	if err := m.hint(ctx, tx, node, what, version); err != nil {
		return err
	}
	e, err := engineOf(ctx, tx, node, "")
	if err != nil || !e.Autonomy.Keeps() {
		return err
	}
	if err := m.jobs.EnqueueBy(ctx, tx, tendKind, node.String(), tx.Now().Add(dispatch.SettleFor), tended{node}); err != nil {
		return err
	}
	return m.jobs.EnqueueBy(ctx, tx, improveKind, node.String(), tx.Now().Add(dispatch.QuietFor), improving{node})
}

// engineRoutes are how far a node's plan looks after itself.
func (m *Module) engineRoutes(api *httpapi.API) {
	m.proposalRoutes(api)
	httpapi.Get(api, httpapi.Op{ID: "board_engine_get", Path: "/v1/board/{node}/engine", Action: "board.read", Kind: "board", Summary: "How far a node's plan looks after itself, and what came of it"},
		func(ctx context.Context, in *struct {
			Node id.Node `path:"node"`
		},
		) (*httpapi.Body[engine], error) {
			return httpapi.Reply(m.Engine(ctx, in.Node))
		})
	httpapi.Put(api, httpapi.Op{ID: "board_engine_set", Path: "/v1/board/{node}/engine", Action: "board.write", Kind: "board", Summary: "Say how far a node's plan looks after itself"},
		func(ctx context.Context, in *struct {
			Node    id.Node `path:"node"`
			IfMatch string  `header:"If-Match" maxLength:"80" doc:"the version seen"`
			Body    dispatch.Settings
		},
		) (*httpapi.Body[engine], error) {
			return httpapi.Reply(m.SetEngine(ctx, in.Node, in.IfMatch, in.Body))
		})
}
