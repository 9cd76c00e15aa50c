// Package world makes up the world that the demo plays in: three fictional
// brands, the network that serves them, what they sell, who works there, and
// what is owed to whom.
//
// Everything follows from one seed and one day: the same seed and day make the
// same world. Nothing in it is real: brands, partners, products, persons and
// prices are made up, phone numbers come from ranges that nobody is given where
// a country keeps such ranges, and e-mail addresses end in example.org. Only the
// cities are real. Things name each other by their codes; package stage gives
// them their ids.
package world

import (
	"math/rand/v2"
	"time"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
)

// Seed is the seed of the demo.
const Seed = 20_261_121

// World is all that is there when the play begins.
type World struct {
	Day         catalog.Day // on which it was made up
	Operator    network.Operator
	Brands      []Brand
	Partners    []network.Partner // without ids
	Nodes       []Node
	Territories []Territory
	Lines       []Line
	Parts       []Part
	Terms       []Term
	Units       []Unit
	Technicians []Technician
	Targets     []Target
	Hours       []Hours
	Countries   []locale.Country // whose special days count
	Cards       []Card
	Stock       []Stock
	Users       []User
}

// Brand is a brand with the currency of its contract.
type Brand struct {
	Code, Name string
	Currency   money.Currency
}

// The codes of the brands.
const (
	Lingfeng   = "lingfeng"   // air conditioners
	Layerworks = "layerworks" // 3D printers
	Voltara    = "voltara"    // chargers of electric vehicles
)

// Brands are the three brands.
var Brands = []Brand{
	{Lingfeng, "凌风 Lingfeng", "CNY"},
	{Layerworks, "Layerworks", "USD"},
	{Voltara, "Voltara", "EUR"},
}

// Currency is the currency of the brand's contract.
func Currency(brand string) money.Currency {
	for _, b := range Brands {
		if b.Code == brand {
			return b.Currency
		}
	}
	return ""
}

// Make makes up the world of a seed, as it is at the instant.
func Make(seed uint64, now time.Time) *World {
	w := &World{
		Day:      catalog.DayOf(now.UTC()),
		Operator: network.Operator{Name: "Fettle Demo (synthetic)", Country: "CN", Zone: "Asia/Shanghai", Currency: "CNY"},
		Brands:   Brands, Partners: partners, Nodes: nodes(), Territories: territories(), Lines: lines(),
		Targets: targets, Hours: hours, Countries: countries(), Cards: cards(),
	}
	w.Parts = parts(w.Lines)
	w.Terms = terms(w.Lines)
	w.Units = units(w, Stream(seed, 1))
	w.Technicians = technicians(Stream(seed, 2))
	w.Stock = stock(w, Stream(seed, 3))
	w.Users = users(w)
	return w
}

// Stream is one of the independent streams of chance of a seed, so that a change
// in one part of the world leaves the others as they are.
func Stream(seed, n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }

// pick returns one of the values.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// Weighted returns an index by chance, as likely as its weight is heavy.
func Weighted(r *rand.Rand, weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := r.IntN(max(total, 1))
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}
