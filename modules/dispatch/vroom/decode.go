package vroom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// envelope is the document with its parts unread, so that what is wrong in one
// of them can be pointed at.
type envelope struct {
	Jobs, Shipments, Vehicles []json.RawMessage
	Matrices                  map[string]matrices
	Traffic                   json.RawMessage // an extension
}

// open finds the parts of a document. It is false where it is not even JSON.
func (e *envelope) open(r *report, data []byte) bool {
	p := partsOf(data)
	var old json.RawMessage // the matrix of the first version, for cars
	ok := r.object(p, "", func(name string) (ok bool) {
		switch name {
		case "jobs":
			e.Jobs, ok = r.list(p, "/jobs")
		case "shipments":
			e.Shipments, ok = r.list(p, "/shipments")
		case "vehicles":
			e.Vehicles, ok = r.list(p, "/vehicles")
		case "matrices":
			ok = r.object(p, "/matrices", func(profile string) bool { return e.openProfile(r, p, profile) })
		case "matrix":
			old, ok = p.raw()
		case "traffic":
			e.Traffic, ok = p.raw()
		default:
			ok = p.skip()
		}
		return ok
	})
	if _, stated := e.Matrices["car"]; !stated && present(old) {
		e.Matrices["car"] = matrices{Durations: old}
	}
	return ok && p.over()
}

// openProfile finds the matrices of one profile.
func (e *envelope) openProfile(r *report, p *parts, profile string) bool {
	var m matrices
	ok := r.object(p, "/matrices/"+escape(profile), func(name string) bool {
		raw, ok := p.raw()
		switch name {
		case "durations":
			m.Durations = raw
		case "distances":
			m.Distances = raw
		case "costs":
			m.Costs = raw
		}
		return ok
	})
	e.Matrices[profile] = m
	return ok
}

// object reads an object, or null. What else there is has the wrong shape.
func (r *report) object(p *parts, pointer string, member func(name string) bool) bool {
	if p.kind() == '{' {
		return p.object(member)
	}
	return r.none(p, pointer)
}

// list reads a list, or null.
func (r *report) list(p *parts, pointer string) ([]json.RawMessage, bool) {
	if p.kind() == '[' {
		return p.list()
	}
	return nil, r.none(p, pointer)
}

// none reads a value that can only be null.
func (r *report) none(p *parts, pointer string) bool {
	raw, ok := p.raw()
	if ok && present(raw) {
		r.wrong("shape", "%s", pointer)
	}
	return ok
}

// read fills the document. Members that the format does not know are passed over.
func (d *document) read(r *report, data []byte) {
	e := envelope{Matrices: map[string]matrices{}}
	if !e.open(r, data) {
		*r = report{}
		r.wrong("syntax", "")
		return
	}
	if r.err() != nil {
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
	d.Matrices = e.Matrices
	d.readTraffic(r, e.Traffic)
}

func each[T any](r *report, raw []json.RawMessage, name string) []T {
	out := make([]T, len(raw))
	for i := range raw {
		pointer := item(name, i)
		if !present(raw[i]) {
			r.wrong("null", "%s", pointer)
			continue
		}
		r.nulls(raw[i], pointer)
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

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// escape writes a name as part of a JSON pointer.
func escape(name string) string { return escapes.Replace(name) }
