package routing

const (
	workPerLook   = 2 << 20 // positions judged between two looks at the clock: some hundredths of a second
	constructMost = 1 << 30 // positions that construct may judge; beyond, jobs go in one by one
)

// tired reports whether the search is to stop. It asks only after some work, so that
// it may be asked before every job. Once it has said so it goes on saying so.
func (s *search) tired() bool {
	if s.work < workPerLook || s.stopped {
		return s.stopped
	}
	s.work = 0
	s.stopped = s.stop != nil && s.stop()
	return s.stopped
}

// laborious reports whether construct would take too long: it judges every missing
// job in one route anew for each job that it puts there.
func (s *search) laborious() bool {
	n, m := float64(len(s.missing)), float64(len(s.routes))
	return n*m > regretCells || n*n*n > 6*m*constructMost
}

// enough reports whether the caller has given up, or the time is over.
func (d *driver) enough() bool {
	return d.halted() || d.budget.Progress != nil && d.budget.Progress() >= 1
}
