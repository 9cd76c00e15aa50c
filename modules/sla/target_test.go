package sla_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/sla"
)

func brand(n byte) id.Brand { return id.Brand{n} }
func line(n byte) id.Line   { return id.Line{n} }
func node(n byte) id.Node   { return id.Node{n} }

func target(n byte, set func(*sla.Target)) sla.Target {
	t := sla.Target{ID: id.SlaTarget{n}, To: sla.ToCustomer, Kind: sla.Resolve, Promise: sla.Promise{WithinMinutes: int64(n) * 60}}
	set(&t)
	return t
}

func TestChoose(t *testing.T) {
	t.Parallel()
	targets := []sla.Target{
		target(1, func(*sla.Target) {}),
		target(2, func(t *sla.Target) { t.Brand = brand(1) }),
		target(3, func(t *sla.Target) { t.Brand, t.Priority = brand(1), desk.Critical }),
		target(4, func(t *sla.Target) { t.Country, t.WorkType = "CN", desk.Repair }),
		target(5, func(t *sla.Target) { t.Kind = sla.Respond }),
		target(6, func(t *sla.Target) { t.To = sla.ToBrand; t.Line = line(1) }),
		target(7, func(t *sla.Target) { t.Node = node(9) }),
	}
	for _, tt := range []struct {
		name string
		give sla.Situation
		want []byte
	}{
		{"nothing special", sla.Situation{Brand: brand(2), WorkType: desk.Repair, Priority: desk.Normal}, []byte{5, 1}},
		{"the brand's", sla.Situation{Brand: brand(1), Priority: desk.Normal}, []byte{5, 2}},
		{"two conditions before one", sla.Situation{Brand: brand(1), Priority: desk.Critical}, []byte{5, 3}},
		{"brand and priority before country and work type", sla.Situation{Brand: brand(1), Priority: desk.Critical, Country: "CN", WorkType: desk.Repair}, []byte{5, 3}},
		{"two conditions before the brand", sla.Situation{Brand: brand(1), Country: "CN", WorkType: desk.Repair}, []byte{5, 4}},
		{"another party", sla.Situation{Line: line(1)}, []byte{5, 1, 6}},
		{"the node's", sla.Situation{Node: node(9)}, []byte{5, 7}},
	} {
		var got []byte
		for _, c := range sla.Choose(targets, tt.give) {
			got = append(got, c.ID[0])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: Choose = %v, want %v", tt.name, got, tt.want)
		}
	}
	why := sla.Explain(targets, sla.Situation{Brand: brand(1), Priority: desk.Normal})
	want := []sla.Why{sla.LessSpecific, sla.Chosen, sla.OtherPriority, sla.OtherCountry, sla.Chosen, sla.OtherLine, sla.OtherNode}
	for i, f := range why {
		if f.Target != targets[i].ID || f.Why != want[i] {
			t.Errorf("Explain says %s of target %d, want %s", f.Why, i+1, want[i])
		}
	}
}

// The choice does not depend on the order of the targets, and what is chosen
// fits: every condition of it holds.
func TestChooseProperties(t *testing.T) {
	t.Parallel()
	small := rapid.ByteRange(0, 2)
	rapid.Check(t, func(t *rapid.T) {
		targets := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sla.Target {
			return target(rapid.ByteRange(1, 200).Draw(t, "id"), func(x *sla.Target) {
				x.Kind = rapid.SampledFrom(sla.Kinds).Draw(t, "kind")
				x.To = rapid.SampledFrom(sla.Parties).Draw(t, "to")
				x.Line, x.Brand, x.Node = line(small.Draw(t, "line")), brand(small.Draw(t, "brand")), node(small.Draw(t, "node"))
				x.Country = rapid.SampledFrom([]locale.Country{"", "CN", "DE"}).Draw(t, "country")
				x.Priority = desk.Priority(small.Draw(t, "priority"))
			})
		}), 0, 20).Draw(t, "targets")
		slices.SortFunc(targets, func(a, b sla.Target) int { return int(a.ID[0]) - int(b.ID[0]) })
		targets = slices.CompactFunc(targets, func(a, b sla.Target) bool { return a.ID == b.ID })
		s := sla.Situation{Line: line(small.Draw(t, "line")), Brand: brand(small.Draw(t, "brand")), Node: node(small.Draw(t, "node")), Country: "CN", Priority: desk.Normal}
		got := sla.Choose(targets, s)
		if again := sla.Choose(rapid.Permutation(targets).Draw(t, "order"), s); !cmp.Equal(got, again) {
			t.Fatalf("another order, another choice: %s", cmp.Diff(got, again))
		}
		for _, c := range got {
			for _, f := range sla.Explain([]sla.Target{c}, s) {
				if f.Why != sla.Chosen {
					t.Fatalf("chose %+v, which has %s", c, f.Why)
				}
			}
		}
	})
}

// wrong lists the fields that the fault finds wrong.
func wrong(err error) (out []string) {
	var f *fault.Fault
	if errors.As(err, &f) {
		for _, field := range f.Fields {
			out = append(out, field.Pointer+" "+field.Code)
		}
	}
	return out
}

func TestCheckAll(t *testing.T) {
	t.Parallel()
	good := target(1, func(t *sla.Target) { t.WarnAt, t.PauseFor = []int64{50, 80}, sla.Reasons })
	if err := sla.CheckAll([]sla.Target{good, target(2, func(t *sla.Target) { t.Brand = brand(1) })}); err != nil {
		t.Errorf("CheckAll = %v", err)
	}
	if err := sla.CheckAll([]sla.Target{good, target(2, func(*sla.Target) {})}); !errors.Is(err, sla.ErrAmbiguous) {
		t.Errorf("two for the same cases: %v", err)
	}
	bad := sla.Target{To: "x", Kind: "y", Country: "d", Priority: 5, Promise: sla.Promise{WarnAt: []int64{80, 80}, PauseFor: []sla.Reason{"mood"}}}
	want := []string{"/targets/0/to unknown", "/targets/0/kind unknown", "/targets/0/country shape", "/targets/0/priority range", "/targets/0/within_minutes range", "/targets/0/warn_at range", "/targets/0/pause_for unknown"}
	if diff := cmp.Diff(want, wrong(sla.CheckAll([]sla.Target{bad}))); diff != "" {
		t.Error(diff)
	}
	if err := sla.CheckAll(make([]sla.Target, 1001)); !slices.Equal(wrong(err), []string{"/targets too_many"}) {
		t.Errorf("a thousand and one: %v", err)
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	week := must(calendar.ParseWeek("Mo-Fr 09:00-17:00"))
	hours := []sla.Hours{{Week: week}, {Country: "CN", Week: week}, {Node: node(1), Week: calendar.AllWeek()}}
	for i, tt := range []struct {
		node    id.Node
		country locale.Country
	}{{node(2), "DE"}, {node(2), "CN"}, {node(1), "CN"}} {
		if got, ok := sla.PickHours(hours, tt.node, tt.country); !ok || !cmp.Equal(got, hours[i]) {
			t.Errorf("PickHours(%v, %s) = %+v", tt.node, tt.country, got)
		}
	}
	if _, ok := sla.PickHours(hours[1:], node(2), "DE"); ok {
		t.Error("hours of nowhere were found")
	}
	if err := sla.CheckHours(hours); err != nil {
		t.Errorf("CheckHours = %v", err)
	}
	err := sla.CheckHours([]sla.Hours{{Week: week}, {Country: "x", Week: week}, {Node: node(1), Country: "DE"}, {Week: week}})
	want := []string{"/calendars/1/country shape", "/calendars/2/week no_working_time", "/calendars/2/country node_or_country", "/calendars/3 twice"}
	if diff := cmp.Diff(want, wrong(err)); diff != "" {
		t.Error(diff)
	}
}

func TestSpecialDays(t *testing.T) {
	t.Parallel()
	shanghai := must(time.LoadLocation("Asia/Shanghai"))
	days := []sla.SpecialDay{
		{On: calendar.DayOn(2026, time.October, 9), Name: "closed"},
		{On: calendar.DayOn(2026, time.October, 10), Name: "made up", WorksLike: "fr"},
	}
	if err := sla.CheckDays("CN", days); err != nil {
		t.Fatal(err)
	}
	c := must(sla.Hours{Week: must(calendar.ParseWeek("Mo-Fr 09:00-17:00"))}.Calendar(shanghai, days))
	got := must(c.Add(time.Date(2026, time.October, 8, 16, 0, 0, 0, shanghai), 2*time.Hour))
	if want := time.Date(2026, time.October, 10, 10, 0, 0, 0, shanghai); !got.Equal(want) {
		t.Errorf("Add = %s, want %s", got, want)
	}
	bad := append(slices.Clone(days), sla.SpecialDay{On: days[0].On, WorksLike: "someday"})
	at := "/days/" + strconv.Itoa(len(days))
	if diff := cmp.Diff([]string{"path/country shape", at + "/works_like unknown", at + "/on twice"}, wrong(sla.CheckDays("cn", bad))); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkChoose(b *testing.B) {
	var targets []sla.Target
	for n := range byte(24) {
		targets = append(targets, target(n+1, func(t *sla.Target) {
			t.Kind, t.Brand, t.Priority = sla.Kinds[n%4], brand(n%3), desk.Priority(n%5)
		}))
	}
	s := sla.Situation{Brand: brand(1), Priority: desk.Normal}
	for b.Loop() {
		if len(sla.Choose(targets, s)) == 0 {
			b.Fatal("nothing")
		}
	}
}
