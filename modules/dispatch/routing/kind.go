package routing

import (
	"fmt"
	"hash/fnv"
	"math/bits"
)

// printOf digests all that tells a shift apart from others, the jobs that it may do aside.
func (p *Problem) printOf(v *shift, w way, known func(technician, place int) (print uint64, ok bool)) uint64 {
	if known != nil && len(v.Refills) == 0 {
		if print, ok := known(int(v.technician), int(v.place)); ok {
			return print
		}
	}
	h := fnv.New64a()
	alike := v.Shift
	alike.Refills = nil
	_, _ = fmt.Fprint(h, alike, v.travel, v.metre, v.work, v.overtime, v.task, v.kindOf, w) // a hash never fails
	for _, f := range v.Refills {                                                           // are told by what they are, not by which jobs
		j := &p.spec.Jobs[f.Job]
		f.Job = 0
		_, _ = fmt.Fprint(h, f, j.Site, j.Service, j.Setup, j.Paces, j.Windows)
	}
	return h.Sum64()
}

// buildKinds numbers the shifts so that two of one kind are interchangeable
// while both are empty: the search then tries one of them only.
func (p *Problem) buildKinds() {
	type kind struct {
		print, column uint64
		named         int32 // a shift of somebody of whom a price speaks is like no other
	}
	named, columns := p.named(), p.columns()
	kinds := make(map[kind]int32)
	for s := range p.shifts {
		sh := &p.shifts[s]
		k := kind{sh.print, columns[s], Any}
		if named[sh.technician] {
			k.named = int32(s)
		}
		if _, ok := kinds[k]; !ok {
			kinds[k] = int32(len(kinds))
		}
		sh.kind = kinds[k]
	}
	p.kinds = len(kinds)
}

// named are the technicians of whom some price speaks.
func (p *Problem) named() []bool {
	named := make([]bool, len(p.spec.Technicians))
	for j := range p.spec.Jobs {
		s := &p.spec.Jobs[j]
		if s.Retired {
			continue
		}
		for _, t := range s.Preferred {
			named[t] = true
		}
		for _, c := range s.Surcharges {
			named[c.Technician] = true
		}
		if s.Last != nil {
			named[s.Last.Technician] = true
		}
	}
	return named
}

// columns digests for each shift which jobs it may do.
func (p *Problem) columns() []uint64 {
	out := make([]uint64, len(p.shifts))
	n := uint64(0)
	p.eachRow(func(j int, row []uint64) {
		if p.jobs[j].role == refill {
			return
		}
		n++
		for i, word := range row {
			for ; word != 0; word &= word - 1 {
				c := &out[i<<6+bits.TrailingZeros64(word)]
				*c = (*c ^ n) * 0x9E3779B97F4A7C15 // any odd number far from the powers of two
				*c ^= *c >> 29
			}
		}
	})
	return out
}
