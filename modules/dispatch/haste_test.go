package dispatch_test

import (
	"testing"

	"fettle.dev/fettle/modules/dispatch"
)

// More haste and more urgency cost more; what is not urgent may wait, and an hour of
// waiting is never worth as much as one behind a promise, which costs an hour's pay at least.
func TestWaiting(t *testing.T) {
	t.Parallel()
	levels := []dispatch.Haste{dispatch.HasteOff, dispatch.HasteSome, dispatch.HasteMost}
	for i, h := range levels {
		for p := int64(-1); p <= 9; p++ {
			got := h.Waiting(p)
			if got < 0 || got >= 1000 || h.Waiting(p+1) > got || i > 0 && levels[i-1].Waiting(p) > got {
				t.Errorf("%s costs a case of priority %d %d", h, p, got)
			}
			if minds := h == dispatch.HasteMost || h == dispatch.HasteSome && p <= 2; minds != (got > 0) {
				t.Errorf("%s costs a case of priority %d %d", h, p, got)
			}
		}
	}
}
