package world

import (
	"fmt"
	"math/rand/v2"
	"time"

	"fettle.dev/fettle/modules/catalog"
)

// Unit is a unit of the installed base, and where it stands.
type Unit struct {
	Serial, Brand, Line, Model string
	Place                      Place
	SoldOn, InstalledOn        catalog.Day
	State                      catalog.UnitState
}

// installed is how many units of each brand there are.
var installed = map[string]int{Lingfeng: 1900, Layerworks: 720, Voltara: 680}

// older is how many days ago the newest unit was sold: before the play begins.
const older = 50

// units makes up the installed base. The newer a unit the more there are of its
// age: the brands grow. One in twelve is not registered with its day of sale.
func units(w *World, r *rand.Rand) (out []Unit) {
	today, err := time.Parse(time.DateOnly, string(w.Day))
	if err != nil {
		panic("world: " + err.Error()) // catalog.DayOf made it
	}
	number := 0
	for _, b := range w.Brands {
		var places []Place
		var weights []int
		for _, p := range Places {
			if p.Brand == b.Code {
				places, weights = append(places, p), append(weights, p.Weight)
			}
		}
		for range installed[b.Code] {
			number += 1 + r.IntN(37)
			l, m := someModel(r, w.Lines, b.Code)
			age := min(r.IntN(m.Since*30), r.IntN(m.Since*30)) + older
			sold := today.AddDate(0, 0, -age)
			u := Unit{
				Brand: b.Code, Line: l.Code, Model: m.Code, Place: places[Weighted(r, weights)], State: catalog.Sold,
				Serial: fmt.Sprintf("%s%02d%02d%s%06d", prefix[b.Code], sold.Year()%100, 1+sold.YearDay()/7, m.Code[3:4], number),
			}
			if r.IntN(12) > 0 {
				u.SoldOn = catalog.DayOf(sold)
			}
			if b.Code != Layerworks {
				u.InstalledOn, u.State = catalog.DayOf(sold.AddDate(0, 0, min(r.IntN(12), age-1))), catalog.Installed
			}
			out = append(out, u)
		}
	}
	return out
}

// someModel chooses a model of the brand by how many there are of each.
func someModel(r *rand.Rand, lines []Line, brand string) (Line, Model) {
	var ofBrand []Line
	var weights []int
	for _, l := range lines {
		if l.Brand != brand {
			continue
		}
		for i := range l.Models {
			ofBrand, weights = append(ofBrand, l), append(weights, l.Models[i].Weight*lineShare[l.Code])
		}
	}
	at := Weighted(r, weights)
	l := ofBrand[at]
	for first := at; ; first-- {
		if first == 0 || ofBrand[first-1].Code != l.Code {
			return l, l.Models[at-first]
		}
	}
}

// lineShare is how common the lines of a brand are.
var lineShare = map[string]int{
	"AC-WALL": 10, "AC-FLOOR": 6, "AC-DUCT": 3, "AC-PORT": 2, "PR-FDM": 10, "PR-RESIN": 8, "PR-PRO": 4, "EV-HOME": 10, "EV-POST": 9, "EV-DC": 9,
}
