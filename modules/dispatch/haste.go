package dispatch

// Haste is how much a node's plans and offers mind that urgent cases wait, whatever their
// clocks allow.
type Haste string

// How much. Off, only the clocks count.
const (
	HasteOff  Haste = "off"
	HasteSome Haste = "some" // a critical case tomorrow is worth some hours' pay less than today, a high one some minutes'
	HasteMost Haste = "strong"
)

// Waiting is what an hour of waiting costs a case of a priority (1 the most urgent), as a
// share of an hour's pay. It is nobody's money: it only decides between times.
func (h Haste) Waiting(priority int64) (permille int64) {
	var by [3]int64
	switch h {
	case HasteSome:
		by = [3]int64{200, 40, 0}
	case HasteMost:
		by = [3]int64{800, 200, 20}
	case HasteOff:
	}
	return by[min(max(priority, 1), 3)-1]
}

// Settings is what a node says of its plans. What is "" or nil stays as it is.
type Settings struct {
	Autonomy Autonomy `json:"autonomy" enum:"people,keep,plan"`
	Balance  Balance  `json:"balance,omitempty" enum:"off,some,strong" doc:"absent: as it is"`
	Haste    Haste    `json:"haste,omitempty" enum:"off,some,strong" doc:"absent: as it is"`

	Steering *Steering `json:"steering,omitempty" doc:"absent: as it is. Rewards are the operator's money, so only its own people set them"`
}
