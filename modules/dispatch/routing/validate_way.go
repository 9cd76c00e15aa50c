package routing

const (
	slowest    = 10     // thousandths of the usual speed
	fastest    = 10_000 // and
	mostCells  = 1 << 28
	mostPaces  = 1 << 24 // jobs × types of technicians
	mostTypes  = 1 << 16
	mostSpeeds = 1 << 16
)

// checkTravels looks at every matrix, and at how much memory all roads take.
func checkTravels(r *report, s *Spec) {
	checkTravel(r, &s.Travel, "/travel")
	for k := range s.Others {
		if s.Others[k].Sites != s.Travel.Sites {
			r.say("wrong_size", "/others/%d", k)
			continue
		}
		if s.Others[k].Way != nil {
			r.say("not_supported", "/others/%d", k)
			continue
		}
		checkTravel(r, &s.Others[k], "/others/%d", k)
	}
	checkAllSpeeds(r, s)
	ways, types := map[way]bool{}, 0
	for i := range s.Technicians {
		ways[s.Technicians[i].way()] = true
		types = max(types, s.Technicians[i].Type)
	}
	if len(ways) > 1 && s.Travel.Sites > 0 && (s.Travel.Way == nil || s.Travel.Sites < computedFrom) && len(ways) > mostCells/s.Travel.Sites/s.Travel.Sites {
		r.say("too_many", "/technicians")
	}
	if types > 0 && len(s.Jobs)*(min(types, mostTypes)+1) > mostPaces {
		r.say("too_many", "/technicians")
	}
}

func checkTravel(r *report, t *Travel, pointer string, at ...any) {
	n := t.Sites
	if t.Way != nil {
		if n < 0 || t.Seconds != nil || t.Metres != nil || t.Tolls != nil || t.Far < 0 || t.Far > maxLeg {
			r.say("wrong_size", pointer, at...)
		}
		return
	}
	if n < 0 || len(t.Seconds) != n*n || len(t.Metres) != len(t.Seconds) || t.Tolls != nil && len(t.Tolls) != len(t.Seconds) {
		r.say("wrong_size", pointer, at...)
		return
	}
	for i := range t.Seconds {
		if t.Seconds[i] > maxLeg || t.Metres[i] > maxLeg || t.Tolls != nil && (t.Tolls[i] < 0 || t.Tolls[i] > maxLeg) {
			r.say("too_large", pointer+"/%d/%d", append(at[:len(at):len(at)], i/n, i%n)...)
		}
	}
}

func checkAllSpeeds(r *report, s *Spec) {
	checkSpeeds(r, s.Travel.Speeds, "/travel")
	for k := range s.Others {
		checkSpeeds(r, s.Others[k].Speeds, "/others/%d", k)
	}
}

// checkSpeeds wants speeds of moving people, in order of time.
func checkSpeeds(r *report, speeds []Speed, pointer string, at ...any) {
	if len(speeds) > mostSpeeds {
		r.say("too_many", pointer+"/speeds", at...)
		return
	}
	last := int64(-1)
	for k, v := range speeds {
		if v.From <= last || v.From > maxInstant {
			r.say("out_of_order", pointer+"/speeds/%d", append(at[:len(at):len(at)], k)...)
		}
		if v.Permille < slowest || v.Permille > fastest {
			r.say("out_of_range", pointer+"/speeds/%d", append(at[:len(at):len(at)], k)...)
		}
		last = v.From
	}
}

// checkWay looks at how a technician travels, and of which type they are.
func checkWay(r *report, s *Spec, i int) {
	t := &s.Technicians[i]
	if t.Profile < 0 || t.Profile > len(s.Others) {
		r.say("unknown_travel", "/technicians/%d/profile", i)
	}
	if t.Speed != 0 && (t.Speed < slowest || t.Speed > fastest) {
		r.say("out_of_range", "/technicians/%d/speed", i)
	}
	if t.Type < 0 || t.Type >= mostTypes {
		r.say("out_of_range", "/technicians/%d/type", i)
	}
}

func checkPaces(r *report, s *Spec, i int) {
	named := map[int]bool{}
	for k, v := range s.Jobs[i].Paces {
		switch {
		case v.Type < 0 || v.Type >= mostTypes || v.Service < 0 || v.Service > maxInstant || v.Setup < 0 || v.Setup > maxInstant:
			r.say("out_of_range", "/jobs/%d/paces/%d", i, k)
		case named[v.Type]:
			r.say("named_twice", "/jobs/%d/paces/%d", i, k)
		}
		named[v.Type] = true
	}
}
