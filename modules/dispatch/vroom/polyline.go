package vroom

import "math"

// geometry is the line from stop to stop as an encoded polyline (precision 5), or
// nil when not every stop has a location on the globe. It is straight: nobody here knows the
// roads.
func (p *Problem) geometry(vehicle int, jobs []int) *string {
	v := &p.doc.Vehicles[vehicle]
	line := p.line(v, jobs)
	for _, location := range line {
		if location == nil || !onEarth(location) {
			return nil
		}
	}
	text := polyline(line)
	return &text
}

// line are the locations of a route in order.
func (p *Problem) line(v *vehicle, jobs []int) (out [][]float64) {
	if p.startsSomewhere(v) {
		out = append(out, v.Start)
	}
	for _, j := range jobs {
		out = append(out, p.doc.Jobs[j].Location)
	}
	if p.endsSomewhere(v) {
		out = append(out, v.End)
	}
	return out
}

// polyline encodes points of longitude and latitude: differences in units of
// 1e-5 degrees, latitude first, in groups of five bits, the lowest first.
func polyline(points [][]float64) string {
	var out []byte
	var last [2]int64
	for _, p := range points {
		for k, degrees := range []float64{p[1], p[0]} {
			at := int64(math.Round(degrees * 1e5))
			out = group(out, at-last[k])
			last[k] = at
		}
	}
	return string(out)
}

// group appends a number: its sign in the lowest bit, a flag on all groups but the
// last.
func group(out []byte, v int64) []byte {
	u := uint64(v) << 1
	if v < 0 {
		u = ^u
	}
	for ; u >= 0x20; u >>= 5 {
		out = append(out, byte(0x20|u&0x1f)+63)
	}
	return append(out, byte(u)+63)
}
