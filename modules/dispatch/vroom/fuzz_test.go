package vroom_test

import (
	"encoding/json"
	"testing"

	"fettle.dev/fettle/modules/dispatch/vroom"
)

// Whatever comes, Read says what is wrong or reads a problem that can be solved
// and answered.
func FuzzRead(f *testing.F) {
	for _, give := range []string{
		`{}`, `{"jobs":[],"vehicles":[]}`,
		`{"jobs":[{"id":1,"location":[8.5,49.5]}],"vehicles":[{"id":1,"start":[8.5,49.5],"end":[8.6,49.5],"breaks":[{"id":1,"service":5}]}]}`,
		`{"jobs":[{"id":1,"location_index":1,"time_windows":[[5,9],[7,12]]}],"vehicles":[{"id":1,"start_index":0,"steps":[{"type":"job","id":1}]}],"matrices":{"car":{"durations":[[0,1],[null,0]]}}}`,
		`{"jobs":[{"id":1,"location_index":1}],"vehicles":[{"id":1,"start_index":0}],"matrix":[[0,1.5],[1e9,0]]}`,
		`{"shipments":[{"amount":[1],"pickup":{"id":1,"location_index":1},"delivery":{"id":1,"location_index":0}}],"vehicles":[{"id":1,"start_index":0,"capacity":[1],"steps":[{"type":"delivery","id":1}]}],"matrix":[[0,1],[1,0]]}`,
		`{"jobs":[{"id":1,"location_index":1,"tools":[3],"parts":[2]}],"vehicles":[{"id":1,"start_index":0,"parts":[1],"costs":{"per_work_hour":9},"refills":[{"id":1,"location_index":0,"tools":[3],"parts":[1]},{"id":2,"location_index":1}],"steps":[{"type":"refill","id":2}]}],"matrix":[[0,1],[1,0]]}`,
		`{"jobs":[{"id":1,"location_index":1}],"vehicles":[{"id":1,"start_index":0,"time_window":[0,90]}],"matrix":[[0,9],[9,0]],"traffic":{"car":[{"from":0,"speed_factor":0.5},{"from":7,"speed_factor":2}],"bike":[]}}`,
		`{"jobs":[null],"vehicles":[{"id":1,"start":[1e400,0]}]}`,
	} {
		f.Add([]byte(give))
	}
	f.Fuzz(func(t *testing.T, give []byte) {
		p, err := vroom.Read(give)
		if err != nil {
			return
		}
		if p.Jobs()*p.Vehicles() > 100 {
			return
		}
		if out := vroom.Write(p, solve(t, p, 3), vroom.Answer{Geometry: true}); !json.Valid(out) {
			t.Errorf("%s is no JSON", out)
		}
	})
}

func FuzzSolomon(f *testing.F) {
	f.Add([]byte("C1\n\nVEHICLE\nNUMBER CAPACITY\n 2 200\n\nCUSTOMER\n0 40 50 0 0 1236 0\n1 45 68 10 912 967 90\n"))
	f.Fuzz(func(_ *testing.T, give []byte) {
		if out, err := vroom.Solomon(give); err == nil {
			_, _ = vroom.Read(out)
		}
	})
}
