package routing

const (
	insistEach  = 20   // steps between two looks at what is left
	insistStep  = 0.3  // of its own strain by which a job that is left then counts more,
	insistMost  = 8    // times its own strain at most
	insistEase  = 0.07 // of what it counts more that a served job loses then
	insistUntil = 0.8  // of the cooling; from then on every job loses it
)

// insist lets a job count more in the plan in hand the longer it is left, and less again
// once it is served. So a long visit comes in for several short ones that are worth more
// together, most of which find another place later; at its own worth it never would, and
// a search that is warm enough to lose those loses much else besides. The idea is that of
// guided local search (Voudouris and Tsang 1999). The best plan is chosen as ever.
func (s *search) insist(more bool) {
	for j, now := range s.strains {
		own := s.p.jobs[j].strain
		switch {
		case now == own && (s.at[j] >= 0 || !more):
		case s.at[j] < 0 && more:
			s.strains[j] = min(now+int32(insistStep*float64(own)), insistMost*own)
		default:
			s.strains[j] = own + int32((1-insistEase)*float64(now-own))
		}
	}
	s.strain = 0
	for _, j := range s.missing {
		s.strain += int64(s.strains[j])
	}
}
