package locale_test

import (
	"testing"

	"fettle.dev/fettle/kernel/locale"
)

func TestBest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give string
		want locale.Tag
	}{
		{"", locale.English},
		{"zh", locale.Chinese},
		{"zh-Hans-CN,zh;q=0.9,en;q=0.8", locale.Chinese},
		{"de-DE,de;q=0.9", locale.English},
		{"fr;q=0.2, zh-CN;q=0.1", locale.Chinese},
		{"\x00;;;", locale.English},
	} {
		if got := locale.Best(tt.give); got != tt.want {
			t.Errorf("Best(%q) = %s, want %s", tt.give, got, tt.want)
		}
	}
	if locale.Tag("not a tag").Valid() || !locale.Tag("zh-CN").Valid() || locale.Country("de").Valid() {
		t.Error("Valid is wrong")
	}
}
