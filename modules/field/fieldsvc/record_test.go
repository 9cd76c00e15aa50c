package fieldsvc_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

func TestRecordIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.asTechnician(li)
		first := k.call(t, "POST", "/v1/visits", k.good("phone-0001"))
		if first.status != 201 || first.str("state") != "recorded" || len(first.codes("reviews")) != 0 {
			t.Fatalf("recorded: %+v", first)
		}
		got := k.events(t)
		want := field.VisitRecorded{
			Appointment: visit, WorkOrder: workA, Case: caseA, Node: wuhan, Technician: li, Outcome: work.Fixed, Cause: "FAN-WORN", Resolution: "REPLACED",
			WorkedMinutes: 60, TravelMetres: 5200, Parts: []remedy.Need{{Part: fan, Quantity: 1}}, Acceptance: field.ByCode,
			StartedAt: dbtest.Now, FinishedAt: dbtest.Now.Add(time.Hour),
		}
		want.Visit, _ = id.Parse[id.VisitKind](first.str("id"))
		if len(got) != 1 {
			t.Fatalf("heard %+v", got)
		}
		if d := cmp.Diff(want, got[0]); d != "" {
			t.Errorf("event (-want +got):\n%s", d)
		}
		other := k.good("phone-0001")
		other.Outcome, other.Parts = work.NotFixed, nil // a phone that has got it wrong
		k.clock.To(dbtest.Now.AddDate(3, 0, 0))
		again := k.call(t, "POST", "/v1/visits", other)
		if again.status != 201 || again.str("id") != first.str("id") || again.str("state") != "recorded" {
			t.Errorf("sent again: %+v", again)
		}
		if more := k.events(t); len(more) != 0 {
			t.Errorf("heard %+v", more)
		}
	})
}

// Eight processes' worth of the same record, at the same moment.
func TestSameRecordAtTheSameMoment(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		k := newKit(t, h)
		ids := make([]string, 8)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				out := k.call(t, "POST", "/v1/visits", k.good("phone-0001"))
				ids[i] = fmt.Sprint(out.status, out.str("id"))
			})
		}
		wait.Wait()
		for _, got := range ids {
			if got != ids[0] || !strings.HasPrefix(got, "201") {
				t.Errorf("answers differ: %v", ids)
			}
		}
		if got := k.events(t); len(got) != 1 {
			t.Errorf("heard %d events", len(got))
		}
	}, schemas...)
}

func TestWhatDoesNotFitIsTakenAndReviewed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.appointment.State, k.order.State = dispatch.Cancelled, work.Cancelled
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		r := k.good("phone-0002")
		r.Technician, r.Acceptance.Code, r.FinishedAt = wang, "000000x", dbtest.Now.Add(48*time.Hour)
		r.Photos, r.Parts[0].Quantity, r.Answers = []id.File{{9}, {9}}, 2, nil
		out := k.call(t, "POST", "/v1/visits", r)
		want := []string{
			"field.other_technician", "field.appointment_over", "field.work_over", "field.wrong_code", "field.in_future", "field.duration",
			"field.unplanned_part", "field.photo_missing", "field.checklist_incomplete",
		}
		if d := cmp.Diff(want, out.codes("reviews")); out.status != 201 || out.str("state") != "in_review" || d != "" {
			t.Fatalf("%d %s (-want +got):\n%s", out.status, out.body, d)
		}
		e := k.events(t)[0].(field.VisitRecorded)
		if e.Review != want[0] || len(e.Reviews) != len(want) || e.FinishedAt.After(k.clock.Now()) || e.Photos != 0 {
			t.Errorf("event %+v", e)
		}
		again := k.good("phone-0003")
		again.FinishedAt = again.StartedAt.Add(-time.Minute)
		second := k.call(t, "POST", "/v1/visits", again)
		if d := cmp.Diff([]string{"field.second_record", "field.times_reversed"}, second.codes("reviews")); d != "" {
			t.Errorf("a second record (-want +got):\n%s", d)
		}
		k.settleAll(t, len(want)+2)
		if v := k.call(t, "GET", "/v1/visits/"+out.str("id"), nil); v.str("state") != "settled" {
			t.Errorf("when all is settled: %v", v.body)
		}
	})
}

// settleAll decides on everything that is open, which are n things.
func (k *kit) settleAll(t *testing.T, n int) {
	t.Helper()
	seen, cursor := 0, ""
	for {
		page := k.call(t, "GET", "/v1/reviews?limit=4"+cursor, nil)
		items, _ := page.body["items"].([]any)
		for _, i := range items {
			name, _ := i.(map[string]any)["id"].(string)
			path := "/v1/reviews/" + name + "/settle"
			if out := k.call(t, "POST", path, map[string]string{"decision": "accepted"}); out.status != 200 || out.str("state") != "accepted" {
				t.Fatalf("settle: %+v", out)
			}
			if out := k.call(t, "POST", path, map[string]string{"decision": "rejected"}); out.status != 409 {
				t.Fatalf("settled twice: %+v", out)
			}
			seen++
		}
		next := page.str("next")
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	if seen != n {
		t.Errorf("settled %d things, want %d", seen, n)
	}
	if left := k.call(t, "GET", "/v1/reviews", nil); len(left.codes("items")) != 0 {
		t.Errorf("still open: %v", left.body)
	}
	if events := k.events(t); len(events) != n+1 { // and the second record
		t.Errorf("heard %d events", len(events))
	}
}

func TestWhoMayRecord(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.asTechnician(li)
		bundle := k.call(t, "GET", "/v1/appointments/"+visit.String()+"/bundle", nil)
		if bundle.status != 200 {
			t.Fatalf("bundle: %+v", bundle)
		}
		plain, signed := k.good("a"), k.good("b")
		signed.Appointment, signed.Bundle = id.Appointment{}, bundle.str("token")
		forged := signed
		forged.Bundle = strings.Replace(signed.Bundle, ".", "A.", 1)
		elsewhere := signed
		elsewhere.WorkOrder = workB
		stolen := signed
		stolen.Technician = wang
		claims := plain
		claims.Technician = li
		ofNothing := plain
		ofNothing.Appointment = id.Appointment{77}
		odd := plain
		odd.WorkOrder = workB
		adhoc := plain
		adhoc.Appointment, adhoc.WorkOrder, adhoc.Acceptance.Kind = id.Appointment{}, workA, field.Refused
		alien := plain
		alien.Parts = []remedy.Need{{Part: id.Part{66}, Quantity: 1}}
		for i, tt := range []struct {
			name    string
			who     id.Technician // zero: an integrator of the operator
			now     id.Technician // whose appointment it is meanwhile
			record  field.Record
			status  int
			code    string
			reviews []string
		}{
			{"the technician", li, li, plain, 201, "", nil},
			{"another", wang, li, plain, 404, "not_found", nil},
			{"one who was replaced", li, wang, plain, 404, "not_found", nil},
			{"and claims otherwise", li, wang, claims, 404, "not_found", nil},
			{"one who was replaced, with the bundle", li, wang, signed, 201, "", []string{"field.other_technician"}},
			{"another, with the bundle", wang, li, signed, 404, "not_found", nil},
			{"another, in the bundle's name", wang, wang, stolen, 422, "field.bundle", nil},
			{"a forged bundle", li, li, forged, 422, "field.bundle", nil},
			{"a bundle for something else", li, li, elsewhere, 422, "field.bundle", nil},
			{"an unknown appointment", id.Technician{}, li, ofNothing, 404, "not_found", nil},
			{"an odd work order", id.Technician{}, li, odd, 422, "field.record", nil},
			{"a part that nobody knows", id.Technician{}, li, alien, 422, "field.record", nil},
			{"without an appointment", id.Technician{}, li, adhoc, 201, "", []string{"field.no_appointment"}},
			{"a technician without an appointment", li, li, adhoc, 404, "not_found", nil},
		} {
			k.asTechnician(tt.who)
			if tt.who.IsZero() {
				k.as(access.Integrator, access.Tenant, id.Raw{})
			}
			k.appointment.Technician = tt.now
			tt.record.ClientID = fmt.Sprintf("phone-%04d", i)
			out := k.call(t, "POST", "/v1/visits", tt.record)
			got := out.codes("reviews")
			if len(got) > 0 && got[len(got)-1] != "field.no_appointment" { // later records of one visit are second ones
				got = without(got, "field.second_record")
			}
			if out.status != tt.status || out.str("code") != tt.code || !cmp.Equal(got, tt.reviews) {
				t.Errorf("%s: %d %v, want %d %s %v", tt.name, out.status, out.body, tt.status, tt.code, tt.reviews)
			}
		}
	})
}

func without(list []string, one string) (out []string) {
	for _, s := range list {
		if s != one {
			out = append(out, s)
		}
	}
	return out
}

func TestUnreadableRecordsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := k.good("phone-0001")
		r.StartedAt = time.Time{}.AddDate(1900, 0, 0)
		if out := k.call(t, "POST", "/v1/visits", r); out.status != 422 || out.str("code") != "field.record" {
			t.Errorf("an old clock: %+v", out)
		}
		if out := k.call(t, "POST", "/v1/visits", strings.NewReader(`{"client_id":"phone-0001","mood":"good"}`), "Content-Type", "application/json"); out.status != 422 {
			t.Errorf("an unknown member: %+v", out)
		}
		first := k.call(t, "POST", "/v1/visits", k.good("phone-0001"))
		r = k.good("phone-0001")
		r.Appointment, r.WorkOrder = id.Appointment{}, workB
		if out := k.call(t, "POST", "/v1/visits", r); first.status != 201 || out.status != 409 || out.str("code") != "field.client_id_reused" {
			t.Errorf("another visit under the same client id: %+v", out)
		}
		if got := k.events(t); len(got) != 1 {
			t.Errorf("heard %+v", got)
		}
	})
}

func TestTextsAreSealedAndErased(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := k.good("phone-0001")
		r.Acceptance = field.Accepted{Kind: field.BySignName, Name: "陈静"}
		out := k.call(t, "POST", "/v1/visits", r)
		path := "/v1/visits/" + out.str("id")
		personal := func() map[string]any {
			p, _ := k.call(t, "GET", path, nil).body["personal"].(map[string]any)
			return p
		}
		k.as(access.Agent, access.Tenant, id.Raw{})
		if d := cmp.Diff(map[string]any{"notes": r.Notes, "signed_by": "陈静", "erased": false}, personal()); d != "" {
			t.Errorf("to an agent (-want +got):\n%s", d)
		}
		for _, who := range []func(){
			func() { k.as(access.Finance, access.Tenant, id.Raw{}) },
			func() { k.as(access.Brand, access.OfBrand, cool.Raw()) },
			func() { k.appointment.State = dispatch.Completed; k.asTechnician(li) },
		} {
			who()
			if v := k.call(t, "GET", path, nil); v.status != 200 || v.body["personal"] != nil {
				t.Errorf("to %v: %v", k.caller.Grants, v.body)
			}
		}
		k.as(access.Brand, access.OfBrand, id.Brand{2}.Raw())
		if v := k.call(t, "GET", path, nil); v.status != 404 || v.str("code") != "not_found" {
			t.Errorf("to another brand: %+v", v)
		}
		if name, data, err := k.ExportPerson(t.Context(), dbtest.Tenant, chen); err != nil || name != "field" || !strings.Contains(fmt.Sprint(data), r.Notes) {
			t.Errorf("export: %s %v %v", name, data, err)
		}
		must(t, k.ring.Shred(t.Context(), dbtest.Tenant, chen))
		k.as(access.Agent, access.Tenant, id.Raw{})
		if d := cmp.Diff(map[string]any{"erased": true}, personal()); d != "" {
			t.Errorf("once erased (-want +got):\n%s", d)
		}
		if late := k.call(t, "POST", "/v1/visits", k.good("phone-0009")); late.status != 404 { // an agent records nothing
			t.Errorf("an agent: %+v", late)
		}
		k.caller = access.System(dbtest.Tenant)
		if late := k.call(t, "POST", "/v1/visits", k.good("phone-0009")); late.status != 201 {
			t.Errorf("a record after the erasure: %+v", late)
		}
	})
}

func TestBundleSaysWhoAndWhereOnlyWhenNear(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		path := "/v1/appointments/" + visit.String() + "/bundle"
		for _, tt := range []struct {
			state dispatch.State
			near  bool
		}{{dispatch.Scheduled, false}, {dispatch.Dispatched, true}, {dispatch.OnSite, true}, {dispatch.Completed, false}} {
			k.asTechnician(li)
			k.appointment.State = tt.state
			out := k.call(t, "GET", path, nil)
			who, near := out.body["customer"].(map[string]any)
			if out.status != 200 || near != tt.near || near && who["name"] != "陈静" {
				t.Errorf("%s: %v", tt.state, out.body)
			}
			if list, _ := out.body["checklist"].(map[string]any); list["code"] != "ac.1" {
				t.Errorf("%s: checklist %v", tt.state, list)
			}
			if text := fmt.Sprint(out.body); strings.Contains(text, k.AcceptanceCode(dbtest.Tenant, visit)) {
				t.Error("the technician is told the customer's code")
			}
		}
		k.asTechnician(wang)
		if out := k.call(t, "GET", path, nil); out.status != 404 {
			t.Errorf("another technician: %+v", out)
		}
		k.asTechnician(li)
		if out := k.call(t, "GET", "/v1/appointments/"+id.Appointment{9}.String()+"/bundle", nil); out.status != 404 {
			t.Errorf("an unknown appointment: %+v", out)
		}
	})
}

func TestAcceptanceCodes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		seen := map[string]bool{}
		for n := range byte(50) { // of each tenant
			for _, tenant := range []id.Tenant{dbtest.Tenant, dbtest.Other} {
				code := k.AcceptanceCode(tenant, id.Appointment{n + 1})
				if len(code) != 6 || code != k.AcceptanceCode(tenant, id.Appointment{n + 1}) {
					t.Errorf("code %q", code)
				}
				seen[code] = true
			}
		}
		if len(seen) < 97 { // a hundred draws from a million are the same four times once in 10^11
			t.Errorf("%d codes of a hundred visits", len(seen))
		}
		if k.AcceptanceCode(dbtest.Tenant, id.Appointment{}) != "" {
			t.Error("no appointment has a code")
		}
	})
}

func TestPictures(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.asTechnician(li)
		up := k.call(t, "POST", "/v1/files?case="+caseA.String(), photo(t), "Content-Type", "image/jpeg", "Idempotency-Key", "p1")
		if up.status != 201 || up.str("media_type") != "image/jpeg" {
			t.Fatalf("upload: %+v", up)
		}
		if again := k.call(t, "POST", "/v1/files?case="+caseA.String(), photo(t), "Content-Type", "image/jpeg", "Idempotency-Key", "p1"); again.str("id") != up.str("id") {
			t.Errorf("sent again: %+v", again)
		}
		name, _ := id.Parse[id.FileKind](up.str("id"))
		r := k.good("phone-0001")
		r.Photos = []id.File{name, name}
		out := k.call(t, "POST", "/v1/visits", r)
		if out.status != 201 || len(out.codes("reviews")) != 0 {
			t.Fatalf("recorded: %+v", out)
		}
		form, kind := formOf(t)
		late := k.call(t, "POST", "/v1/files?kind=document&case="+caseA.String()+"&visit="+out.str("id"), form, "Content-Type", kind)
		v := k.call(t, "GET", "/v1/visits/"+out.str("id"), nil)
		if photos, _ := v.body["photos"].([]any); late.status != 201 || len(photos) != 2 {
			t.Errorf("photos: %v, late %+v", v.body["photos"], late)
		}
		got := k.send(t, "GET", "/v1/files/"+up.str("id"), nil)
		if got.Code != 200 || got.Header().Get("Content-Type") != "image/jpeg" || got.Header().Get("Cache-Control") != "no-store" ||
			!strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") || bytes.Contains(got.Body.Bytes(), []byte("GPS")) {
			t.Errorf("picture: %d %v", got.Code, got.Header())
		}
		for _, who := range []func(){
			func() { k.asTechnician(wang) },
			func() { k.as(access.Finance, access.Tenant, id.Raw{}) },
			func() { k.appointment.State = dispatch.Completed; k.asTechnician(li) },
			func() { k.as(access.Agent, access.OfBrand, id.Brand{2}.Raw()) },
		} {
			who()
			if got := k.send(t, "GET", "/v1/files/"+up.str("id"), nil); got.Code != 404 {
				t.Errorf("to %v: %d", k.caller.Grants, got.Code)
			}
		}
		k.as(access.Agent, access.Tenant, id.Raw{})
		must(t, k.ring.Shred(t.Context(), dbtest.Tenant, chen))
		if got := k.send(t, "GET", "/v1/files/"+up.str("id"), nil); got.Code != 404 {
			t.Errorf("once erased: %d", got.Code)
		}
	})
}

func formOf(t testing.TB) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	must(t, form.WriteField("comment", "nobody reads this"))
	w, err := form.CreateFormFile("file", "plate.jpg")
	must(t, err)
	_, err = photoTo(t, w)
	must(t, err)
	must(t, form.Close())
	return &b, form.FormDataContentType()
}

func TestUploadsThatAreNone(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.asTechnician(li)
		mine := "?case=" + caseA.String()
		for _, tt := range []struct {
			name, query, kind, body string
			status                  int
			code                    string
		}{
			{"of no case", "", "image/jpeg", "x", 422, "api.invalid_input"},
			{"of something else", "?case=" + visit.String(), "image/jpeg", "x", 422, "api.invalid_input"},
			{"with something more", mine + "&colour=red", "image/jpeg", "x", 422, "api.invalid_input"},
			{"of no kind", mine + "&kind=film", "image/jpeg", "x", 422, "api.invalid_input"},
			{"of another's case", "?case=" + caseB.String(), "image/jpeg", "x", 404, "not_found"},
			{"of an unknown case", "?case=" + id.Case{1}.String(), "image/jpeg", "x", 404, "not_found"},
			{"no picture", mine, "image/jpeg", "hello", 415, "files.unsupported_type"},
			{"a text", mine, "text/plain", "hello", 415, "api.unsupported_media_type"},
			{"a broken form", mine, "multipart/form-data; boundary=x", "hello", 422, "api.invalid_input"},
			{"too large", mine, "image/jpeg", strings.Repeat("x", 16<<20), 413, ""},
			{"of an unknown visit", mine + "&visit=" + id.Visit{1}.String(), "image/jpeg", "", 404, "not_found"},
		} {
			body := any(strings.NewReader(tt.body))
			if tt.body == "" {
				body = photo(t)
			}
			out := k.call(t, http.MethodPost, "/v1/files"+tt.query, body, "Content-Type", tt.kind)
			if out.status != tt.status || tt.code != "" && out.str("code") != tt.code {
				t.Errorf("%s: %d %v, want %d %s", tt.name, out.status, out.body, tt.status, tt.code)
			}
		}
	})
}
