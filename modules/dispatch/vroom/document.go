package vroom

import "encoding/json"

// job is a job object of the format.
type job struct {
	ID          *uint64          `json:"id"`
	Description *string          `json:"description"`
	Location    []float64        `json:"location"` // longitude, latitude
	Index       *int             `json:"location_index"`
	Setup       int64            `json:"setup"`
	Service     int64            `json:"service"`
	SetupPer    map[string]int64 `json:"setup_per_type"`
	ServicePer  map[string]int64 `json:"service_per_type"`
	Amount      []int64          `json:"amount"` // the old name of delivery
	Delivery    []int64          `json:"delivery"`
	Pickup      []int64          `json:"pickup"`
	Skills      []int            `json:"skills"`
	Priority    int64            `json:"priority"`
	Windows     *[]span          `json:"time_windows"`
	Tools       []int            `json:"tools"` // an extension: kinds that must be on board
	Parts       []int64          `json:"parts"` // an extension: used up, per kind

	kind    string // of the task
	pointer string // where it is stated
}

// pause is a break object of the format.
type pause struct {
	ID          *uint64 `json:"id"`
	Description *string `json:"description"`
	Windows     *[]span `json:"time_windows"`
	Service     int64   `json:"service"`
	MaxLoad     []int64 `json:"max_load"`
}

// costs is a cost object of the format.
type costs struct {
	Fixed       int64  `json:"fixed"`
	PerHour     *int64 `json:"per_hour"`
	PerTaskHour int64  `json:"per_task_hour"`
	PerKM       int64  `json:"per_km"`
	PerWorkHour int64  `json:"per_work_hour"` // an extension: from leaving to coming home
}

// step is a vehicle_step object of the format.
type step struct {
	Type string  `json:"type"`
	ID   *uint64 `json:"id"`
}

// vehicle is a vehicle object of the format.
type vehicle struct {
	ID          *uint64   `json:"id"`
	Profile     *string   `json:"profile"`
	Description *string   `json:"description"`
	Start       []float64 `json:"start"`
	StartIndex  *int      `json:"start_index"`
	End         []float64 `json:"end"`
	EndIndex    *int      `json:"end_index"`
	Capacity    []int64   `json:"capacity"`
	Costs       costs     `json:"costs"`
	Skills      []int     `json:"skills"`
	Type        *string   `json:"type"`
	Window      span      `json:"time_window"`
	Breaks      []pause   `json:"breaks"`
	Speed       *float64  `json:"speed_factor"`
	MaxTasks    *int64    `json:"max_tasks"`
	MaxTravel   *int64    `json:"max_travel_time"`
	MaxDistance *int64    `json:"max_distance"`
	Steps       []step    `json:"steps"`
	Tools       []int     `json:"tools"`   // an extension: kinds on board from the start
	Parts       []int64   `json:"parts"`   // an extension: on board from the start, per kind
	Refills     []job     `json:"refills"` // an extension
}

// matrices is what is stated for one profile, not yet read.
type matrices struct {
	Durations json.RawMessage `json:"durations"`
	Distances json.RawMessage `json:"distances"`
	Costs     json.RawMessage `json:"costs"`
}

// document is a problem as it is stated.
type document struct {
	most      Limits
	Jobs      []job // the halves of the shipments behind the others, then the refills
	Shipments []shipment
	single    int   // how many jobs are no halves
	refills   []int // vehicle → the first of its refills among the jobs
	Vehicles  []vehicle
	Matrices  map[string]matrices
	Traffic   map[string][]speed // by profile
}

// profileOf is the profile of a vehicle.
func profileOf(v *vehicle) string {
	if v.Profile == nil {
		return "car"
	}
	return *v.Profile
}

// delivery is what has to be on board for a job from the start.
func (j *job) delivery() []int64 {
	if j.Delivery == nil {
		return j.Amount
	}
	return j.Delivery
}

// windows are the time windows of a job.
func (j *job) windows() []span { return listed(j.Windows) }

func listed(ws *[]span) []span {
	if ws == nil {
		return nil
	}
	return *ws
}

// span is a stretch of time as it is stated, both ends included: two numbers,
// which is checked later.
type span []int64
