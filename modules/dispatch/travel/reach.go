package travel

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
)

// Unreachable are the seconds and metres of a way that nobody can drive.
const Unreachable = -1

// Cell is a place as coarsely as plans know it: a square of a hundredth of a degree.
type Cell int64

const (
	cellMicro = 10_000
	columns   = 36_001
)

// CellOf is the cell of a place.
func CellOf(p geo.Point) Cell {
	c := p.Coarse()
	return (Cell(c.LatMicro/cellMicro)+9_000)*columns + Cell(c.LonMicro/cellMicro) + 18_000
}

// Point is the middle of the cell.
func (c Cell) Point() geo.Point {
	return geo.Point{LatMicro: int32(c/columns-9_000) * cellMicro, LonMicro: int32(c%columns-18_000) * cellMicro}
}

// To is what a road service said of the way to a cell, and when.
type To struct {
	Cell Cell
	Way  Way
	On   calendar.Day
}

// Reach is what is known of the ways from one cell, by cell.
type Reach []To

// Find returns the way to a cell.
func (r Reach) Find(c Cell) (To, bool) {
	i, ok := slices.BinarySearchFunc(r, c, func(t To, c Cell) int { return cmp.Compare(t.Cell, c) })
	if !ok {
		return To{}, false
	}
	return r[i], true
}

// Since returns what was learnt on a day or later.
func (r Reach) Since(day calendar.Day) Reach {
	return slices.DeleteFunc(slices.Clone(r), func(t To) bool { return t.On < day })
}

// Merge takes in what was learnt, of which each replaces what was known. Beyond
// most, what was asked longest ago is forgotten.
func (r Reach) Merge(fresh []To, most int) Reach {
	byCell := make(map[Cell]To, len(r)+len(fresh))
	for _, list := range [][]To{r, fresh} {
		for _, t := range list {
			byCell[t.Cell] = t
		}
	}
	out := make(Reach, 0, len(byCell))
	for _, t := range byCell {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b To) int { return cmp.Or(cmp.Compare(b.On, a.On), cmp.Compare(a.Cell, b.Cell)) })
	out = out[:min(len(out), most)]
	slices.SortFunc(out, func(a, b To) int { return cmp.Compare(a.Cell, b.Cell) })
	return out
}

// ErrReach: the bytes are not those of Pack.
var ErrReach = errors.New("travel: not a packed reach")

// packed are the bytes of one way: cell, seconds, metres, day.
const packed = 8 + 4 + 4 + 4

// Pack writes the reach down, 20 bytes for each way.
func (r Reach) Pack() []byte {
	out := make([]byte, 0, len(r)*packed)
	for _, t := range r {
		out = binary.BigEndian.AppendUint64(out, uint64(t.Cell))
		out = binary.BigEndian.AppendUint32(out, uint32(int32(t.Way.Seconds)))
		out = binary.BigEndian.AppendUint32(out, uint32(int32(t.Way.Metres)))
		out = binary.BigEndian.AppendUint32(out, uint32(int32(t.On)))
	}
	return out
}

// Unpack reads what Pack has written, or returns ErrReach.
func Unpack(b []byte) (Reach, error) {
	if len(b)%packed != 0 {
		return nil, ErrReach
	}
	out := make(Reach, 0, len(b)/packed)
	for ; len(b) > 0; b = b[packed:] {
		number := func(at int) int64 { return int64(int32(binary.BigEndian.Uint32(b[at:]))) }
		t := To{Cell(binary.BigEndian.Uint64(b)), Way{number(8), number(12)}, calendar.Day(number(16))}
		if n := len(out); n > 0 && out[n-1].Cell >= t.Cell {
			return nil, ErrReach
		}
		out = append(out, t)
	}
	return out, nil
}
