package partssvc

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// line is some pieces of one sort.
type line struct {
	Part      id.Part         `json:"part"`
	Quantity  int64           `json:"quantity" minimum:"0" maximum:"1000000"`
	Condition parts.Condition `json:"condition,omitempty" enum:"good,defective" default:"good"`
	Owner     parts.Owner     `json:"owner,omitempty" enum:"operator,brand" default:"operator"`
}

// booking is what is done to the stock of one place.
type booking struct {
	parts.Place
	Reference string `json:"reference,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9 ._/-]*$" doc:"number of a delivery note or the like; never a person's data"`
	Lines     []line `json:"lines" minItems:"1" maxItems:"200"`
}

// sending is a transfer from one place to another.
type sending struct {
	From      parts.Place `json:"from"`
	To        parts.Place `json:"to"`
	Reference string      `json:"reference,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9 ._/-]*$"`
	Lines     []line      `json:"lines" minItems:"1" maxItems:"200"`
}

// booked is what is there afterwards.
type booked struct {
	Stock []level `json:"stock"`
}

type level struct {
	parts.Position
	parts.Level
	Available int64 `json:"available"`
}

// Receive books a delivery and takes it off what was announced.
func (m *Module) Receive(ctx context.Context, b booking) (booked, error) {
	return m.book(ctx, b, "stock.write", parts.Receipt)
}

// Return books what comes back from a customer.
func (m *Module) Return(ctx context.Context, b booking) (booked, error) {
	return m.book(ctx, b, "movement.write", parts.Return)
}

// WriteOff books what is scrapped or lost. What is promised cannot be.
func (m *Module) WriteOff(ctx context.Context, b booking) (booked, error) {
	return m.book(ctx, b, "movement.write", parts.WriteOff)
}

func (m *Module) book(ctx context.Context, b booking, action string, k parts.Kind) (booked, error) {
	tree, err := m.may(ctx, action, b.Place)
	if err != nil {
		return booked{}, err
	}
	list, err := m.positions(ctx, b.Place, b.Lines, 1)
	if err != nil {
		return booked{}, err
	}
	moves := make([]parts.Movement, len(list))
	for i, p := range list {
		moves[i] = parts.At(k, p, b.Lines[i].Quantity)
	}
	return m.run(ctx, func(ctx context.Context, tx *db.Tx) (parts.Book, error) {
		if k == parts.Receipt && !b.Van() {
			if err := settleExpected(ctx, tx, b); err != nil {
				return nil, err
			}
		}
		return m.apply(ctx, tx, tree, by(ctx, b.Reference), moves...)
	})
}

// Transfer moves free pieces from one place to another, when they have arrived.
func (m *Module) Transfer(ctx context.Context, s sending) (booked, error) {
	tree, err := m.may(ctx, "movement.write", s.From)
	if err == nil {
		_, err = m.may(ctx, "movement.write", s.To)
	}
	if err != nil {
		return booked{}, err
	}
	list, err := m.positions(ctx, s.From, s.Lines, 1)
	if err != nil {
		return booked{}, err
	}
	moves := make([]parts.Movement, len(list))
	for i, p := range list {
		moves[i] = parts.Send(p, s.To, s.Lines[i].Quantity)
	}
	return m.run(ctx, func(ctx context.Context, tx *db.Tx) (parts.Book, error) {
		return m.apply(ctx, tx, tree, by(ctx, s.Reference), moves...)
	})
}

// Count makes the books say what was counted, also where that is less than what
// is promised: what is not there cannot be promised away.
func (m *Module) Count(ctx context.Context, b booking) (booked, error) {
	tree, err := m.may(ctx, "stock.count", b.Place)
	if err != nil {
		return booked{}, err
	}
	list, err := m.positions(ctx, b.Place, b.Lines, 0)
	if err != nil {
		return booked{}, err
	}
	found := map[parts.Position]int64{}
	for i, p := range list {
		if _, twice := found[p]; twice {
			return booked{}, parts.ErrLine.At("/lines/"+strconv.Itoa(i), "duplicate")
		}
		found[p] = b.Lines[i].Quantity
	}
	slices.SortFunc(list, parts.Position.Compare)
	return m.run(ctx, func(ctx context.Context, tx *db.Tx) (parts.Book, error) {
		book := parts.Book{}
		for _, p := range list {
			s, err := lock(ctx, tx, tree, p)
			if err != nil {
				return nil, err
			}
			book[p] = s.Level
			move, differs := parts.Counted(p, s.Level, found[p])
			if !differs {
				continue
			}
			after, err := m.apply(ctx, tx, tree, by(ctx, b.Reference), move)
			if err != nil {
				return nil, err
			}
			book[p] = after[p]
		}
		return book, nil
	})
}

// run does a command and answers with what is there afterwards.
func (m *Module) run(ctx context.Context, fn func(ctx context.Context, tx *db.Tx) (parts.Book, error)) (booked, error) {
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (booked, error) {
		book, err := fn(ctx, tx)
		out := booked{Stock: make([]level, 0, len(book))}
		for p, l := range book {
			out.Stock = append(out.Stock, level{p, l, l.Available()})
		}
		slices.SortFunc(out.Stock, func(a, b level) int { return a.Position.Compare(b.Position) })
		return out, err
	})
}

func by(ctx context.Context, reference string) cause {
	caller, _ := access.From(ctx)
	return cause{Reference: reference, User: caller.User}
}

// may asks access whether the caller may do the action at the place, and returns
// the network.
func (m *Module) may(ctx context.Context, action string, at parts.Place) (*network.Tree, error) {
	caller, _ := access.From(ctx)
	tree, err := m.network.Tree(ctx, caller.Tenant)
	if err != nil {
		return nil, err
	}
	if _, known := tree.Node(at.Node); !known {
		return nil, network.ErrNodeNotFound
	}
	return tree, m.guard.Can(ctx, action, resource(tree, action, at))
}

// resource is the place as access sees it.
func resource(tree *network.Tree, action string, at parts.Place) access.Resource {
	act, _ := access.Lookup(action)
	node, _ := tree.Node(at.Node)
	return access.Resource{Kind: act.Kind, Node: at.Node, Partner: node.Partner}
}

// positions checks the lines, and that the catalogue knows their parts.
func (m *Module) positions(ctx context.Context, at parts.Place, lines []line, least int64) ([]parts.Position, error) {
	caller, _ := access.From(ctx)
	known := map[id.Part]bool{}
	out := make([]parts.Position, len(lines))
	bad := parts.ErrLine
	for i, l := range lines {
		where := "/lines/" + strconv.Itoa(i)
		p, err := parts.Position{Place: at, Part: l.Part, Condition: l.Condition, Owner: l.Owner}.Check()
		if err != nil {
			for _, f := range fault.Of(err).Fields {
				bad = bad.At(where+f.Pointer, f.Code)
			}
		}
		if l.Quantity < least || l.Quantity > parts.MaxQuantity {
			bad = bad.At(where+"/quantity", "range")
		}
		if err == nil && !known[l.Part] {
			_, err := m.catalog.Part(ctx, caller.Tenant, l.Part)
			if errors.Is(err, catalog.ErrPartNotFound) {
				bad = bad.At(where+"/part", "unknown")
			} else if err != nil {
				return nil, err
			}
			known[l.Part] = true
		}
		out[i] = p
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}
