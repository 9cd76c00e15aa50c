package real

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

// Statement is what is read of a statement.
type Statement struct {
	ID    id.Statement     `json:"id"`
	Party settlement.Party `json:"party"`
	State settlement.State `json:"state"`
	Lines int64            `json:"lines"`
	Total money.Amount     `json:"total"`
}

// Balance is what stands on an account.
type Balance struct {
	Account settlement.Account `json:"account"`
	Amount  money.Amount       `json:"amount"`
}

// books reads how every case ended and what it costs, the statements and the
// journal.
func (p *play) books(ctx context.Context) (err error) {
	err = each(p.cases(), func(c *Course) error {
		var now struct {
			State desk.State `json:"state"`
		}
		if err := p.get(ctx, p.of(c, ""), &now); err != nil {
			return err
		}
		c.State = now.State
		var work struct{ Items []order }
		if err := p.get(ctx, p.of(c, "/work-orders"), &work); err != nil {
			return err
		}
		for _, o := range work.Items {
			c.WorkState = o.State
		}
		var charges struct{ Items []Charge }
		if err := p.get(ctx, p.of(c, "/charges"), &charges); err != nil {
			return err
		}
		c.Charges = charges.Items
		if !c.Outcome.Fails() {
			return nil
		}
		var next planView
		if err := p.get(ctx, p.of(c, "/plan"), &next); err != nil || next.State != string(remedy.Proposed) || len(next.Facts.Tried) == 0 {
			return err
		}
		c.Second = next.best()
		return nil
	})
	if err != nil {
		return err
	}
	if p.report.Statements, err = pages[Statement](ctx, p.client, "/v1/statements"); err != nil {
		return err
	}
	var balances struct{ Items []Balance }
	if err := p.get(ctx, "/v1/journal/balances", &balances); err != nil {
		return err
	}
	p.report.Balances = balances.Items
	return nil
}

// cases are the courses of which a case has come.
func (p *play) cases() (out []*Course) {
	for _, c := range p.courses {
		if !c.Case.IsZero() {
			out = append(out, c)
		}
	}
	return out
}

// prove downloads every proof of every case and checks it offline, against the
// key that the log says is its own.
func (p *play) prove(ctx context.Context) error {
	var log struct {
		Key  string `json:"key"`
		Size int64  `json:"size"`
	}
	if err := p.get(ctx, "/v1/public/log", &log); err != nil {
		return err
	}
	p.report.Leaves = log.Size
	var held atomic.Int64
	err := each(p.cases(), func(c *Course) error {
		var page struct {
			Items []struct {
				Leaf id.Leaf `json:"leaf"`
			}
		}
		if err := p.get(ctx, p.of(c, "/proofs"), &page); err != nil {
			return err
		}
		for _, l := range page.Items {
			var b proof.Bundle
			if err := p.get(ctx, p.of(c, "/proofs/"+l.Leaf.String()), &b); err != nil {
				return err
			}
			f, err := proof.Check(b, log.Key)
			if err != nil || !f.Opened {
				return fmt.Errorf("the proof %s does not hold: %w", l.Leaf, err)
			}
			c.Proofs++
		}
		held.Add(int64(c.Proofs))
		return nil
	})
	p.report.Proofs = held.Load()
	return err
}

// repeat sends the whole table once more: nothing may come of it.
func (p *play) repeat(ctx context.Context) error {
	got, err := p.send(ctx, p.courses, false)
	if err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	var balances struct{ Items []Balance }
	if err := p.get(ctx, "/v1/journal/balances", &balances); err != nil {
		return err
	}
	p.report.Again = Repetition{Created: got.Created, Repeated: got.Repeated, Refused: got.Refused, SameBooks: slices.Equal(p.report.Balances, balances.Items)}
	return nil
}

// Repetition is what came of sending the same table twice.
type Repetition struct {
	Created, Repeated, Refused int
	SameBooks                  bool
}

// Disagreements lists where the books do not agree with the charges of the
// cases: accounts that do not sum to nothing, receivables and payables that are
// not what was charged, statements that are not the sum of their lines.
func (r *Report) Disagreements() (out []string) {
	sums, want := map[money.Currency]int64{}, map[string]int64{}
	statements := map[id.Statement]int64{}
	for _, b := range r.Balances {
		sums[b.Amount.Currency] += b.Amount.Minor
		if strings.HasPrefix(string(b.Account), "receivable:") || b.Account == settlement.Payable {
			want[string(b.Account)+" "+string(b.Amount.Currency)] -= b.Amount.Minor
		}
	}
	for _, c := range r.Courses {
		for _, ch := range c.Charges {
			statements[ch.Statement] += ch.Amount.Minor
			switch {
			case ch.Party == settlement.ToPartner:
				want[string(settlement.Payable)+" "+string(ch.Amount.Currency)] -= ch.Amount.Minor
			case ch.Payer != warranty.OperatorPays:
				want[string(settlement.Receivable(ch.Payer))+" "+string(ch.Amount.Currency)] += ch.Amount.Minor
			}
		}
	}
	for c, sum := range sums {
		if sum != 0 {
			out = append(out, fmt.Sprintf("the accounts in %s sum to %d", c, sum))
		}
	}
	for account, rest := range want {
		if rest != 0 {
			out = append(out, fmt.Sprintf("%s differs from the charges by %d", account, rest))
		}
	}
	for _, s := range r.Statements {
		if s.Total.Minor != statements[s.ID] {
			out = append(out, fmt.Sprintf("%s says %d, its charges %d", s.ID, s.Total.Minor, statements[s.ID]))
		}
	}
	slices.Sort(out)
	return out
}

// sorted returns the keys of a table in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
