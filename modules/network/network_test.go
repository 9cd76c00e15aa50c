package network_test

import (
	"errors"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/network"
)

// anyZone knows the two zones that the tests name.
func anyZone(name string) bool { return name == "Asia/Shanghai" || name == "Europe/Berlin" }

// pointers lists what the fault finds wrong.
func pointers(err error) (out []string) {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	for _, field := range f.Fields {
		out = append(out, field.Pointer)
	}
	return out
}

func TestCheckBrand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		give network.Brand
		want string // pointers that are wrong
	}{
		{"plain", network.Brand{Code: "nordwind", Name: "Nordwind"}, ""},
		{"trimmed", network.Brand{Code: " nordwind ", Name: " 北风 "}, ""},
		{"capitals", network.Brand{Code: "Nordwind", Name: "Nordwind"}, "/code"},
		{"leading hyphen", network.Brand{Code: "-n", Name: "N"}, "/code"},
		{"nothing", network.Brand{}, "/code /name"},
		{"line break in name", network.Brand{Code: "n", Name: "a\nb"}, "/name"},
		{"too long", network.Brand{Code: strings.Repeat("a", 41), Name: strings.Repeat("字", 201)}, "/code /name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := network.CheckBrand(tt.give)
			if p := strings.Join(pointers(err), " "); p != tt.want {
				t.Errorf("CheckBrand(%+v) finds %q wrong, want %q", tt.give, p, tt.want)
			}
			if err == nil && strings.TrimSpace(got.Name) != got.Name {
				t.Errorf("CheckBrand(%+v) left spaces in %q", tt.give, got.Name)
			}
		})
	}
}

func TestCheckOperatorAndPartner(t *testing.T) {
	t.Parallel()
	good := network.Operator{Name: "Fettle Demo", Country: "CN", Zone: "Asia/Shanghai", Currency: "CNY"}
	if _, err := network.CheckOperator(good, anyZone); err != nil {
		t.Errorf("CheckOperator(%+v) = %v", good, err)
	}
	_, err := network.CheckOperator(network.Operator{Country: "China", Zone: "Mars/Olympus", Currency: "yuan"}, anyZone)
	if got, want := strings.Join(pointers(err), " "), "/name /country /zone /currency"; got != want {
		t.Errorf("CheckOperator finds %q wrong, want %q", got, want)
	}
	_, err = network.CheckPartner(network.Partner{Code: "p 1", Name: "P", Country: "d"})
	if got, want := strings.Join(pointers(err), " "), "/code /country"; got != want {
		t.Errorf("CheckPartner finds %q wrong, want %q", got, want)
	}
}
