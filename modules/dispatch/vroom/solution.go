package vroom

// solution is what is answered; its members are those of the format, and reasons.
type solution struct {
	Code       int          `json:"code"`
	Summary    summary      `json:"summary"`
	Unassigned []unassigned `json:"unassigned"`
	Routes     []route      `json:"routes"`
}

// figures are the sums of a route, or of all of them.
type figures struct {
	Cost     int64   `json:"cost"`
	Delivery []int64 `json:"delivery,omitempty"`
	Amount   []int64 `json:"amount,omitempty"` // the old name of delivery
	Pickup   []int64 `json:"pickup,omitempty"`
	Setup    int64   `json:"setup"`
	Service  int64   `json:"service"`
	Duration int64   `json:"duration"` // of travel
	Waiting  int64   `json:"waiting_time"`
	Priority int64   `json:"priority"`
	Distance *int64  `json:"distance,omitempty"`
}

// violation is never made: a plan keeps every rule. The arrays stand because
// clients read them.
type violation struct{}

type summary struct {
	Routes     int `json:"routes"`
	Unassigned int `json:"unassigned"`
	figures
	Violations []violation `json:"violations"`
	Times      times       `json:"computing_times"`
}

// times are milliseconds.
type times struct {
	Loading int64 `json:"loading"`
	Solving int64 `json:"solving"`
	Routing int64 `json:"routing"`
}

type unassigned struct {
	ID          uint64    `json:"id"`
	Type        string    `json:"type"`
	Description *string   `json:"description,omitempty"`
	Location    []float64 `json:"location,omitempty"`
	Index       *int      `json:"location_index,omitempty"`
	Reasons     []string  `json:"reasons,omitempty"`
}

type route struct {
	Vehicle     uint64  `json:"vehicle"`
	Description *string `json:"description,omitempty"`
	figures
	Steps      []stop      `json:"steps"`
	Violations []violation `json:"violations"`
	Geometry   *string     `json:"geometry,omitempty"`
}

// stop is a step of a route.
type stop struct {
	Type        string      `json:"type"`
	Description *string     `json:"description,omitempty"`
	Location    []float64   `json:"location,omitempty"`
	Index       *int        `json:"location_index,omitempty"`
	ID          *uint64     `json:"id,omitempty"`
	Job         *uint64     `json:"job,omitempty"` // the old name of id
	Setup       int64       `json:"setup"`
	Service     int64       `json:"service"`
	Waiting     int64       `json:"waiting_time"`
	Load        []int64     `json:"load,omitempty"`
	Arrival     int64       `json:"arrival"`
	Duration    int64       `json:"duration"`
	Violations  []violation `json:"violations"`
	Distance    *int64      `json:"distance,omitempty"`
}
