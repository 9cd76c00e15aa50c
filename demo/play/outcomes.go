package play

import (
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/work"
)

// What came of the first attempts among 2,500 real repairs: records of the Open
// Repair Alliance, five partners, 2022 to 2025, CC BY-SA 4.0, counted on
// 2026-11-21.
var firstAttempt = []struct {
	came  came
	count int
}{
	{fixedAtOnce, 1185}, {another, 678}, {beyondRepair, 389}, {unknown, 248},
}

// came is what came of an attempt, as those records say it.
type came string

const (
	fixedAtOnce  came = "fixed"
	another      came = "repairable" // with another part or visit
	beyondRepair came = "end of life"
	unknown      came = "unknown"
)

// barriers are why repairs ended there, of 245 records that say so.
var barriers = []struct {
	cause string
	count int
}{
	{"worn_out", 70}, {"parts_not_available", 56}, {"too_expensive", 46}, {"no_information", 35}, {"cannot_open", 31}, {"no_equipment", 7},
}

// result is how an attempt ends, as a record says it.
type result struct {
	Outcome work.Outcome
	Cause   string
	Fixes   bool // parts are used, and a fix was made
}

// attempt says how the next attempt of a repair ends. The second one ends well
// as a rule: the part is there.
func (p *Player) attempt(w desk.WorkType, number int64) result {
	if w != desk.Repair {
		return p.planned()
	}
	if number > 1 && p.chance(820) {
		return result{work.Fixed, "", true}
	}
	weights := make([]int, len(firstAttempt))
	for i, f := range firstAttempt {
		weights[i] = f.count
	}
	switch firstAttempt[world.Weighted(p.rand, weights)].came {
	case fixedAtOnce:
		if p.chance(90) {
			return result{work.FixedByCare, "operation", false}
		}
		return result{work.Fixed, p.excluded(), true}
	case another:
		if p.chance(600) {
			return result{work.PartMissing, "", false}
		}
		return result{work.NotFixed, "", false}
	case beyondRepair:
		return p.barrier()
	case unknown:
		if p.chance(500) {
			return result{work.NotPresent, "", false}
		}
		return result{work.CustomerNo, "", false}
	default:
		return result{work.NotFixed, "", false}
	}
}

// excluded is a cause that terms leave out, now and then.
func (p *Player) excluded() string {
	if !p.chance(60) {
		return ""
	}
	return pick(p.rand, []string{"misuse", "water", "power_supply", "third_party_repair"})
}

func (p *Player) barrier() result {
	weights := make([]int, len(barriers))
	for i, b := range barriers {
		weights[i] = b.count
	}
	cause := barriers[world.Weighted(p.rand, weights)].cause
	if cause == "too_expensive" {
		return result{work.CustomerNo, cause, false}
	}
	return result{work.EndOfLife, cause, false}
}

// planned is how work ends that is no repair.
func (p *Player) planned() result {
	switch n := p.rand.IntN(100); {
	case n < 4:
		return result{work.NotPresent, "", false}
	case n < 7:
		return result{work.PartMissing, "", false}
	default:
		return result{work.WorkFinished, "", false}
	}
}
