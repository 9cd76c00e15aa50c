package routing

// Grain is the unit of cost: 1/18,000 of a minor unit. It is the largest unit in
// which both a second at a price per hour and a metre at a price per kilometre
// are whole, so that costs add up exactly in any order.
type Grain int64

const (
	perMinor  = 18_000
	perMetre  = perMinor / 1000 // times a price per kilometre
	perSecond = perMinor / 3600 // times a price per hour
)

// Minor rounds a cost to whole minor units, half away from zero.
func (g Grain) Minor() int64 {
	if g < 0 {
		return -(-g).Minor()
	}
	return int64(g+perMinor/2) / perMinor
}

// Minor is an amount of whole minor units.
func Minor(amount int64) Grain { return Grain(amount) * perMinor }

// Score ranks plans: first the urgent work that is left, then money.
type Score struct {
	Lost int64 // of classes, weighted so that one job outweighs all of the classes below; or of Worth
	Cost Grain
}

// Less reports whether s is the better score.
func (s Score) Less(t Score) bool {
	return s.Lost < t.Lost || s.Lost == t.Lost && s.Cost < t.Cost
}
