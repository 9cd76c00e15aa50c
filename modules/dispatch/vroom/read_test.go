package vroom_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// Everything that is not kept is refused by name.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	job := func(value any, member string) object { return with(t, day(), value, "jobs", 1, member) }
	vehicle := func(value any, member string) object { return with(t, day(), value, "vehicles", 0, member) }
	pause := func(b ...any) object { return vehicle(b, "breaks") }
	shipment := func(pickup, delivery object) object {
		if pickup == nil {
			pickup = object{"id": 1, "location_index": 1}
		}
		if delivery == nil {
			delivery = object{"id": 1, "location_index": 2}
		}
		return object{"pickup": pickup, "delivery": delivery}
	}
	coordinates := object{"vehicles": []any{object{"id": 1, "start": []any{8.5, 49.5}}}, "jobs": []any{object{"id": 1, "location": []any{8.5, 49.4}}}}
	for _, tt := range []struct {
		name string
		give any
		want *fault.Fault
		at   string // pointer and code
	}{
		{"nothing", object{}, vroom.ErrInput, "/jobs required, /vehicles required"},
		{"an array", []any{}, vroom.ErrInput, " shape"},
		{"a job that is a number", with(t, day(), 7, "jobs", 1), vroom.ErrInput, "/jobs/1 shape"},
		{"a job that is null", with(t, day(), nil, "jobs", 1), vroom.ErrInput, "/jobs/1 null"},
		{"no id", job(nil, "id"), vroom.ErrInput, "/jobs/1/id required"},
		{"a negative id", job(-1, "id"), vroom.ErrInput, "/jobs/1/id out_of_range"},
		{"a text for an id", job("a", "id"), vroom.ErrInput, "/jobs/1/id shape"},
		{"a fraction for an id", job(1.5, "id"), vroom.ErrInput, "/jobs/1/id shape"},
		{"a job twice", job(11, "id"), vroom.ErrInput, "/jobs/1/id twice"},
		{"a number too large for anybody", job(math.MaxFloat64, "service"), vroom.ErrInput, "/jobs/1/service shape"},
		{"a number that overflows", with(t, day(), uint64(math.MaxUint64), "jobs", 1, "service"), vroom.ErrInput, "/jobs/1/service out_of_range"},
		{"a service of years", job(1<<40, "service"), vroom.ErrInput, "/jobs/1/service out_of_range"},
		{"a negative setup", job(-1, "setup"), vroom.ErrInput, "/jobs/1/setup out_of_range"},
		{"a priority above 100", job(101, "priority"), vroom.ErrInput, "/jobs/1/priority out_of_range"},
		{"no place", job(nil, "location_index"), vroom.ErrInput, "/jobs/1/location_index required"},
		{"a place outside of the matrix", job(4, "location_index"), vroom.ErrInput, "/jobs/1/location_index out_of_range"},
		{"a place below the matrix", job(-4, "location_index"), vroom.ErrInput, "/jobs/1/location_index out_of_range"},
		{"a place nowhere on the globe", with(t, coordinates, []any{181, 0}, "jobs", 0, "location"), vroom.ErrInput, "/jobs/0/location invalid"},
		{"nothing in a window", job([]any{[]any{5, nil}}, "time_windows"), vroom.ErrInput, "/jobs/1/time_windows/0/1 null"},
		{"nothing for a skill", job([]any{nil}, "skills"), vroom.ErrInput, "/jobs/1/skills/0 null"},
		{"nothing in a capacity", vehicle([]any{nil}, "capacity"), vroom.ErrInput, "/vehicles/0/capacity/0 null"},
		{"nothing for a break", vehicle([]any{nil}, "breaks"), vroom.ErrInput, "/vehicles/0/breaks/0 null"},
		{"nothing in the window of a shipment", with(t, day(), []any{shipment(object{"id": 1, "location_index": 1, "time_windows": []any{nil}}, nil)}, "shipments"), vroom.ErrInput, "/shipments/0/pickup/time_windows/0 null"},
		{"half a place", job([]any{8.5}, "location"), vroom.ErrInput, "/jobs/1/location invalid"},
		{"no window", job([]any{}, "time_windows"), vroom.ErrInput, "/jobs/1/time_windows invalid"},
		{"half a window", job([]any{[]any{5}}, "time_windows"), vroom.ErrInput, "/jobs/1/time_windows/0 shape"},
		{"a window that ends before it begins", job([]any{[]any{1, 2}, []any{9, 8}}, "time_windows"), vroom.ErrInput, "/jobs/1/time_windows/1 before_start"},
		{"a window before time", job([]any{[]any{-1, 2}}, "time_windows"), vroom.ErrInput, "/jobs/1/time_windows/0 out_of_range"},
		{"amounts of another length", with(t, job([]any{1, 2}, "delivery"), []any{9}, "vehicles", 0, "capacity"), vroom.ErrInput, "/jobs/1/delivery does_not_fit"},
		{"a negative amount", with(t, job([]any{-1}, "delivery"), []any{9}, "vehicles", 0, "capacity"), vroom.ErrInput, "/jobs/1/delivery out_of_range"},
		{"an amount that overflows", with(t, job([]any{1 << 40}, "delivery"), []any{9}, "vehicles", 0, "capacity"), vroom.ErrInput, "/jobs/1/delivery out_of_range"},
		{"a shipment without a delivery", with(t, day(), []any{object{"pickup": object{"id": 1, "location_index": 1}}}, "shipments"), vroom.ErrInput, "/shipments/0/delivery required"},
		{"a shipment without an id", with(t, day(), []any{shipment(object{"location_index": 1}, nil)}, "shipments"), vroom.ErrInput, "/shipments/0/pickup/id required"},
		{"a shipment twice", with(t, day(), []any{shipment(nil, nil), shipment(object{"id": 2, "location_index": 2}, nil)}, "shipments"), vroom.ErrInput, "/shipments/1/delivery/id twice"},
		{"a shipment from outside of the matrix", with(t, day(), []any{shipment(object{"id": 1, "location_index": 9}, nil)}, "shipments"), vroom.ErrInput, "/shipments/0/pickup/location_index out_of_range"},
		{"a shipment that takes years", with(t, day(), []any{shipment(nil, object{"id": 1, "location_index": 1, "service": 1 << 40})}, "shipments"), vroom.ErrInput, "/shipments/0/delivery/service out_of_range"},
		{"a shipment too urgent", with(t, with(t, day(), []any{shipment(nil, nil)}, "shipments"), 101, "shipments", 0, "priority"), vroom.ErrInput, "/shipments/0/priority out_of_range"},
		{"a shipment of another length", with(t, with(t, vehicle([]any{9}, "capacity"), []any{shipment(nil, nil)}, "shipments"), []any{1, 2}, "shipments", 0, "amount"), vroom.ErrInput, "/shipments/0/amount does_not_fit"},

		{"a vehicle without id", with(t, day(), []any{object{"start_index": 0}}, "vehicles"), vroom.ErrInput, "/vehicles/0/id required"},
		{"a vehicle without start and end", with(t, day(), []any{object{"id": 1}}, "vehicles"), vroom.ErrInput, "/vehicles/0/start_index required"},
		{"a start outside of the matrix", vehicle(9, "start_index"), vroom.ErrInput, "/vehicles/0/start_index out_of_range"},
		{"a profile with a matrix and one without", with(t, day(), []any{object{"id": 1, "start_index": 0}, object{"id": 2, "start_index": 0, "profile": "bike"}}, "vehicles"), vroom.ErrUnsupported, "/vehicles/1/profile not_supported"},
		{"a negative service of a type", job(object{"van": -5}, "service_per_type"), vroom.ErrInput, "/jobs/1/service_per_type/van out_of_range"},
		{"a setup of years for a type", job(object{"a/b": 1 << 40}, "setup_per_type"), vroom.ErrInput, "/jobs/1/setup_per_type/a~1b out_of_range"},
		{"a negative price per task hour", vehicle(object{"per_task_hour": -9}, "costs"), vroom.ErrInput, "/vehicles/0/costs/per_task_hour out_of_range"},
		{"no speed", vehicle(0, "speed_factor"), vroom.ErrInput, "/vehicles/0/speed_factor out_of_range"},
		{"a speed above five", vehicle(5.01, "speed_factor"), vroom.ErrInput, "/vehicles/0/speed_factor out_of_range"},
		{"a negative price", vehicle(object{"fixed": -1}, "costs"), vroom.ErrInput, "/vehicles/0/costs/fixed out_of_range"},
		{"a price that overflows", vehicle(object{"per_hour": int64(1) << 41}, "costs"), vroom.ErrInput, "/vehicles/0/costs/per_hour out_of_range"},
		{"a price per kilometre without kilometres", vehicle(object{"per_km": 1}, "costs"), vroom.ErrInput, "/matrices/car/distances required"},
		{"a negative limit", vehicle(-1, "max_travel_time"), vroom.ErrInput, "/vehicles/0/max_travel_time out_of_range"},
		{"the longest way without distances", vehicle(100, "max_distance"), vroom.ErrInput, "/matrices/car/distances required"},
		{"half of working hours", vehicle([]any{3}, "time_window"), vroom.ErrInput, "/vehicles/0/time_window shape"},
		{"a break without a name", pause(object{}), vroom.ErrInput, "/vehicles/0/breaks/0/id required"},
		{"a break twice", pause(object{"id": 1, "time_windows": []any{[]any{0, 1}}}, object{"id": 1, "time_windows": []any{[]any{5, 6}}}), vroom.ErrInput, "/vehicles/0/breaks/1/id twice"},
		{"a load in a break", with(t, pause(object{"id": 1, "max_load": []any{1}}), []any{2}, "vehicles", 0, "capacity"), vroom.ErrUnsupported, "/vehicles/0/breaks/0/max_load not_supported"},
		{"a step of an unknown job", vehicle([]any{object{"type": "job", "id": 99}}, "steps"), vroom.ErrInput, "/vehicles/0/steps/0/id unknown"},
		{"a step of an unknown kind", vehicle([]any{object{"type": "nap"}}, "steps"), vroom.ErrInput, "/vehicles/0/steps/0/type enum"},
		{"fewer parts than none", job([]any{-1}, "parts"), vroom.ErrInput, "/jobs/1/parts out_of_range"},
		{"parts without number on the van", vehicle([]any{1 << 40}, "parts"), vroom.ErrInput, "/vehicles/0/parts out_of_range"},
		{"a refill without an id", vehicle([]any{object{"location_index": 1}}, "refills"), vroom.ErrInput, "/vehicles/0/refills/0/id required"},
		{"a refill twice", vehicle([]any{object{"id": 1, "location_index": 1}, object{"id": 1, "location_index": 1}}, "refills"), vroom.ErrInput, "/vehicles/0/refills/1/id twice"},
		{"a refill nowhere", vehicle([]any{object{"id": 1}}, "refills"), vroom.ErrInput, "/vehicles/0/refills/0/location_index required"},
		{"a step of an unknown refill", vehicle([]any{object{"type": "refill", "id": 1}}, "steps"), vroom.ErrInput, "/vehicles/0/steps/0/id unknown"},
		{"a negative price of work", vehicle(object{"per_work_hour": -1}, "costs"), vroom.ErrInput, "/vehicles/0/costs/per_work_hour out_of_range"},
		{"a step of an unknown shipment", vehicle([]any{object{"type": "pickup", "id": 11}}, "steps"), vroom.ErrInput, "/vehicles/0/steps/0/id unknown"},

		{"a negative leg", with(t, day(), -1, "matrices", "car", "durations", 2, 1), vroom.ErrInput, "/matrices/car/durations/2/1 out_of_range"},
		{"half a second of a leg", with(t, day(), 0.5, "matrices", "car", "durations", 2, 1), vroom.ErrInput, "/matrices/car/durations/2/1 out_of_range"},
		{"a leg that overflows", with(t, day(), int64(1)<<40, "matrices", "car", "durations", 0, 0), vroom.ErrInput, "/matrices/car/durations/0/0 out_of_range"},
		{"a short row", with(t, day(), []any{1, 2}, "matrices", "car", "durations", 3), vroom.ErrInput, "/matrices/car/durations/3 does_not_fit"},
		{"a missing row", with(t, day(), [][]int{{1, 2}}, "matrices", "car", "durations"), vroom.ErrInput, "/matrices/car/durations does_not_fit"},
		{"a row too many", with(t, day(), [][]int{{1}, {2}}, "matrices", "car", "durations"), vroom.ErrInput, "/matrices/car/durations does_not_fit"},
		{"an empty matrix", with(t, day(), []any{}, "matrices", "car", "durations"), vroom.ErrInput, "/jobs/0/location_index out_of_range"},
		{"a text for a matrix", with(t, day(), "far", "matrices", "car", "durations"), vroom.ErrInput, "/matrices/car/durations shape"},
		{"distances alone", with(t, day(), object{"distances": [][]int{{0}}}, "matrices", "car"), vroom.ErrInput, "/matrices/car/durations required"},
		{"costs beside a price per hour", with(t, with(t, day(), [][]int{{0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 0}}, "matrices", "car", "costs"), object{"per_hour": 10}, "vehicles", 0, "costs"), vroom.ErrInput, "/vehicles/0/costs/per_hour does_not_fit"},

		{"nobody moves", with(t, day(), object{"car": []any{object{"from": 5}}}, "traffic"), vroom.ErrInput, "/traffic/car/0/speed_factor out_of_range"},
		{"traffic that goes backwards", with(t, day(), object{"a/b": []any{object{"from": 5, "speed_factor": -1}}}, "traffic"), vroom.ErrInput, "/traffic/a~1b/0/speed_factor out_of_range"},
		{"traffic faster than anybody", with(t, day(), object{"car": []any{object{"from": 5, "speed_factor": 1e300}}}, "traffic"), vroom.ErrInput, "/traffic/car/0/speed_factor out_of_range"},
		{"traffic before all time", with(t, day(), object{"car": []any{object{"from": -5, "speed_factor": 1}}}, "traffic"), vroom.ErrInput, "/traffic/car/0/from out_of_range"},
		{"traffic in no order", with(t, day(), object{"car": []any{object{"from": 5, "speed_factor": 1}, object{"from": 5, "speed_factor": 1}}}, "traffic"), vroom.ErrInput, "/traffic/car/1/from out_of_range"},
		{"traffic that is no list", with(t, day(), object{"car": 7}, "traffic"), vroom.ErrInput, "/traffic/car shape"},

		{"neither place nor matrix", with(t, coordinates, nil, "jobs", 0, "location"), vroom.ErrInput, "/jobs/0/location required"},
		{"a start that is none", with(t, coordinates, []any{0, 91}, "vehicles", 0, "start"), vroom.ErrInput, "/vehicles/0/start invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := vroom.Read(text(t, tt.give))
			if got := named(err); !errors.Is(err, tt.want) || !strings.HasPrefix(got, tt.at) {
				t.Errorf("Read = %v at %q, want %v at %q", err, got, tt.want, tt.at)
			}
		})
	}
}

// named are the wrong members with their codes.
func named(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ""
	}
	var out []string
	for _, m := range f.Fields {
		out = append(out, m.Pointer+" "+m.Code)
	}
	return strings.Join(out, ", ")
}

func TestReadRefusesText(t *testing.T) {
	t.Parallel()
	for _, give := range []string{"", "{", "null", "[]", `{"jobs":[]} x`, "\xff", `{"jobs":[{]}`} {
		if _, err := vroom.Read([]byte(give)); !errors.Is(err, vroom.ErrInput) {
			t.Errorf("Read(%q) = %v, want %v", give, err, vroom.ErrInput)
		}
	}
}

// What is too much is said before memory is set aside for it.
// TestReadTrafficOfProfiles refuses what computed ways cannot say.
func TestReadTrafficOfProfiles(t *testing.T) {
	t.Parallel()
	var jobs []string
	for i := range 4200 {
		jobs = append(jobs, fmt.Sprintf(`{"id":%d,"location":[%d.%03d,49.5]}`, i, 5+i/1000, i%1000))
	}
	doc := func(second string) string {
		return `{"traffic":{"car":[{"from":0,"speed_factor":0.5}]},"vehicles":[{"id":1,"start":[8.5,49.5]},{"id":2,"start":[8.5,49.5],"profile":"` + second + `"}],"jobs":[` + strings.Join(jobs, ",") + `]}`
	}
	if _, err := vroom.Read([]byte(doc("car"))); err != nil {
		t.Errorf("Read() of one profile = %v", err)
	}
	if _, err := vroom.Read([]byte(doc("truck"))); err == nil || fault.Of(err).Fields[0].Pointer != "/traffic" {
		t.Errorf("Read() of two = %v, want a refusal of /traffic", err)
	}
}

func TestReadBounds(t *testing.T) {
	t.Parallel()
	many := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	far := make([]string, vroom.MaxPlaces+1)
	for i := range far {
		far[i] = fmt.Sprintf(`{"id":%d,"location_index":%d}`, i, i)
	}
	for name, give := range map[string]string{
		"jobs":     `{"vehicles":[],"jobs":[` + many(100_000, `{"id":1,"location":[8.5,49.5]}`) + `]}`,
		"vehicles": `{"jobs":[],"vehicles":[` + many(vroom.MaxVehicles+1, `{"id":1,"start":[8.5,49.5]}`) + `]}`,
		"places":   `{"vehicles":[],"jobs":[` + strings.Join(far, ",") + `],"matrices":{"car":{"durations":[[0]]}}}`,
		"matrix":   `{"vehicles":[{"id":1,"start_index":0}],"jobs":[],"matrices":{"car":{"durations":[[` + many(vroom.MaxPlaces+2, "0") + `]]}}}`,
	} {
		if _, err := vroom.Read([]byte(give)); !errors.Is(err, vroom.ErrSize) || len(fault.Of(err).Fields) != 1 {
			t.Errorf("%s: %v, want %v", name, err, vroom.ErrSize)
		}
	}
}

// At the most twenty wrong members are named.
func TestReadNamesTwenty(t *testing.T) {
	t.Parallel()
	var jobs []any
	for range 100 {
		jobs = append(jobs, object{"location_index": 1})
	}
	_, err := vroom.Read(text(t, with(t, day(), jobs, "jobs")))
	if n := len(fault.Of(err).Fields); n != 20 {
		t.Errorf("%d members are named, want 20", n)
	}
}

// Members that the format does not know are passed over, as are those that say
// nothing.
func TestReadPassesOver(t *testing.T) {
	t.Parallel()
	give := with(t, day(), object{"app": 1}, "x_client")
	give = with(t, give, "blue", "jobs", 0, "colour")
	give = with(t, give, []any{}, "shipments")
	give = with(t, give, object{}, "jobs", 0, "service_per_type")
	give = with(t, give, object{"per_task_hour": 0}, "vehicles", 0, "costs")
	if p := read(t, text(t, give)); p.Jobs() != 3 {
		t.Errorf("%d jobs, want 3", p.Jobs())
	}
}

// A day on which nobody works leaves everything.
func TestNobody(t *testing.T) {
	t.Parallel()
	p := read(t, text(t, with(t, day(), []any{}, "vehicles")))
	got := answer(t, p, solve(t, p, 10))
	if len(got.Routes) != 0 || len(got.Unassigned) != 3 || !cmp.Equal(got.Unassigned[0].Reasons, []string{"no_shift"}) {
		t.Errorf("nobody does %+v", got)
	}
	p = read(t, []byte(`{"jobs":[],"vehicles":[]}`))
	if got := answer(t, p, routing.Plan{Routes: [][]int{}}); len(got.Routes)+len(got.Unassigned) != 0 {
		t.Errorf("nothing is %+v", got)
	}
}
