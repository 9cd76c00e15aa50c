package parts

import (
	"maps"
	"slices"
)

// Kind is why stock moves.
type Kind string

// The kinds of movements.
const (
	Receipt   Kind = "receipt"   // a supplier or the brand delivered
	Transfer  Kind = "transfer"  // from one place to another
	Reserve   Kind = "reserve"   // promised to an appointment
	Release   Kind = "release"   // the promise is off
	Consume   Kind = "consume"   // built into a customer's unit, or sent to the customer
	Shortfall Kind = "shortfall" // used although the books had none: to be looked at
	Return    Kind = "return"    // came back from a customer
	Count     Kind = "count"     // what was counted differs from the books
	WriteOff  Kind = "write_off" // scrapped or lost
)

// Kinds are all kinds.
var Kinds = []Kind{Receipt, Transfer, Reserve, Release, Consume, Shortfall, Return, Count, WriteOff}

// Account is one of the places between which pieces move. Inside a position
// there are two: what is free and what is held for somebody.
type Account string

// The accounts.
const (
	Free       Account = "free"
	Held       Account = "held"
	Supplier   Account = "supplier"
	Customer   Account = "customer"
	Difference Account = "difference" // found, or not found, when counting
	Scrap      Account = "scrap"
)

// Inside reports whether the account is part of a position.
func (a Account) Inside() bool { return a == Free || a == Held }

// Slot is an account of a position. Outside of the stock the position says of
// which sort of piece the account is: its place is that of the other side.
type Slot struct {
	Account  Account  `json:"account"`
	Position Position `json:"position"`
}

// Movement takes a quantity from one slot and gives it to another.
type Movement struct {
	Kind     Kind  `json:"kind"`
	From     Slot  `json:"from"`
	To       Slot  `json:"to"`
	Quantity int64 `json:"quantity"` // above zero
}

// within says which accounts the kinds of movements at one position connect.
var within = map[Kind][2]Account{
	Receipt: {Supplier, Free}, Reserve: {Free, Held}, Release: {Held, Free}, Shortfall: {Free, Customer}, Return: {Customer, Free}, WriteOff: {Free, Scrap},
}

// At returns the movement of a kind that happens at one position. What is used
// is taken from what was held or, with Use, from what is free.
func At(k Kind, p Position, quantity int64) Movement {
	a := within[k]
	return Movement{Kind: k, From: Slot{a[0], p}, To: Slot{a[1], p}, Quantity: quantity}
}

// Use returns the movement that takes pieces from the account of p to the
// customer.
func Use(from Account, p Position, quantity int64) Movement {
	return Movement{Kind: Consume, From: Slot{from, p}, To: Slot{Customer, p}, Quantity: quantity}
}

// Send returns the movement of free pieces from p to another place.
func Send(p Position, to Place, quantity int64) Movement {
	q := p
	q.Place = to
	return Movement{Kind: Transfer, From: Slot{Free, p}, To: Slot{Free, q}, Quantity: quantity}
}

// Counted returns the movement that makes the books say what was counted, and
// false if they do already.
func Counted(p Position, books Level, found int64) (Movement, bool) {
	m := Movement{Kind: Count, From: Slot{Difference, p}, To: Slot{Free, p}, Quantity: found - books.OnHand}
	if m.Quantity < 0 {
		m.From, m.To, m.Quantity = m.To, m.From, -m.Quantity
	}
	return m, m.Quantity != 0
}

// fact reports whether a movement has happened whatever the books say.
func (k Kind) fact() bool {
	switch k {
	case Shortfall, Count:
		return true
	case Receipt, Transfer, Reserve, Release, Consume, Return, WriteOff:
		return false
	default:
		return false
	}
}

// legal reports whether the movement connects what its kind connects, and one
// sort of pieces with itself.
func (m Movement) legal() bool {
	from, to := m.From.Position, m.To.Position
	moves := from.Place != to.Place
	from.Place = to.Place
	if from != to || m.Quantity < 1 || m.Quantity > MaxQuantity || moves != (m.Kind == Transfer) {
		return false
	}
	a := [2]Account{m.From.Account, m.To.Account}
	switch m.Kind {
	case Receipt, Reserve, Release, Shortfall, Return, WriteOff:
		return a == within[m.Kind]
	case Transfer:
		return a == [2]Account{Free, Free}
	case Consume:
		return a == [2]Account{Held, Customer} || a == [2]Account{Free, Customer}
	case Count:
		return a == [2]Account{Difference, Free} || a == [2]Account{Free, Difference}
	default:
		return false
	}
}

// MaxQuantity is the most pieces of one movement.
const MaxQuantity = 1_000_000

// Book is the stock of some positions. A position that it does not hold has
// nothing.
type Book map[Position]Level

// Apply does the movements one after the other, all or none. It refuses with
// ErrShort what would take more than is free (or, of what is held, than is
// held), unless it is a fact.
func (b Book) Apply(moves ...Movement) error {
	next := maps.Clone(b)
	for _, m := range moves {
		if !m.legal() {
			return ErrMovement.With("kind", m.Kind)
		}
		if err := next.take(m); err != nil {
			return err
		}
		next.give(m)
	}
	maps.Copy(b, next)
	return nil
}

func (b Book) take(m Movement) error {
	p := m.From.Position
	l := b[p]
	switch m.From.Account {
	case Free:
		if !m.Kind.fact() && m.Quantity > l.Available() {
			return ErrShort.With("available", max(0, l.Available()))
		}
		l.OnHand -= m.Quantity
	case Held:
		if m.Quantity > l.Reserved {
			return ErrShort.With("available", l.Reserved)
		}
		l.OnHand -= m.Quantity
		l.Reserved -= m.Quantity
	case Supplier, Customer, Difference, Scrap:
		return nil
	}
	b[p] = l
	return nil
}

func (b Book) give(m Movement) {
	p := m.To.Position
	l := b[p]
	switch m.To.Account {
	case Free:
		l.OnHand += m.Quantity
	case Held:
		l.OnHand += m.Quantity
		l.Reserved += m.Quantity
	case Supplier, Customer, Difference, Scrap:
		return
	}
	b[p] = l
}

// Positions returns the positions that the movements touch, in the order of
// Compare.
func Positions(moves ...Movement) []Position {
	var out []Position
	for _, m := range moves {
		out = append(out, m.From.Position, m.To.Position)
	}
	slices.SortFunc(out, Position.Compare)
	return slices.Compact(out)
}

// Lines returns what the movement adds to its two slots: as much as it takes
// from one it gives to the other.
func (m Movement) Lines() [2]Posting {
	return [2]Posting{{m.From, -m.Quantity}, {m.To, m.Quantity}}
}

// Posting is one side of a movement.
type Posting struct {
	Slot
	Quantity int64 `json:"quantity"`
}

// Replay returns the levels that postings add up to, in whatever order they
// come.
func Replay(postings []Posting) Book {
	b := Book{}
	for _, p := range postings {
		if !p.Account.Inside() {
			continue
		}
		l := b[p.Position]
		l.OnHand += p.Quantity
		if p.Account == Held {
			l.Reserved += p.Quantity
		}
		b[p.Position] = l
	}
	return b
}
