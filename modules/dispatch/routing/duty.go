package routing

// timed reports whether the price of a route, or whether it is allowed, depends
// on more than the legs that a change touches.
func (sh *shift) timed() bool {
	return sh.work > 0 || sh.overtime > 0 && (sh.regular < sh.Close || len(sh.Frozen) > 0) || sh.nightly || sh.evened ||
		sh.maxWork < Never || sh.maxTravel < Never || sh.maxMetres < Never
}

// allows reports whether a route of so many seconds on duty, and so many seconds
// and metres on the road, keeps the limits of a shift.
func (sh *shift) allows(duty, travel, metres int64) bool {
	return duty <= sh.maxWork && travel <= sh.maxTravel && metres <= sh.maxMetres
}

// paid is for how many seconds of work a shift is paid.
func (sh *shift) paid(leave, home int64) int64 { return max(home-leave, sh.minimum) }

// duty is what the time from leaving to coming home costs.
func (sh *shift) duty(leave, home int64) Grain {
	c := Grain(sh.paid(leave, home))*sh.work + Grain(max(0, home-sh.regular))*sh.overtime
	if sh.nightly {
		c += sh.night(leave, home)
	}
	if sh.evened {
		c += sh.balance(home - leave)
	}
	return c
}

// balance prices so many seconds of work, after what the shift has seen already.
func (sh *shift) balance(work int64) Grain {
	return slopes(sh.Even, sh.Spent.Work+work) - slopes(sh.Even, sh.Spent.Work)
}

// night is the surplus for the time on duty that lies in the shift's Nights.
func (sh *shift) night(leave, home int64) Grain {
	var sum Grain
	for i := range sh.Nights {
		v := &sh.Nights[i]
		sum += Grain(max(0, min(home, v.To)-max(leave, v.From))) * Grain(v.PerHour) * perSecond
	}
	return sum
}
