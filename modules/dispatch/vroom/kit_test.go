package vroom_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// object is JSON that is written by hand.
type object = map[string]any

// text writes JSON.
func text(tb interface{ Fatal(...any) }, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// read reads a problem that is in order.
func read(tb interface{ Fatalf(string, ...any) }, data []byte) *vroom.Problem {
	p, err := vroom.Read(data)
	if err != nil {
		tb.Fatalf("%s: %v %+v", data[:min(len(data), 2000)], err, err)
	}
	return p
}

// solve searches so many iterations, from the steps of the vehicles.
func solve(tb interface{ Fatal(...any) }, p *vroom.Problem, iterations int) routing.Plan {
	plan, _, err := routing.Solve(context.Background(), p.Routing(), p.Start(), routing.Budget{Iterations: iterations}, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

// day is a small problem with a matrix: a base and three customers in a row, ten
// seconds apart.
func day() object {
	return object{
		"vehicles": []any{object{"id": 1, "start_index": 0, "end_index": 0}},
		"jobs": []any{
			object{"id": 11, "location_index": 1}, object{"id": 12, "location_index": 2}, object{"id": 13, "location_index": 3},
		},
		"matrices": object{"car": object{"durations": [][]int{{0, 10, 20, 30}, {10, 0, 10, 20}, {20, 10, 0, 10}, {30, 20, 10, 0}}}},
	}
}

// with changes one member of a copy of a problem: path leads there.
func with(tb testing.TB, problem object, value any, path ...any) object {
	tb.Helper()
	var out object
	if err := json.Unmarshal(text(tb, problem), &out); err != nil {
		tb.Fatal(err)
	}
	var at any = out
	for _, key := range path[:len(path)-1] {
		switch k := key.(type) {
		case string:
			at = at.(object)[k]
		case int:
			at = at.([]any)[k]
		}
	}
	switch k := path[len(path)-1].(type) {
	case string:
		at.(object)[k] = value
	case int:
		at.([]any)[k] = value
	}
	return out
}
