package world

import (
	"math/rand/v2"
)

// Stock is how much of a part lies at a node when the play begins.
type Stock struct {
	Node, Part string
	Quantity   int64
	Brand      bool // consigned by the brand
}

// stores are the nodes that hold parts of each brand, with how deep they stock.
var stores = map[string][]struct {
	node string
	deep int
}{
	Lingfeng: {
		{"rc-china", 6},
		{"wuhan-hankou", 2},
		{"wuhan-wuchang", 2},
		{"xiangyang", 1},
		{"yichang", 1},
		{"shanghai", 2},
		{"guangzhou", 2},
		{"chengdu", 1},
		{"changsha", 1},
		{"singapore", 1},
	},
	Layerworks: {{"rc-americas", 5}, {"rc-europe", 3}, {"chicago", 1}, {"new-york", 1}, {"austin", 1}, {"san-francisco", 1}, {"toronto", 1}, {"berlin", 1}, {"munich", 1}},
	Voltara:    {{"rc-europe", 5}, {"hamburg", 1}, {"berlin", 1}, {"koln", 1}, {"munich", 1}, {"amsterdam", 1}, {"london", 2}, {"manchester", 1}, {"stockholm", 1}, {"paris", 1}, {"vienna", 1}},
}

// stock puts parts on the shelves: more of what goes quickly, more in the
// regional centres, and in local nodes often nothing of what goes slowly, so
// that some cases wait for a part.
func stock(w *World, r *rand.Rand) (out []Stock) {
	brand := map[string]string{}
	for _, l := range w.Lines {
		brand[l.Code] = l.Brand
	}
	for _, p := range w.Parts {
		for _, s := range stores[brand[p.Line]] {
			most := p.Moves * s.deep
			if s.deep < 3 && p.Moves < 4 && r.IntN(3) > 0 || r.IntN(14) == 0 {
				continue
			}
			out = append(out, Stock{Node: s.node, Part: p.Number, Quantity: int64(1 + r.IntN(most)), Brand: brand[p.Line] == Voltara && r.IntN(2) == 0})
		}
	}
	return out
}
