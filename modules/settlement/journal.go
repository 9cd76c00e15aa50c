package settlement

import (
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/warranty"
)

// Account is where money is counted: "receivable:brand", "revenue:labour",
// "payable:partner", "cost:travel".
type Account string

// Receivable is what a payer owes the operator.
func Receivable(p warranty.Payer) Account { return Account("receivable:" + string(p)) }

// Revenue is what the operator has earned by a kind of cost.
func Revenue(k warranty.CostKind) Account { return Account("revenue:" + string(k)) }

// Payable is what the operator owes its partners.
const Payable Account = "payable:partner"

// CostOf is what a kind of cost has cost the operator.
func CostOf(k warranty.CostKind) Account { return Account("cost:" + string(k)) }

// Cash is where money that was paid comes in and goes out.
const Cash Account = "cash:bank"

// Posting is one side of an entry: positive is debit, negative is credit.
type Posting struct {
	Account Account      `json:"account"`
	Amount  money.Amount `json:"amount"`
}

// Charge books what a payer owes for a kind of cost. What the operator pays
// itself is a cost of its own and no revenue.
func Charge(s Share, k warranty.CostKind) []Posting {
	if s.Payer == warranty.OperatorPays {
		return nil
	}
	return []Posting{{Receivable(s.Payer), s.Amount}, {Revenue(k), s.Amount.Neg()}}
}

// Owe books what the operator owes a partner for a line.
func Owe(l Line) []Posting {
	return []Posting{{CostOf(l.Kind), l.Amount}, {Payable, l.Amount.Neg()}}
}

// Reverse books an entry the other way round: together they come to nothing on
// every account. An entry that was wrong is reversed and never deleted.
func Reverse(entry []Posting) []Posting {
	out := make([]Posting, len(entry))
	for i, p := range entry {
		out[i] = Posting{p.Account, p.Amount.Neg()}
	}
	return out
}

// Balanced returns ErrUnbalanced unless the postings of every currency add up
// to nothing. An entry that does not balance is never written.
func Balanced(entry []Posting) error {
	sums := map[money.Currency]int64{}
	for _, p := range entry {
		sum, err := money.Of(sums[p.Amount.Currency], p.Amount.Currency).Add(p.Amount)
		if err != nil {
			return err
		}
		sums[p.Amount.Currency] = sum.Minor
	}
	for _, sum := range sums {
		if sum != 0 {
			return ErrUnbalanced
		}
	}
	return nil
}
