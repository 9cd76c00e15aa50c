package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/catalog"
)

func TestSerial(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give, want string
		err        error
	}{
		{"sn-001 77", "SN00177", nil},
		{" O0I1l ", "O0I1L", nil},
		{"ab１２－Ｃ", "AB12C", nil},
		{"A+B#C", "A+B#C", nil},
		{"- / .", "", catalog.ErrSerial},
		{"", "", catalog.ErrSerial},
		{"序列号1", "", catalog.ErrSerial},
		{"a\x00b", "", catalog.ErrSerial},
		{strings.Repeat("9", 41), "", catalog.ErrSerial},
		{strings.Repeat("9-", 40), strings.Repeat("9", 40), nil},
	} {
		got, err := catalog.Serial(tt.give)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Serial(%q) = %q, %v, want %q, %v", tt.give, got, err, tt.want, tt.err)
		}
	}
}

const plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+#*"

// However a serial is spelled, it is one serial; and two serials that differ in
// one character stay two.
func TestSerialOneSpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringOfN(rapid.SampledFrom([]rune(plain)), 1, 40, -1).Draw(t, "serial")
		var spelled strings.Builder
		for _, r := range want {
			switch rapid.IntRange(0, 5).Draw(t, "slip") {
			case 0:
				spelled.WriteString(rapid.SampledFrom([]string{" ", "-", "/", ".", "—", "　"}).Draw(t, "separator"))
			case 1:
				r += '！' - '!'
			case 2:
				r = []rune(strings.ToLower(string(r)))[0]
			}
			spelled.WriteRune(r)
		}
		got, err := catalog.Serial(spelled.String())
		if err != nil || got != want {
			t.Errorf("Serial(%q) = %q, %v, want %q", spelled.String(), got, err, want)
		}
		i := rapid.IntRange(0, len(want)-1).Draw(t, "at")
		other := want[:i] + rapid.StringOfN(rapid.SampledFrom([]rune(plain)), 1, 1, -1).Draw(t, "other") + want[i+1:]
		if norm, _ := catalog.Serial(other); (norm == want) != (other == want) {
			t.Errorf("Serial(%q) = %q merges it with %q", other, norm, want)
		}
	})
}

// Whatever is typed, what comes out is in form, or nothing comes out.
func FuzzSerial(f *testing.F) {
	for _, s := range []string{"sn-1", "Ａ　1", "\xff", "a\u200bb", "(21)ABC"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := catalog.Serial(s)
		if err != nil {
			if got != "" {
				t.Errorf("Serial(%q) = %q with %v", s, got, err)
			}
			return
		}
		if again, err := catalog.Serial(got); err != nil || again != got {
			t.Errorf("Serial(%q) = %q, but Serial of that = %q, %v", s, got, again, err)
		}
	})
}
