package vroom_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/vroom"
)

// TestOrderOfBreaks says in which order the breaks of a vehicle are taken that does
// the round of 60 seconds.
func TestOrderOfBreaks(t *testing.T) {
	t.Parallel()
	pause := func(id, service int, windows ...any) object {
		return object{"id": id, "service": service, "time_windows": windows}
	}
	for _, tt := range []struct {
		name   string
		breaks []any
		want   []int64 // nil where the vehicle stays at home
		starts []int64
	}{
		{"by their latest starts", []any{pause(1, 5, []any{0, 30}), pause(2, 5, []any{5, 20})}, []int64{2, 1}, []int64{10, 15}},
		{"the other way where only that fits", []any{pause(1, 100, []any{0, 50}), pause(2, 5, []any{0, 0})}, []int64{2, 1}, []int64{0, 5}},
		{"a long one after a short one", []any{pause(1, 100, []any{20, 40}), pause(2, 5, []any{0, 41}, []any{45, 45})}, []int64{2, 1}, []int64{0, 25}},
		{"in the second window", []any{pause(1, 5, []any{1, 2}, []any{22, 40})}, []int64{1}, []int64{30}},
		{"no order", []any{pause(1, 50, []any{0, 40}), pause(2, 50, []any{0, 40})}, nil, nil},
	} {
		give := with(t, day(), tt.breaks, "vehicles", 0, "breaks")
		p := read(t, text(t, give))
		got := answer(t, p, solve(t, p, 200))
		if err := judge(text(t, give), got); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var order, starts []int64
		for _, r := range got.Routes {
			for _, s := range r.Steps {
				if s.Type == "break" {
					order, starts = append(order, s.ID), append(starts, s.Arrival+s.Waiting)
				}
			}
		}
		if !slices.Equal(order, tt.want) || tt.want != nil && !slices.Equal(starts, tt.starts) || (tt.want == nil) != (len(got.Routes) == 0) {
			t.Errorf("%s: %v at %v, want %v at %v", tt.name, order, starts, tt.want, tt.starts)
		}
	}
}

// TestSomeOrder tries every order of breaks: a vehicle stays at home only when
// there is none in which all can be taken.
func TestSomeOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		breaks := drawBreaks(r)
		give := object{
			"vehicles": []any{object{"id": 1, "start_index": 0, "end_index": 0, "time_window": []any{0, 600}, "breaks": breaks}},
			"jobs":     []any{object{"id": 1, "location_index": 0}},
			"matrices": object{"car": object{"durations": [][]int{{0}}}},
		}
		p := read(r, text(r, give))
		got := answer(t, p, solve(r, p, 20))
		if want := anyOrder(breaks, 0); want != (len(got.Routes) == 1) {
			r.Fatalf("%v: taken is %v, possible %v", breaks, !want, want)
		}
	})
}

// anyOrder reports whether breaks can be taken one after the other, from an instant
// on until 600.
func anyOrder(breaks []any, now int) bool {
	if len(breaks) == 0 {
		return now <= 600
	}
	for k, b := range breaks {
		rest := slices.Delete(slices.Clone(breaks), k, k+1)
		for _, w := range b.(object)["time_windows"].([]any) {
			start := max(now, w.([]any)[0].(int))
			if start <= w.([]any)[1].(int) && anyOrder(rest, start+b.(object)["service"].(int)) {
				return true
			}
		}
	}
	return false
}

// TestTooManyOrders gives up on breaks of which nobody can try all orders.
func TestTooManyOrders(t *testing.T) {
	t.Parallel()
	var breaks []any
	for k := range 14 {
		breaks = append(breaks, object{"id": k, "service": 10 + k, "time_windows": []any{[]any{0, 100}}})
	}
	_, err := vroom.Read(text(t, with(t, day(), breaks, "vehicles", 0, "breaks")))
	if got := named(err); !errors.Is(err, vroom.ErrUnsupported) || got != "/vehicles/0/breaks not_supported" {
		t.Errorf("Read() = %v at %q", err, got)
	}
}
