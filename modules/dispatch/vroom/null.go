package vroom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// lists are the members of jobs and vehicles that are lists: of numbers, or of objects
// with such members.
var lists = map[string]bool{
	"location": true, "start": true, "end": true, "capacity": true, "skills": true, "time_window": true, "time_windows": true, "breaks": true,
	"delivery": true, "pickup": true, "amount": true, "max_load": true, "steps": true, "tools": true, "parts": true, "refills": true,
}

// nulls says where a list holds nothing: to encoding/json null is a 0, which nobody has
// stated. A member that is null is one that is missing, and what the format does not
// know may hold anything.
func (r *report) nulls(raw []byte, pointer string) {
	var v any
	if bytes.Contains(raw, []byte("null")) && json.Unmarshal(raw, &v) == nil {
		r.nullsIn(v, pointer)
	}
}

func (r *report) nullsIn(v any, pointer string) {
	switch v := v.(type) {
	case map[string]any: // the halves of a shipment are objects
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if lists[name] && v[name] != nil {
				r.nullsIn(v[name], pointer+"/"+name)
			}
		}
	case []any:
		for i, one := range v {
			at := fmt.Sprintf("%s/%d", pointer, i)
			if one == nil {
				r.wrong("null", "%s", at)
			}
			r.nullsIn(one, at)
		}
	}
}
