package refusal_test

import (
	"errors"
	"strings"
	"testing"

	"fettle.dev/fettle/app/solver/refusal"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// A refusal says where, and stays the fault that it is.
func TestRefusal(t *testing.T) {
	t.Parallel()
	_, err := vroom.Read([]byte(`{"jobs":[{"id":1,"location":[8,49]}],"vehicles":[{"id":1,"start":[8,49],"capacity":[2],"breaks":[{"id":1,"max_load":[1]}]}]}`))
	said := refusal.Of(err)
	if !errors.Is(said, vroom.ErrUnsupported) || !strings.Contains(said.Error(), "/vehicles/0/breaks/0/max_load: ") {
		t.Errorf("refused with %v", said)
	}
	if said := refusal.Of(errors.New("no disk")); said.Error() != "no disk" {
		t.Errorf("said %v", said)
	}
}
