package vroom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// envelope is the document with its parts unread, so that what is wrong in one
// of them can be pointed at.
type envelope struct {
	Jobs      []json.RawMessage          `json:"jobs"`
	Shipments []json.RawMessage          `json:"shipments"`
	Vehicles  []json.RawMessage          `json:"vehicles"`
	Matrices  map[string]json.RawMessage `json:"matrices"`
	Matrix    json.RawMessage            `json:"matrix"`  // the old form, for cars
	Traffic   map[string]json.RawMessage `json:"traffic"` // an extension
}

// read fills the document. Members that the format does not know are passed over.
func (d *document) read(r *report, data []byte) {
	var e envelope
	if !decode(r, data, &e, "") {
		return
	}
	if e.Jobs == nil && e.Shipments == nil {
		r.wrong("required", "/jobs")
	}
	if e.Vehicles == nil {
		r.wrong("required", "/vehicles")
	}
	if len(e.Jobs) > d.most.Jobs {
		r.tooMany("/jobs", d.most.Jobs)
		return
	}
	if len(e.Jobs)+2*len(e.Shipments) > d.most.Jobs {
		r.tooMany("/shipments", (d.most.Jobs-len(e.Jobs))/2)
		return
	}
	if len(e.Vehicles) > d.most.Vehicles {
		r.tooMany("/vehicles", d.most.Vehicles)
		return
	}
	d.Jobs = each[job](r, e.Jobs, "jobs")
	for i := range d.Jobs {
		d.Jobs[i].kind, d.Jobs[i].pointer = kindJob, item("jobs", i)
	}
	d.readShipments(r, e.Shipments)
	d.Vehicles = each[vehicle](r, e.Vehicles, "vehicles")
	d.readRefills(r)
	d.readMatrices(r, &e)
	d.readTraffic(r, e.Traffic)
}

func (d *document) readMatrices(r *report, e *envelope) {
	d.Matrices = map[string]matrices{}
	for _, profile := range slices.Sorted(maps.Keys(e.Matrices)) {
		var m matrices
		if decode(r, e.Matrices[profile], &m, "/matrices/"+escape(profile)) {
			d.Matrices[profile] = m
		}
	}
	if _, stated := d.Matrices["car"]; !stated && present(e.Matrix) {
		d.Matrices["car"] = matrices{Durations: e.Matrix}
	}
}

func each[T any](r *report, raw []json.RawMessage, name string) []T {
	out := make([]T, len(raw))
	for i := range raw {
		pointer := item(name, i)
		if !present(raw[i]) {
			r.wrong("null", "%s", pointer)
			continue
		}
		decode(r, raw[i], &out[i], pointer)
	}
	return out
}

// item is the pointer of one of a list.
func item(list string, i int) string { return fmt.Sprintf("/%s/%d", list, i) }

// present reports whether a member is there and not null.
func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// decode reads one value and says what is wrong with it, below pointer.
func decode(r *report, raw []byte, into any, pointer string) bool {
	err := json.Unmarshal(raw, into)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return true
	case errors.As(err, &kind):
		if kind.Field != "" {
			pointer += "/" + strings.ReplaceAll(kind.Field, ".", "/")
		}
		code := "shape"
		if v, number := strings.CutPrefix(kind.Value, "number "); number && !strings.ContainsAny(v, ".eE") {
			code = "out_of_range"
		}
		r.wrong(code, "%s", pointer)
	default:
		r.wrong("syntax", "%s", pointer)
	}
	return false
}

// escape writes a name as part of a JSON pointer.
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
