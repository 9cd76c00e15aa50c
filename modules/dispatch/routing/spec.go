package routing

// Any says that a technician, a shift or an instant is left open.
const Any = -1

// MaxPriority is the most urgent class of a Job.
const MaxPriority = 3

// Never is later than every instant of a problem; a part without a date is
// available from Never.
const Never = int64(1) << 50

// Unreachable marks a leg that nobody can travel.
const Unreachable = int32(-1)

// Window is a stretch of time in which a visit may start, both ends included.
type Window struct{ Open, Close int64 }

// Need is a skill that a job asks for, at least at this level.
type Need struct{ Skill, Level int }

// Grant is a skill that a technician holds. A certificate that ends at Until
// (exclusive; 0 is without end) serves only the shifts that close by then.
type Grant struct {
	Skill, Level int
	Until        int64
}

// Pin is a decision that the search must obey. It overrules skills and
// technician rules (a technician), and the windows and the part's date (an
// instant), but not the shift: what then does not fit stays unserved and Why
// says so. A pinned job is never given up for another one.
type Pin struct {
	Technician int   // Any: whoever
	Start      int64 // Any: whenever; otherwise the visit starts at this second
}

// Last is where the plan in force has the job, and what it costs to upset that.
type Last struct {
	Technician, Shift int   // Shift counts within the technician
	HandPrice         int64 // minor units when another technician gets it
	DayPrice          int64 // minor units when the same technician gets it in another shift

	Start      Window // when it is to start, as somebody has been told
	StartPrice int64  // minor units when it starts outside; 0 leaves Start out of account
}

// Surcharge is what it costs extra when a technician gets a job: a territory
// left, a partner's price for this work.
type Surcharge struct {
	Technician int
	Price      int64 // minor units
}

// Job is one visit to be planned, known by its position in Spec.Jobs.
type Job struct {
	Site    int
	Service int64    // seconds on site
	Setup   int64    // seconds on site before, not needed by who has just been at the same site
	Paces   []Pace   // of types of technicians who take other times
	Windows []Window // of the start; none means any time

	PartsFrom int64 // the visit starts no earlier; 0 when nothing is awaited, Never without a date
	Due       int64 // the start is late after this instant; 0 is never late

	// Lateness is what a start after Due costs in place of what Spec.Lateness says of
	// Priority; empty is as that says. With Due at the earliest instant and a second
	// piece at the one that counts, waiting has a price, and being late another.
	Lateness []Slope

	// Priority 1 to MaxPriority is strict: no money and no number of lower jobs
	// outweighs it. Priority 0 is served when that costs less than Price.
	Priority int
	Price    int64 // minor units for leaving it unserved
	Worth    int64 // what leaving it adds to Score.Lost; asked only with Spec.ByWorth

	Needs []Need
	Load  []int32 // brought: on board from the start until the visit, per dimension of Shift.Capacity
	Take  []int32 // taken back: on board from the visit until the end, per dimension of Shift.Capacity
	Tools []int   // kinds that must be on the van at the visit, and stay there
	Parts []int32 // used up, per kind of Shift.Parts

	Required    []int // technicians, one of whom must go; none means any
	Excluded    []int
	Preferred   []int
	PreferPrice int64 // minor units when none of Preferred goes
	Surcharges  []Surcharge

	Pin  *Pin
	Last *Last

	// Promised says that somebody counts on the job: like a pinned one, it is never given
	// up for another. Where and when is free, as far as the windows and people allow.
	Promised bool
	// Retired jobs are done or called off: nobody may do them and nobody misses them.
	// They keep the numbers of the others, and links to them ask nothing.
	Retired bool
}

// Shipment is two jobs, in one route and in this order or both unserved: what is
// picked up at one is delivered at the other. The pickup's Priority, Price and Worth
// are those of both; a Pin of either holds for both as far as the technician and the
// rank go. What is on board already is no shipment any more: its delivery is a job
// with a Load, pinned to whoever has it.
type Shipment struct {
	Pickup, Delivery int     // in Spec.Jobs; neither is frozen
	Load             []int32 // on board between the two, per dimension of Shift.Capacity
}

// Pace is how long a job takes technicians of one type, in place of Service and Setup.
type Pace struct {
	Type           int
	Service, Setup int64 // seconds
}

// Break is a rest that starts between Open and Close, or in one of the windows
// Later. It counts as time on duty. It is taken as soon as it fits between visits,
// after the breaks before it; a technician who is home by its latest start needs none.
type Break struct {
	Open, Close, Length int64
	Later               []Window // in order, without overlap
}

// Surplus is what an hour on duty between From and To costs more: at night, on a holiday.
type Surplus struct {
	From, To int64 // To is exclusive
	PerHour  int64 // minor units
}

// Refill is a stop that its shift makes when that is worth the way and the time: from
// then on more tools and parts are on the van. It has a Job of its own, of which Site,
// Service and Windows count and nothing else is stated. It is no visit, and nobody
// minds when it is left out.
type Refill struct {
	Job   int     // in Spec.Jobs
	Tools []int   // kinds that are on board from then on
	Parts []int32 // how many more there are from then on, per kind
	All   bool    // every tool, and as many parts as all jobs together use
}

// Shift is one stretch of duty of a technician, and the route of a plan.
type Shift struct {
	Start, End  int     // sites
	Open, Close int64   // leaves no earlier, is home no later
	Regular     int64   // overtime counts after this instant; 0 means Close
	MaxWork     int64   // seconds from leaving to coming home; 0 is without limit
	MaxTravel   int64   // seconds on the road; 0 is without limit
	MaxMetres   int64   // on the road; 0 is without limit
	MaxJobs     int     // visits, frozen ones among them; 0 is without limit
	Breaks      []Break // in the order in which they are taken, which is that of their latest starts
	Capacity    []int32
	Tools       []int     // kinds on the van from the start
	Parts       []int32   // on the van from the start, per kind
	Refills     []Refill  // stops at which the van may be restocked, each once
	CallOut     int64     // minor units once the shift has a visit
	PerJob      int64     // minor units for each visit, as a partner asks
	Repeat      int64     // minor units for each visit: what coming again would cost, as likely as that is; nobody's money
	Minimum     int64     // seconds of work paid at least, once the shift has a visit
	Nights      []Surplus // in order, without overlap
	Even        []Slope   // balance: what an hour of work costs more after so many seconds, ever more
	Frozen      []int     // jobs under way or done: they begin the route in this order, late or not

	// Begun says that the technician is on duty already, is at Start, and goes on at Open
	// without waiting there for a better moment. Spent is what the shift has used by then;
	// limits, the minimum and the call-out count it.
	Begun bool
	Spent Spent

	// Off says that the technician is away: the shift does nothing. It keeps the numbers
	// of the others.
	Off bool
}

// Spent is the part of a shift that lies behind.
type Spent struct {
	Work, Travel int64 // seconds
	Metres       int64
	Jobs         int
}

// Rates are prices in minor units.
type Rates struct {
	TravelHour   int64
	Kilometre    int64
	WorkHour     int64 // from leaving to coming home
	OvertimeHour int64 // on top of WorkHour
	TaskHour     int64 // on site, set-up included
}

// Technician is somebody who can be sent.
type Technician struct {
	Skills []Grant
	Shifts []Shift // in order of time, without overlap
	Rates  Rates

	Profile int   // how they travel: 0 by Spec.Travel, k by Spec.Others[k-1]
	Speed   int32 // in thousandths of what the matrix says; 0 is 1000
	Type    int   // whom the Paces of jobs speak of; below 1,000
}

// Slope is one piece of a price, of lateness or of work: from After seconds on,
// each further hour costs PerHour minor units.
type Slope struct{ After, PerHour int64 }

// Speed is how fast everybody is who travels by a matrix, from an instant on until that of
// the next Speed: a leg of 60 seconds takes 120 at 500 thousandths. Before the first it is
// 1000. Who is under way goes on at the new speed, so nobody who sets out later arrives
// earlier; what is left of a second counts as one.
type Speed struct {
	From     int64
	Permille int32 // 10 to 10,000
}

// Travel holds what it takes to get from site i to site j, at i*Sites+j. It need
// be neither symmetric nor metric.
type Travel struct {
	Sites   int
	Seconds []int32
	Metres  []int32
	Tolls   []int32 // minor units for the leg, whoever travels; nil is nothing
	Speeds  []Speed // by time, in order; none is always as Seconds say

	// Way computes the legs where Seconds and Metres are nil, for Spec.Travel alone: where
	// there are many sites no matrix is made of it. Many ask it at once, and it answers
	// the same each time; a leg of more than Far metres is none.
	Way func(from, to int) (seconds, metres int32)
	Far int32
}

// Spec is a problem as the caller states it; New checks and seals it.
type Spec struct {
	Travel      Travel
	Others      []Travel // of technicians with another Profile, between the same sites
	Jobs        []Job
	Technicians []Technician
	Shipments   []Shipment
	Lateness    [MaxPriority + 1][]Slope // by Job.Priority
	Links       []Link                   // visits that depend on each other

	// ByWorth ranks plans by the sum of the Worth of what they leave, instead of by
	// Priority, which then only chooses the Lateness. Pinned and frozen jobs outweigh
	// all others together; one of worth 0 is served when that costs less than Price.
	ByWorth bool
}

// delay is what the lateness of a job costs.
func (s *Spec) delay(j *Job) []Slope {
	if len(j.Lateness) > 0 {
		return j.Lateness
	}
	return s.Lateness[j.Priority]
}

// Matrix builds a Travel of n sites from a function.
func Matrix(n int, leg func(from, to int) (seconds, metres int32)) Travel {
	t := Travel{Sites: n, Seconds: make([]int32, n*n), Metres: make([]int32, n*n)}
	for i := range n {
		for j := range n {
			t.Seconds[i*n+j], t.Metres[i*n+j] = leg(i, j)
		}
	}
	return t
}
