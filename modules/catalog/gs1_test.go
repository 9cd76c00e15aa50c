package catalog_test

import (
	"errors"
	"fmt"
	"net/url"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/catalog"
)

func TestParseGTIN(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give string
		want catalog.GTIN
		err  error
	}{
		{"09520123456788", "09520123456788", nil},
		{"9520123456788", "09520123456788", nil},
		{"6901234567892", "06901234567892", nil},
		{" 96385074 ", "00000096385074", nil},
		{"9520123456789", "", catalog.ErrGTIN},
		{"952012345678", "", catalog.ErrGTIN},
		{"95201234567", "", catalog.ErrGTIN},
		{"952012345678X", "", catalog.ErrGTIN},
		{"", "", catalog.ErrGTIN},
	} {
		got, err := catalog.ParseGTIN(tt.give)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("ParseGTIN(%q) = %q, %v, want %q, %v", tt.give, got, err, tt.want, tt.err)
		}
	}
}

// One wrong digit is always found.
func TestGTINFindsOneWrongDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{13}`).Draw(t, "body")
		var good string
		for d := range 10 {
			if g, err := catalog.ParseGTIN(body + fmt.Sprint(d)); err == nil {
				if good != "" {
					t.Fatalf("%s has two check digits", body)
				}
				good = string(g)
			}
		}
		i := rapid.IntRange(0, 13).Draw(t, "at")
		d := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		if _, err := catalog.ParseGTIN(good[:i] + string(d) + good[i+1:]); (err == nil) != (good[i] == d) {
			t.Errorf("%s with digit %d changed to %c: %v", good, i, d, err)
		}
	})
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	const item = "/01/09520123456788"
	good := catalog.Link{GTIN: "09520123456788", Serial: "SN77"}
	for _, tt := range []struct {
		give string
		want catalog.Link
		err  error
	}{
		{item + "/21/SN-77", good, nil},
		{"https://id.example.com" + item + "/21/sn-77?linkType=gs1:pip", good, nil},
		{"https://example.com/some/path" + item + "/22/2A/10/LOT1/21/SN77/", good, nil},
		{item + "/21/SN%2F77", good, nil},
		{"/01/9520123456788/21/SN77", good, nil},
		{item, catalog.Link{}, catalog.ErrLink},
		{item + "/10/LOT1", catalog.Link{}, catalog.ErrLink},
		{item + "/21", catalog.Link{}, catalog.ErrLink},
		{item + "/21/SN77/10/LOT1", catalog.Link{}, catalog.ErrLink},
		{item + "/99/x/21/SN77", catalog.Link{}, catalog.ErrLink},
		{"/01/9520123456789/21/SN77", catalog.Link{}, catalog.ErrGTIN},
		{item + "/21/%00", catalog.Link{}, catalog.ErrSerial},
		{item + "/21/%zz", catalog.Link{}, catalog.ErrLink},
		{"", catalog.Link{}, catalog.ErrLink},
		{"/01", catalog.Link{}, catalog.ErrLink},
	} {
		got, err := catalog.ParseLink(tt.give)
		if err == nil && got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("ParseLink(%q) = %+v, %v, want %+v, %v", tt.give, got, err, tt.want, tt.err)
		}
	}
}

// Any serial in form survives the way through a label.
func TestLinkRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.StringOfN(rapid.SampledFrom([]rune(plain+"%&")), 1, 20, -1).Draw(t, "serial")
		got, err := catalog.ParseLink("https://x.example/01/09520123456788/21/" + url.PathEscape(serial))
		if err != nil || got.Serial != serial {
			t.Errorf("serial %q came back as %q, %v", serial, got.Serial, err)
		}
	})
}

func FuzzParseLink(f *testing.F) {
	f.Add("https://id.example.com/01/09520123456788/21/SN-77")
	f.Add("/01/09520123456788/22/a/10/b/21/c")
	f.Add("://%")
	f.Fuzz(func(t *testing.T, s string) {
		link, err := catalog.ParseLink(s)
		if err != nil {
			return
		}
		if again, err := catalog.ParseGTIN(string(link.GTIN)); err != nil || again != link.GTIN {
			t.Errorf("ParseLink(%q) gave the trade item %q", s, link.GTIN)
		}
		if again, err := catalog.Serial(link.Serial); err != nil || again != link.Serial {
			t.Errorf("ParseLink(%q) gave the serial %q", s, link.Serial)
		}
	})
}
