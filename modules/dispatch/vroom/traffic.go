package vroom

import (
	"encoding/json"
	"maps"
	"math"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// speed is an extension: how fast everybody of a profile is from an instant on, until that
// of the next one. Before the first it is 1, which is what the ways are stated for.
type speed struct {
	From   int64   `json:"from"`
	Factor float64 `json:"speed_factor"`
}

// The speeds of traffic are kept in thousandths, those of vehicles in hundredths.
const (
	flowing    = 1000
	leastSpeed = 10
	mostSpeed  = 10_000
	mostSpeeds = 10_000 // of a profile
)

// readTraffic reads the speeds of each profile.
func (d *document) readTraffic(r *report, text json.RawMessage) {
	var raw map[string]json.RawMessage
	if present(text) && !decode(r, text, &raw, "/traffic") {
		return
	}
	d.Traffic = map[string][]speed{}
	for _, profile := range slices.Sorted(maps.Keys(raw)) {
		var list []speed
		pointer := "/traffic/" + escape(profile)
		if !decode(r, raw[profile], &list, pointer) {
			continue
		}
		if len(list) > mostSpeeds {
			r.tooMany(pointer, mostSpeeds)
			continue
		}
		checkTraffic(r, list, pointer)
		d.Traffic[profile] = list
	}
}

func checkTraffic(r *report, list []speed, pointer string) {
	for k := range list {
		v := &list[k]
		if v.From < 0 || v.From > maxInstant || k > 0 && v.From <= list[k-1].From {
			r.wrong("out_of_range", "%s/%d/from", pointer, k)
		}
		if s := v.permille(); s < leastSpeed || s > mostSpeed {
			r.wrong("out_of_range", "%s/%d/speed_factor", pointer, k)
		}
	}
}

// permille is the speed in thousandths.
func (v *speed) permille() int32 {
	return int32(math.Round(flowing * min(2*mostSpeed/flowing, max(0, v.Factor))))
}

// speeds are the speeds of a profile as routing takes them.
func (d *document) speeds(profile string) (out []routing.Speed) {
	for i := range d.Traffic[profile] {
		v := &d.Traffic[profile][i]
		out = append(out, routing.Speed{From: v.From, Permille: v.permille()})
	}
	return out
}

// slowest is the least speed of a profile at any time, in thousandths.
func (v *profile) slowest() int64 {
	least := int64(flowing)
	for _, s := range v.travel.Speeds {
		least = min(least, int64(s.Permille))
	}
	return least
}
