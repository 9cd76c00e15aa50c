// Package solvertest makes problems for the tests of the solver.
package solvertest

import "encoding/json"

// Town is a problem of so many customers on a grid and three vans.
func Town(customers int) []byte {
	var jobs, vans []any
	for i := range customers {
		jobs = append(jobs, map[string]any{"id": i, "location": []float64{8 + float64(i*7%40)/100, 49 + float64(i*11%60)/100}, "service": 600, "priority": i % 3})
	}
	for i := range 3 {
		vans = append(vans, map[string]any{"id": i, "start": []float64{8.2, 49.2}, "end": []float64{8.2, 49.2}, "time_window": []int{0, 28_800}})
	}
	b, err := json.Marshal(map[string]any{"jobs": jobs, "vehicles": vans})
	if err != nil {
		panic(err)
	}
	return b
}
