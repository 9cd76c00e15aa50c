package routing

// tide is how speeds change with time: pieces of constant speed (Ichoua, Gendreau
// and Potvin 2003), so that nobody who sets out later arrives earlier. A leg of so
// many seconds takes that many thousand units, of which rate are driven in a second.
type tide struct {
	pieces []flow
	slow   int64 // the least rate, or the usual one
	fast   int64 // the greatest, or the usual one

	// cells[i] is the last piece that begins by start + i<<shift: where to look from there.
	cells []int32
	start int64
	shift uint
}

// flow is one piece.
type flow struct{ from, rate int64 }

// tideCells is the most cells of a tide.
const tideCells = 4096

// newTide takes Travel.Speeds down; nil when they say nothing. Before the first of them
// the usual speed holds.
func newTide(speeds []Speed) *tide {
	if len(speeds) == 0 {
		return nil
	}
	t := &tide{pieces: make([]flow, 1, len(speeds)+1), slow: usual, fast: usual, start: speeds[0].From}
	t.pieces[0].rate = usual
	for _, s := range speeds {
		rate := int64(s.Permille)
		t.pieces = append(t.pieces, flow{s.From, rate})
		t.slow, t.fast = min(t.slow, rate), max(t.fast, rate)
	}
	span := speeds[len(speeds)-1].From - t.start
	for span>>t.shift >= tideCells {
		t.shift++
	}
	t.cells = make([]int32, span>>t.shift+1)
	for i, k := 0, int32(0); i < len(t.cells); i++ {
		for int(k)+1 < len(t.pieces) && t.pieces[k+1].from <= t.start+int64(i)<<t.shift {
			k++
		}
		t.cells[i] = k
	}
	return t
}

// at is the last piece that begins by an instant.
func (t *tide) at(now int64) int {
	if now < t.start {
		return 0
	}
	k := int(t.cells[min((now-t.start)>>t.shift, int64(len(t.cells)-1))])
	for k+1 < len(t.pieces) && t.pieces[k+1].from <= now {
		k++
	}
	return k
}

// arrive is the first second by which a leg is driven that begins at now.
func (t *tide) arrive(now, seconds int64) int64 {
	need, k := seconds*usual, t.at(now)
	for ; k+1 < len(t.pieces); k++ {
		room := t.pieces[k+1].from - now
		if need <= room*t.pieces[k].rate {
			break
		}
		need -= room * t.pieces[k].rate
		now += room
	}
	return now + (need+t.pieces[k].rate-1)/t.pieces[k].rate
}

// depart is the last second at which to set out so as to arrive by an instant.
func (t *tide) depart(by, seconds int64) int64 {
	need, k := seconds*usual, t.at(by)
	for ; k > 0; k-- {
		room, rate := by-t.pieces[k].from, t.pieces[k].rate
		if need/rate < room { // before it is multiplied: there may be no end to the last piece
			break
		}
		need -= room * rate
		by -= room
	}
	return by - (need+t.pieces[k].rate-1)/t.pieces[k].rate
}

// quickest is the greatest rate between two instants.
func (t *tide) quickest(from, to int64) int64 {
	k := t.at(from)
	rate := t.pieces[k].rate
	for k++; k < len(t.pieces) && t.pieces[k].from < to; k++ {
		rate = max(rate, t.pieces[k].rate)
	}
	return rate
}

// arrive is when a leg is driven that begins at now.
func (r *road) arrive(now int64, seconds int32) int64 {
	if r.tide == nil || seconds == blocked {
		return now + int64(seconds)
	}
	return r.tide.arrive(now, int64(seconds))
}

// depart is the latest departure for a leg that is driven by an instant.
func (r *road) depart(by int64, seconds int32) int64 {
	if r.tide == nil || seconds == blocked {
		return by - int64(seconds)
	}
	return r.tide.depart(by, int64(seconds))
}

// slowest is by how much a leg may take longer than its matrix says.
func (r *road) slowest() float64 {
	if r.tide == nil {
		return 1
	}
	return usual / float64(r.tide.slow)
}
