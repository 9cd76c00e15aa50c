package routing

import (
	"fettle.dev/fettle/kernel/fault"
)

// ErrSpec is the refusal of a problem that cannot be right; its fields point at
// the members of the Spec.
var ErrSpec = fault.New(fault.Invalid, "routing.invalid_problem")

// job is what the search reads of a Job; it is kept small.
type job struct {
	site    int32
	pace    int32 // of a varied job: where its times begin in Problem.paces
	mate    int32 // the other half of a shipment, or Any
	strain  int32 // what leaving it counts in the plan in hand, in parts of strainUnit
	class   int8  // priority, or above all of them what is pinned
	rank    int8  // in which order urgent work goes into a plan
	frozen  bool  // never moved
	role    role
	retired bool     // nobody may do it and nobody misses it
	extra   bool     // costs depend on who goes
	varied  bool     // service depends on who goes, or on where they come from
	linked  bool     // belongs to a group
	delay   int32    // which of Problem.delays prices its lateness
	open    int64    // of the first window
	close   int64    // of the last window
	due     int64    // Never when not late
	service int64    // with set-up
	windows []Window // at least one
	promise *promise // nil without one
	price   Grain
	lost    int64 // what leaving it adds to Score.Lost
}

// shift is what the search reads of a Shift, the most read in front.
type shift struct {
	technician int32
	place      int32 // within the technician
	kind       int32 // shifts of one kind are interchangeable while empty
	nightly    bool  // has Nights
	evened     bool  // has Even
	kindOf     int32 // type of technician
	road       *road
	travel     Grain // per second
	metre      Grain
	callOut    Grain
	room       []int64 // per measure that is a sum
	crest      []int64 // per measure whose peak counts
	stops      []int32 // jobs of its refills
	perJob     Grain   // per visit
	repeat     Grain   // per visit
	work       Grain   // per second
	overtime   Grain   // per second
	task       Grain   // per second on site
	regular    int64
	maxWork    int64 // Never when without limit, as are the next two
	maxTravel  int64
	maxMetres  int64
	minimum    int64  // seconds on duty that are paid at least
	print      uint64 // digest of all that tells shifts apart, jobs aside
	Shift
}

// Problem is a checked Spec; nothing in it changes any more.
type Problem struct {
	spec  Spec // the seconds and metres of its Travel are in base alone
	past  lineage
	n     int  // sites
	base  grid // of Spec.Travel
	road       // of most shifts
	roads map[way]*road

	delays   [][]Slope // prices of lateness: by priority, then those of single jobs
	paces    []pace    // of varied jobs, by type of technician
	types    int       // of technicians
	fees     [][]fee   // by job
	loads    []int64   // job × sums
	hauls    []haul    // job × peaks
	items    [][]item  // by job: of its hauls those that are something
	sums     []measure // of which a route has just a sum
	peaks    []measure // of which the order of the visits matters
	jobs     []job
	shifts   []shift
	first    []int            // technician → first shift
	may      rows             // job × shift
	dims     int              // len(sums)
	kinds    int              // of shifts
	ranked   bool             // jobs differ in urgency
	timed    bool             // some rate or limit depends on time on duty, or some limit on the whole way
	still    bool             // one window each, never late, no promise, no breaks, ways the same at any time: waiting can be foretold
	plain    bool             // and everybody travels and works alike: segments can be joined
	saves    bool             // somewhere a set-up may be saved
	tolled   bool             // some leg has a price of its own
	tidal    bool             // somebody's ways take longer at some times
	tasked   bool             // some shift asks a price for time on site
	open     bool             // anybody may do anything at the same price
	perJob   bool             // some shift asks a price per visit
	paired   bool             // there are shipments
	carried  [][]int32        // by job: the load of its shipment
	supplies map[int32]supply // by the job of a refill
	used     []int64          // by kind of part: by all jobs together
	setups   bool             // what a job takes may depend on who does it, or on where they come from
	stops    []int32          // at each site: jobs and starts of shifts
	size     size

	groups  []*group // of jobs that links connect
	grouped []int32  // job → group, where it is linked
}

// classes are the priorities and, above them, what is pinned.
const classes = MaxPriority + 2

// New checks spec and makes a problem of it. The caller must not change the
// slices of spec afterwards. Faults: ErrSpec.
func New(spec Spec) (*Problem, error) {
	var r report
	checkTravels(&r, &spec)
	checkParts(&r, &spec)
	if r.fault != nil {
		return nil, r.fault
	}
	p := &Problem{spec: spec, n: spec.Travel.Sites, base: newGrid(&spec.Travel), past: lineage{self: new(byte)}}
	p.spec.Travel = Travel{Sites: p.n, Tolls: spec.Travel.Tolls, Speeds: spec.Travel.Speeds}
	p.spec.Jobs = spared(p.spec.Jobs, 1)
	p.buildRoads()
	if p.size = sizeOf(p); !p.size.fits(&r, p) {
		return nil, r.fault
	}
	p.buildShifts(nil)
	p.buildJobs()
	p.buildRules()
	p.buildGroups()
	p.buildKinds()
	return p, nil
}

// Spec states the problem again, with a matrix of its own. Nothing else in it may be changed.
func (p *Problem) Spec() Spec {
	s := p.spec
	s.Travel = p.base.travel(p.n)
	s.Travel.Tolls, s.Travel.Speeds = p.spec.Travel.Tolls, p.spec.Travel.Speeds
	return s
}

// Jobs is how many jobs there are.
func (p *Problem) Jobs() int { return len(p.jobs) }

// Shifts is how many routes a plan has.
func (p *Problem) Shifts() int { return len(p.shifts) }

// Route is the route of a technician's shift.
func (p *Problem) Route(technician, shift int) int { return p.first[technician] + shift }

// Owner is the technician and the shift, counted within the technician, of a route.
func (p *Problem) Owner(route int) (technician, shift int) {
	s := &p.shifts[route]
	return int(s.technician), int(s.place)
}

// load is what job j adds to each measure that is a sum.
func (p *Problem) load(j int32) []int64 { return p.loads[int(j)*p.dims:][:p.dims] }

// buildShifts makes the routes; what it sets, takeShifts copies. Where known gives the digest of a shift, it is not
// worked out again.
func (p *Problem) buildShifts(known func(technician, place int) (print uint64, ok bool)) {
	for i := range p.spec.Technicians {
		t := &p.spec.Technicians[i]
		p.first = append(p.first, len(p.shifts))
		for k, s := range t.Shifts {
			v := shift{
				Shift: s, technician: int32(i), place: int32(k), regular: s.Regular,
				maxWork: left(s.MaxWork, s.Spent.Work), maxTravel: left(s.MaxTravel, s.Spent.Travel),
				maxMetres: left(s.MaxMetres, s.Spent.Metres), minimum: max(0, s.Minimum-s.Spent.Work),
				travel: Grain(t.Rates.TravelHour) * perSecond, metre: Grain(t.Rates.Kilometre) * perMetre,
				work: Grain(t.Rates.WorkHour) * perSecond, overtime: Grain(t.Rates.OvertimeHour) * perSecond,
				task: Grain(t.Rates.TaskHour) * perSecond, road: p.roads[t.way()], kindOf: int32(t.Type),
				callOut: Grain(s.CallOut) * perMinor, perJob: Grain(s.PerJob) * perMinor, repeat: Grain(s.Repeat) * perMinor,
				nightly: len(s.Nights) > 0, evened: len(s.Even) > 0,
			}
			if s.Spent.Jobs > 0 {
				v.callOut = 0 // it is owed already
			}
			if v.regular == 0 {
				v.regular = s.Close
			}
			v.print = p.printOf(&v, t.way(), known)
			p.timed = p.timed || v.timed()
			p.perJob = p.perJob || v.perJob+v.repeat > 0
			p.tasked = p.tasked || v.task > 0
			p.shifts = append(p.shifts, v)
		}
	}
}

// left is what remains of a limit, of which 0 means none.
func left(limit, spent int64) int64 {
	if limit == 0 {
		return Never
	}
	return limit - spent
}

func (p *Problem) buildJobs() {
	p.still = !p.tidal
	for i := range p.shifts {
		p.still = p.still && len(p.shifts[i].Breaks) == 0
	}
	n := len(p.spec.Jobs)
	p.jobs, p.fees = make([]job, n, n+1), make([][]fee, n, n+1)
	p.delays = append([][]Slope(nil), p.spec.Lateness[:]...)
	for _, s := range p.shifts {
		for _, j := range s.Frozen {
			p.jobs[j].frozen = true
		}
	}
	for i := range p.spec.Jobs {
		p.buildJob(i)
	}
	p.buildPairs()
	p.buildRefills()
	p.buildMeasures()
	p.buildPaces()
	p.plain = p.still && len(p.roads) == 1 && !p.tolled && len(p.paces) == 0
	if p.spec.ByWorth {
		p.weighWorth()
	} else {
		p.weighClasses()
	}
	for i := range p.jobs {
		p.ranked = p.ranked || p.jobs[i].rank != p.jobs[0].rank
	}
	p.buildBurdens()
}

func (p *Problem) buildJob(i int) {
	s, j := &p.spec.Jobs[i], &p.jobs[i]
	j.site, j.service, j.due = int32(s.Site), s.Setup+s.Service, Never
	j.class, j.delay, j.price = int8(s.Priority), int32(s.Priority), Grain(s.Price)*perMinor
	if len(s.Lateness) > 0 {
		j.delay = int32(len(p.delays)) //nolint:gosec // as many as jobs at the most
		p.delays = append(p.delays, s.Lateness)
	}
	if s.Due != 0 && len(p.delays[j.delay]) > 0 {
		j.due = s.Due
	}
	if s.Pin != nil || s.Promised || j.frozen {
		j.class = classes - 1
	}
	j.windows = windowsOf(s, j.frozen)
	if s.Retired {
		j.retired, j.class, j.price, j.windows = true, 0, 0, nil
	}
	if len(j.windows) > 0 {
		j.open, j.close = j.windows[0].Open, j.windows[len(j.windows)-1].Close
	} else {
		j.open, j.close = Never, -1 // nothing can be early and late enough
	}
	j.promise = promiseOf(s, j.frozen)
	j.extra, p.fees[i] = p.hasExtra(s), feesOf(s)
	p.still = p.still && len(j.windows) <= 1 && j.due == Never && j.promise == nil
}

// windowsOf is when the job may start, after its pin and its part have spoken.
// It is empty when its part comes after its last window.
func windowsOf(s *Job, frozen bool) []Window {
	if frozen {
		return []Window{{0, Never}}
	}
	if s.Pin != nil && s.Pin.Start != Any {
		return []Window{{s.Pin.Start, s.Pin.Start}}
	}
	if len(s.Windows) == 0 {
		return []Window{{s.PartsFrom, Never}}[:b2i(s.PartsFrom < Never)]
	}
	var out []Window
	for _, w := range s.Windows {
		if w.Close >= s.PartsFrom {
			out = append(out, Window{max(w.Open, s.PartsFrom), w.Close})
		}
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
