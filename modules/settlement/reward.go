package settlement

import (
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/warranty"
)

// RuleReward stands on the line that gives a customer what was promised for the slot they
// took. It follows from that promise and from no member of a card.
const RuleReward = "steering_reward"

// RewardLine is the line below nothing by which a customer gets what was promised; false
// where that is nothing.
func RewardLine(promised money.Amount) (Line, bool) {
	if promised.Minor <= 0 {
		return Line{}, false
	}
	back := promised.Neg()
	return Line{Kind: warranty.Travel, Quantity: 1, Unit: "call", Each: back.Minor, Amount: back, Rule: RuleReward}, true
}

// Grant books a line of RewardLine: it is a cost of the operator, whoever pays for the
// rest, and the customer owes that much less.
func Grant(l Line) []Posting {
	return []Posting{{CostOf(l.Kind), l.Amount.Neg()}, {Receivable(warranty.CustomerPays), l.Amount}}
}
