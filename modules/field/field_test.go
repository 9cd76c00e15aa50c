package field_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

var (
	now   = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	li    = id.Technician{1}
	wang  = id.Technician{2}
	fan   = id.Part{1}
	board = id.Part{2}
)

// good is a record that fits plan.
func good() field.Record {
	return field.Record{
		ClientID: "phone-7-000123", Appointment: id.Appointment{1}, WorkOrder: id.WorkOrder{1}, Technician: li,
		StartedAt: now.Add(-2 * time.Hour), FinishedAt: now.Add(-time.Hour), Outcome: work.Fixed,
		Answers:    []field.Answer{{Item: "isolated", Is: field.OK}, {Item: "tested", Is: field.NotApplicable}},
		Parts:      []remedy.Need{{Part: fan, Quantity: 1}},
		Acceptance: field.Accepted{Kind: field.ByCode, Code: "123456"},
	}
}

func plan() field.Plan {
	return field.Plan{
		Planned: true, Technician: li, Parts: []remedy.Need{{Part: fan, Quantity: 1}}, Minutes: 70, Code: "123456", Checklist: field.For("repair", "PHONE"),
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(r *field.Record, p *field.Plan)
		want   []field.Review
	}{
		{"it fits", func(*field.Record, *field.Plan) {}, nil},
		{"given to another", func(_ *field.Record, p *field.Plan) { p.Technician = wang }, []field.Review{field.NotTheirs}},
		{"cancelled meanwhile", func(_ *field.Record, p *field.Plan) { p.Over = true }, []field.Review{field.PlanOver}},
		{"work over", func(_ *field.Record, p *field.Plan) { p.WorkOver = true }, []field.Review{field.WorkOver}},
		{"a second record", func(_ *field.Record, p *field.Plan) { p.Over, p.WorkOver, p.Recorded = true, true, true }, []field.Review{field.Twice}},
		{"a wrong code", func(r *field.Record, _ *field.Plan) { r.Acceptance.Code = "123457" }, []field.Review{field.WrongCode}},
		{"no code", func(r *field.Record, _ *field.Plan) { r.Acceptance.Code = "" }, []field.Review{field.WrongCode}},
		{"no code where there is none", func(r *field.Record, p *field.Plan) { r.Acceptance.Code, p.Code = "", "" }, []field.Review{field.WrongCode}},
		{"signed", func(r *field.Record, _ *field.Plan) { r.Acceptance = field.Accepted{Kind: field.BySignName} }, nil},
		{"backwards", func(r *field.Record, _ *field.Plan) { r.StartedAt, r.FinishedAt = r.FinishedAt, r.StartedAt }, []field.Review{field.Reversed}},
		{"in future", func(r *field.Record, _ *field.Plan) { r.FinishedAt = now.Add(11 * time.Minute) }, []field.Review{field.InFuture}},
		{"a clock that is a little ahead", func(r *field.Record, _ *field.Plan) { r.FinishedAt = now.Add(9 * time.Minute) }, nil},
		{"too short", func(r *field.Record, _ *field.Plan) { r.FinishedAt = r.StartedAt.Add(13 * time.Minute) }, []field.Review{field.Duration}},
		{"short, but declined", func(r *field.Record, _ *field.Plan) {
			r.FinishedAt, r.Outcome = r.StartedAt.Add(5*time.Minute), work.CustomerNo
		}, nil},
		{"short, nobody there", func(r *field.Record, _ *field.Plan) {
			r.FinishedAt, r.Outcome, r.Answers = r.StartedAt.Add(5*time.Minute), work.NotPresent, nil
		}, nil},
		{"too long", func(r *field.Record, _ *field.Plan) { r.StartedAt = now.Add(-16 * time.Hour) }, []field.Review{field.Duration}},
		{"worked longer than there", func(r *field.Record, _ *field.Plan) { r.WorkedMinutes = 90 }, []field.Review{field.Duration}},
		{"another part", func(r *field.Record, _ *field.Plan) { r.Parts[0].Part = board }, []field.Review{field.UnplannedPart}},
		{"more of it", func(r *field.Record, _ *field.Plan) { r.Parts = append(r.Parts, r.Parts[0]) }, []field.Review{field.UnplannedPart}},
		{"none of it", func(r *field.Record, _ *field.Plan) { r.Parts = nil }, nil},
		{"a photo is gone", func(_ *field.Record, p *field.Plan) { p.Lost = true }, []field.Review{field.LostPhoto}},
		{"not tested", func(r *field.Record, _ *field.Plan) { r.Answers = r.Answers[:1] }, []field.Review{field.Unanswered}},
		{"nobody planned it", func(r *field.Record, p *field.Plan) { *p, r.Acceptance.Kind = field.Plan{Minutes: 70}, field.Refused }, []field.Review{field.NoPlan}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, p := good(), plan()
			tt.change(&r, &p)
			if d := cmp.Diff(tt.want, field.Check(r, p, now)); d != "" {
				t.Errorf("Check (-want +got):\n%s", d)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(r *field.Record)
		want   []string
	}{
		{"good", func(*field.Record) {}, nil},
		{"only a bundle says of what", func(r *field.Record) { r.Appointment, r.WorkOrder, r.Bundle = id.Appointment{}, id.WorkOrder{}, "x" }, nil},
		{"of nothing", func(r *field.Record) { r.Appointment, r.WorkOrder = id.Appointment{}, id.WorkOrder{} }, []string{"/work_order"}},
		{"no client id", func(r *field.Record) { r.ClientID = "" }, []string{"/client_id"}},
		{"an odd client id", func(r *field.Record) { r.ClientID = "phone 7; 000123" }, []string{"/client_id"}},
		{"no times", func(r *field.Record) { r.StartedAt, r.FinishedAt = time.Time{}, time.Time{} }, []string{"/started_at", "/finished_at"}},
		{"another outcome", func(r *field.Record) { r.Outcome = "magic" }, []string{"/outcome"}},
		{"no acceptance", func(r *field.Record) { r.Acceptance.Kind = "" }, []string{"/acceptance/kind"}},
		{"a text as a code", func(r *field.Record) { r.Cause = "Mr Li said so" }, []string{"/cause"}},
		{"less than no part", func(r *field.Record) { r.Parts[0].Quantity = -1 }, []string{"/parts/0/quantity"}},
		{"a part without name", func(r *field.Record) { r.Parts[0].Part = id.Part{} }, []string{"/parts/0/part"}},
		{"an answer that is none", func(r *field.Record) { r.Answers[1].Is = "maybe" }, []string{"/answers/1/is"}},
		{"a unit that is none", func(r *field.Record) { r.Readings = []field.Reading{{Item: "supply", Milli: 230_000, Unit: "12"}} }, []string{"/readings/0/unit"}},
		{"a photo without name", func(r *field.Record) { r.Photos = []id.File{{}} }, []string{"/photos/0"}},
		{"negative minutes", func(r *field.Record) { r.WorkedMinutes = -1 }, []string{"/worked_minutes"}},
		{"endless notes", func(r *field.Record) { r.Notes = strings.Repeat("好", 4001) }, []string{"/notes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := good()
			tt.change(&r)
			_, err := field.Readable(r)
			if (err != nil) != (tt.want != nil) || err != nil && !errors.Is(err, field.ErrRecord) {
				t.Fatalf("Readable = %v", err)
			}
			var got []string
			if err != nil {
				for _, f := range fault.Of(err).Fields {
					got = append(got, f.Pointer)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("wrong members (-want +got):\n%s", d)
			}
		})
	}
}

func TestReadableTrims(t *testing.T) {
	t.Parallel()
	r := good()
	r.Acceptance.Code, r.Notes = " 123 456\n", "  fan replaced "
	got, err := field.Readable(r)
	if err != nil || got.Acceptance.Code != "123456" || got.Notes != "fan replaced" {
		t.Errorf("Readable = %+v, %v", got, err)
	}
}

func instant() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return now.Add(time.Duration(rapid.Int64Range(-400*24*60, 400*24*60).Draw(t, "minutes")) * time.Minute)
	})
}

func records() *rapid.Generator[field.Record] {
	return rapid.Custom(func(t *rapid.T) field.Record {
		r := good()
		r.StartedAt, r.FinishedAt = instant().Draw(t, "started"), instant().Draw(t, "finished")
		r.WorkedMinutes = rapid.Int64Range(-1, 200_000).Draw(t, "worked")
		r.Technician = rapid.SampledFrom([]id.Technician{li, wang, {}}).Draw(t, "technician")
		r.Outcome = work.Outcome(rapid.SampledFrom([]string{"fixed", "declined", "absent", "part_missing", "", "lost"}).Draw(t, "outcome"))
		r.Acceptance.Kind = field.Acceptance(rapid.SampledFrom([]string{"code", "signature", "refused", "absent", "x"}).Draw(t, "kind"))
		r.Acceptance.Code = rapid.StringN(0, 14, -1).Draw(t, "code")
		r.Parts = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) remedy.Need {
			return remedy.Need{Part: rapid.SampledFrom([]id.Part{fan, board}).Draw(t, "part"), Quantity: rapid.Int64Range(0, 3).Draw(t, "quantity")}
		}), 0, 3).Draw(t, "parts")
		r.Notes = rapid.String().Draw(t, "notes")
		return r
	})
}

func plans() *rapid.Generator[field.Plan] {
	return rapid.Custom(func(t *rapid.T) field.Plan {
		p := plan()
		p.Planned, p.Over, p.WorkOver = rapid.Bool().Draw(t, "planned"), rapid.Bool().Draw(t, "over"), rapid.Bool().Draw(t, "work over")
		p.Recorded, p.Lost = rapid.Bool().Draw(t, "recorded"), rapid.Bool().Draw(t, "lost")
		p.Minutes = rapid.Int64Range(0, 600).Draw(t, "minutes")
		p.Checklist = field.For(rapid.SampledFrom([]string{"repair", "install", ""}).Draw(t, "work"), rapid.SampledFrom([]string{"AC-WALL", "EV-DC", ""}).Draw(t, "line"))
		return p
	})
}

// A record that can be read is taken whatever the plan and the time: only known
// codes come of it, each once, and its minutes are such as may be paid. Reading
// it again changes nothing.
func TestReadableRecordsAreTaken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, err := field.Readable(records().Draw(t, "record"))
		if err != nil {
			return
		}
		if again, err := field.Readable(r); err != nil || !cmp.Equal(again, r) {
			t.Fatalf("read again: %+v, %v", again, err)
		}
		codes := field.Check(r, plans().Draw(t, "plan"), instant().Draw(t, "now"))
		at := -1
		for _, c := range codes {
			i := slices.Index(field.Reviews, c)
			if i <= at {
				t.Fatalf("%v is unknown, doubled or out of order", codes)
			}
			at = i
		}
		if m := field.Minutes(r); m < 0 || m > 24*60 {
			t.Fatalf("worked %d minutes", m)
		}
	})
}

func TestMinutes(t *testing.T) {
	t.Parallel()
	r := good()
	r.FinishedAt = r.StartedAt.Add(61*time.Minute + 40*time.Second)
	if got := field.Minutes(r); got != 62 {
		t.Errorf("Minutes = %d, want 62", got)
	}
	if r.WorkedMinutes = 40; field.Minutes(r) != 40 {
		t.Errorf("Minutes = %d, want what the technician says", field.Minutes(r))
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := field.Code(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "mac"))
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" || !field.SameCode(code, code) {
			t.Fatalf("code %q", code)
		}
	})
}

func TestChecklists(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ work, line, want string }{
		{"repair", "AC-WALL", "ac.1"},
		{"install", "AC-DUCT", "ac_install.1"},
		{"commission", "ev-dc", "ev_install.1"},
		{"maintain", "EV-HOME", "ev.1"},
		{"repair", "PR-FDM", "printer.1"},
		{"remove", "AC-WALL", "remove.1"},
		{"remove", "FRIDGE", "remove.1"},
		{"survey", "EV-DC", "look.1"},
		{"repair", "", "general.1"},
		{"", "", "general.1"},
	} {
		c := field.For(tt.work, tt.line)
		if c.Code != tt.want {
			t.Errorf("For(%q, %q) = %s, want %s", tt.work, tt.line, c.Code, tt.want)
		}
		seen := map[string]bool{}
		named := func(code string, names map[locale.Tag]string) {
			if seen[code] {
				t.Errorf("%s asks %s twice", c.Code, code)
			}
			seen[code] = true
			for _, tag := range locale.Spoken {
				if names[tag] == "" {
					t.Errorf("%s of %s has no name in %s", code, c.Code, tag)
				}
			}
		}
		r := good()
		r.Answers, r.Readings = nil, nil
		for _, i := range c.Items {
			named(i.Code, i.Names)
			r.Answers = append(r.Answers, field.Answer{Item: i.Code, Is: field.OK})
		}
		for _, m := range c.Readings {
			named(m.Code, m.Names)
			r.Readings = append(r.Readings, field.Reading{Item: m.Code, Milli: 1, Unit: m.Unit})
		}
		if _, err := field.Readable(r); err != nil || !c.Complete(r) {
			t.Errorf("all of %s answered: %v, complete %v", c.Code, err, c.Complete(r))
		}
		if r.Answers = nil; c.Complete(r) {
			t.Errorf("%s is complete without answers", c.Code)
		}
	}
}

func TestReviews(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give []field.ReviewState
		want field.State
	}{
		{nil, field.Recorded},
		{[]field.ReviewState{field.ReviewOpen}, field.InReview},
		{[]field.ReviewState{field.ReviewAccepted, field.ReviewOpen}, field.InReview},
		{[]field.ReviewState{field.ReviewAccepted, field.ReviewRejected}, field.Settled},
	} {
		if got := field.After(tt.give); got != tt.want {
			t.Errorf("After(%v) = %s, want %s", tt.give, got, tt.want)
		}
	}
	for _, s := range []field.ReviewState{field.ReviewOpen, field.ReviewAccepted, field.ReviewRejected} {
		for _, to := range []field.ReviewState{field.ReviewOpen, field.ReviewAccepted, field.ReviewRejected} {
			got, err := field.Settle(s, to)
			if ok := s == field.ReviewOpen && to != field.ReviewOpen; (err == nil) != ok || ok && got != to || !ok && got != s {
				t.Errorf("Settle(%s, %s) = %s, %v", s, to, got, err)
			}
		}
	}
}
