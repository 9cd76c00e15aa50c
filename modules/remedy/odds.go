package remedy

// Count is how often something was tried and how often it ended well.
type Count struct {
	Tried int64 `json:"tried"`
	Fixed int64 `json:"fixed"`
}

// Prior is what is believed before a tenant has a history of its own: the
// outcomes of 2,252 repairs with a known result among the records of the Open
// Repair Alliance (2,500 records of five partners, 2022 to 2025, CC BY-SA 4.0):
// 1,185 were fixed at the first sitting, 678 could be repaired with a further
// part or visit, 389 were beyond repair. Counted on 2026-11-21.
var Prior = Count{Tried: 2252, Fixed: 1185}

// believe is how many tries of one's own outweigh the prior: the prior counts
// as so many tries, however many it was counted from, because it comes from
// another trade. It is wide on purpose.
const believe = 20

// Permille is the chance that the next try ends well, in thousandths: the mean
// of a beta distribution that starts at prior and learns from c.
func (c Count) Permille(prior int64) int64 {
	return (c.Fixed*1000 + prior*believe) / (c.Tried + believe)
}

// firstSitting is the chance of a first visit by the prior, in thousandths.
var firstSitting = Prior.Fixed * 1000 / Prior.Tried

// priors are the chances of each way before anything is known, in thousandths.
// Only the one of a visit is counted; the others are its multiples, chosen so
// that ways that see less of the unit promise less, and say so as "prior".
var priors = map[Mode]int64{
	Remote:   firstSitting * 6 / 10,
	SelfKit:  firstSitting * 9 / 10,
	CarryIn:  firstSitting * 13 / 10,
	MailIn:   firstSitting * 13 / 10,
	OnSite:   firstSitting * 12 / 10, // with a technician trained on the product and a likely part
	Swap:     980,
	TradeIn:  1000,
	Refund:   1000,
	Partial:  1000,
	NoRemedy: 0,
}
