package parts_test

import (
	"errors"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/parts"
)

func TestLateIsChecked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		give  parts.Late
		want  time.Time
		field string
	}{
		{"nobody knows", parts.Late{Reason: parts.BySupplier}, time.Time{}, ""},
		{"in a while", parts.Late{Reason: parts.OnTheWay, ExpectedAt: now.Add(time.Hour)}, now.Add(time.Hour), ""},
		{"not before", parts.Late{Reason: parts.OnTheWay, ExpectedAt: now.Add(1)}, now.Add(time.Second), ""},
		{"now", parts.Late{Reason: parts.OnTheWay, ExpectedAt: now}, time.Time{}, "/expected_at past"},
		{"long ago", parts.Late{Reason: parts.OnTheWay, ExpectedAt: time.Unix(-1, 0)}, time.Time{}, "/expected_at past"},
		{"in a year", parts.Late{Reason: parts.AtCustoms, ExpectedAt: now.AddDate(1, 0, 0)}, now.AddDate(1, 0, 0), ""},
		{"never", parts.Late{Reason: parts.AtCustoms, ExpectedAt: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}, time.Time{}, "/expected_at too_far"},
		{"no reason", parts.Late{ExpectedAt: now.Add(time.Hour)}, time.Time{}, "/reason unknown"},
		{"another reason", parts.Late{Reason: "moon"}, time.Time{}, "/reason unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.give.Check(now)
			field := ""
			if err != nil {
				if !errors.Is(err, parts.ErrDelay) {
					t.Fatal(err)
				}
				f := fault.Of(err).Fields[0]
				field = f.Pointer + " " + f.Code
			}
			if field != tt.field || !got.ExpectedAt.Equal(tt.want) || got.Is() != (field == "") {
				t.Errorf("%+v.Check = %+v, %q; want %v, %q", tt.give, got, field, tt.want, tt.field)
			}
		})
	}
}
