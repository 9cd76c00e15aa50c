package world

import "fettle.dev/fettle/modules/dispatch"

// Board is what a node's dispatchers have chosen for its plan.
type Board struct {
	Node     string
	Autonomy dispatch.Autonomy
	Balance  dispatch.Balance // "": whoever costs least
	Share    int64            // permille of what a cheap time saves that customers get back; 0: nothing
	Most     int64            // for one visit, in minor units of the node's currency
}

// Boards are the boards on which something else was chosen than to keep promises.
// In Wuhan, where the heat comes, the plan books and tells as well; rewards for
// cheap times are the operator's money, so partners' nodes have none.
var Boards = []Board{
	{Node: "wuhan-hankou", Autonomy: dispatch.Planning, Share: 300, Most: 5_000},
	{Node: "wuhan-wuchang", Autonomy: dispatch.Planning, Balance: dispatch.BalanceSome},
	{Node: "hamburg", Autonomy: dispatch.Keeping, Share: 250, Most: 1_500},
	{Node: "chicago", Autonomy: dispatch.Keeping, Balance: dispatch.BalanceSome, Share: 250, Most: 2_000},
}

// Lend is a technician who is lent to another node, at a price of each visit
// there, in minor units of the currency that they are paid in.
type Lend struct {
	Technician, To string
	Price          int64
}

// Lends: the partner that runs both stations sends somebody from Xiangyang, who
// stays in Wuhan, to help Wuchang in the heat; Hannover lies between Hamburg and
// Berlin.
var Lends = []Lend{
	{"xiangyang-05", "wuhan-wuchang", 2_000},
	{"hamburg-04", "berlin", 1_200},
}
