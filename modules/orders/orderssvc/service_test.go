package orderssvc_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/orders/orderssvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/persons"
)

var nordwind, polar = id.Brand{15: 1}, id.Brand{15: 2}

// world is the modules that orders ask, in memory.
type world struct{}

func (world) BrandByCode(_ context.Context, _ id.Tenant, code string) (network.Brand, error) {
	switch code {
	case "nordwind":
		return network.Brand{ID: nordwind}, nil
	case "polar":
		return network.Brand{ID: polar}, nil
	default:
		return network.Brand{}, network.ErrBrandNotFound
	}
}

func (world) Brand(_ context.Context, _ id.Tenant, b id.Brand) (network.Brand, error) {
	if b != nordwind && b != polar {
		return network.Brand{}, network.ErrBrandNotFound
	}
	return network.Brand{ID: b}, nil
}

func (world) ModelByCode(context.Context, id.Tenant, id.Brand, string) (catalog.Model, error) {
	return catalog.Model{}, catalog.ErrModelNotFound
}

// kit is the module as the application puts it together.
type kit struct {
	*orderssvc.Module
	clock *clock.Set
	d     *db.DB
	ring  *keys.Ring
	bus   *outbox.Bus
	came  []orders.OrderReceived
	moved []string
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	schemas := []db.Schema{outbox.Schema(), command.Schema(), persons.Schema(), keys.Schema(), orderssvc.Schema()}
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d, dir := h.Open(t, db.Options{}), t.TempDir()
		ring, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "ledger")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ring.Close() })
		guard, err := access.New(access.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k := &kit{clock: h.Clock, d: d, ring: ring, bus: outbox.New(d, outbox.Options{})}
		k.Module = orderssvc.New(orderssvc.Deps{DB: d, Bus: k.bus, Ring: ring, Guard: guard, Network: world{}, Catalog: world{}})
		outbox.On(k.bus, "test.came", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e orders.OrderReceived) error {
			k.came = append(k.came, e)
			return nil
		})
		outbox.On(k.bus, "test.moved", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e orders.OrderMoved) error {
			k.moved = append(k.moved, string(e.From)+">"+string(e.To))
			return nil
		})
		fn(t, k)
	}, schemas...)
}

func system(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(dbtest.Tenant))
}

func sub(number string, change ...func(*orders.Submission)) orders.Submission {
	s := orders.Submission{Number: number, Intake: desk.Intake{
		Brand: "nordwind", Text: "it drips CANARY", Requester: desk.Requester{Name: "Li CANARY", Phone: "+8613800138000"}, Site: desk.Site{Country: "CN"},
	}}
	for _, f := range change {
		f(&s)
	}
	return s
}

func (k *kit) publish(t testing.TB, events ...outbox.Event) {
	t.Helper()
	err := k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, events...) })
	if err == nil {
		err = k.bus.Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// However many send one order at once, it is there once.
func TestSubmitAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var mu sync.Mutex
		fresh, seen := 0, map[id.Order]bool{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := k.Submit(system(t), sub("A-1"))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				seen[got.ID] = true
				if !got.Repeated {
					fresh++
				}
			})
		}
		wg.Wait()
		if fresh != 1 || len(seen) != 1 {
			t.Errorf("%d orders, of which %d fresh", len(seen), fresh)
		}
		k.publish(t)
		if len(k.came) != 1 {
			t.Errorf("%d orders were told", len(k.came))
		}
	})
}

func TestSubmit(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, err := k.Submit(system(t), sub("A-1"))
		if err != nil {
			t.Fatal(err)
		}
		k.clock.To(dbtest.Now.AddDate(0, 0, 3))
		if again, err := k.Submit(system(t), sub(" A-1 ")); err != nil || again.ID != one.ID || !again.Repeated {
			t.Errorf("three days later the same is %+v, %v", again, err)
		}
		for name, tt := range map[string]struct {
			give orders.Submission
			want error
		}{
			"another text":      {sub("A-1", func(s *orders.Submission) { s.Text = "it hums" }), orders.ErrNumberTaken},
			"no number":         {sub(" "), orders.ErrOrder},
			"number of letters": {sub("A 1"), orders.ErrOrder},
			"unknown brand":     {sub("A-2", func(s *orders.Submission) { s.Brand = "zero" }), orders.ErrOrder},
			"unknown model":     {sub("A-2", func(s *orders.Submission) { s.Model = "zero" }), orders.ErrOrder},
			"bad phone":         {sub("A-2", func(s *orders.Submission) { s.Requester.Phone = "1" }), orders.ErrOrder},
		} {
			if _, err := k.Submit(system(t), tt.give); !errors.Is(err, tt.want) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		if other, err := k.Submit(system(t), sub("A-1", func(s *orders.Submission) { s.Brand = "polar" })); err != nil || other.ID == one.ID {
			t.Errorf("another brand's A-1 is %+v, %v", other, err)
		}
		c, err := k.Content(t.Context(), dbtest.Tenant, one.ID)
		if err != nil || c.Number != "A-1" || c.Intake.Requester.Name != "Li CANARY" || c.Intake.Channel != desk.ByOrder {
			t.Errorf("the order says %+v, %v", c, err)
		}
		if _, err := k.Content(t.Context(), dbtest.Other, one.ID); !errors.Is(err, orders.ErrOrderNotFound) {
			t.Errorf("another tenant reads %v", err)
		}
	})
}

// What an order says goes with its person; that it was there stays.
func TestContentIsErased(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, err := k.Submit(system(t), sub("A-1"))
		if err != nil {
			t.Fatal(err)
		}
		k.publish(t)
		if err := k.ring.Shred(t.Context(), dbtest.Tenant, k.came[0].Requester); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Content(t.Context(), dbtest.Tenant, one.ID); !errors.Is(err, keys.ErrErased) {
			t.Errorf("the content = %v", err)
		}
		if v, err := k.View(system(t), one.ID); err != nil || v.Number != "A-1" {
			t.Errorf("the order is %+v, %v", v, err)
		}
	})
}

// An order stands where its case stands, however the case came there.
func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, err := k.Submit(system(t), sub("A-1"))
		if err != nil {
			t.Fatal(err)
		}
		c := id.Case(one.ID)
		follow := func(from, to desk.State) desk.OrderFollowed {
			return desk.OrderFollowed{Order: one.ID, Case: c, From: from, To: to, Reason: "desk.by_hand", At: dbtest.Now}
		}
		k.publish(t, follow("", desk.New), follow("", desk.New), follow(desk.New, desk.Open), follow(desk.Open, desk.Waiting), follow(desk.Waiting, desk.Resolved),
			follow(desk.Resolved, desk.Open), follow(desk.Open, desk.Resolved), follow(desk.Resolved, desk.Closed), follow(desk.Open, desk.Cancelled))
		want := "received>accepted accepted>in_work in_work>done done>in_work in_work>done"
		if got := strings.Join(k.moved, " "); got != want {
			t.Errorf("moved %s, want %s", got, want)
		}
		if v, err := k.View(system(t), one.ID); err != nil || v.Case != c || v.State != orders.Done {
			t.Errorf("the order is %+v, %v", v, err)
		}
	})
}

// The operator refuses an order while nothing has been done for it; what its
// case says afterwards changes nothing.
func TestRefuse(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		take := func(number string, states ...desk.State) id.Order {
			one, err := k.Submit(system(t), sub(number))
			if err != nil {
				t.Fatal(err)
			}
			from := desk.State("")
			for _, to := range states {
				k.publish(t, desk.OrderFollowed{Order: one.ID, Case: id.Case(one.ID), From: from, To: to, Reason: "desk.by_hand", At: dbtest.Now})
				from = to
			}
			return one.ID
		}
		for name, tt := range map[string]struct {
			order  id.Order
			reason string
			want   error
		}{
			"received":  {take("A-1"), "AREA", nil},
			"accepted":  {take("A-2", desk.New), "AREA", nil},
			"in work":   {take("A-3", desk.New, desk.Open), "AREA", orders.ErrTransition},
			"done":      {take("A-4", desk.New, desk.Open, desk.Resolved), "AREA", orders.ErrTransition},
			"no code":   {take("A-5"), "too far away", orders.ErrReason},
			"not there": {id.Order{9}, "AREA", orders.ErrOrderNotFound},
		} {
			if _, err := k.Refuse(system(t), tt.order, tt.reason); !errors.Is(err, tt.want) {
				t.Errorf("%s: Refuse = %v, want %v", name, err, tt.want)
			}
			if tt.want != nil {
				continue
			}
			k.publish(t, desk.OrderFollowed{Order: tt.order, Case: id.Case(tt.order), From: desk.New, To: desk.Cancelled, Reason: "desk.order_refused", At: dbtest.Now})
			if v, err := k.View(system(t), tt.order); err != nil || v.State != orders.Refused || v.Reason != "AREA" {
				t.Errorf("%s: afterwards the order is %+v, %v", name, v, err)
			}
		}
	})
}

func TestCodes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, err := k.Submit(system(t), sub("A-1"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.SetCodes(system(t), nordwind, orders.Codes{orders.Received: "NEU", orders.Done: "FERTIG"}); err != nil {
			t.Fatal(err)
		}
		if v, err := k.View(system(t), one.ID); err != nil || v.Code != "NEU" {
			t.Errorf("the order is %+v, %v", v, err)
		}
		for name, tt := range map[string]struct {
			brand id.Brand
			codes orders.Codes
			want  error
		}{
			"no state":      {nordwind, orders.Codes{"lost": "X"}, orders.ErrOrder},
			"too long":      {nordwind, orders.Codes{orders.Done: strings.Repeat("X", 65)}, orders.ErrOrder},
			"unknown brand": {id.Brand{9}, orders.Codes{}, network.ErrBrandNotFound},
		} {
			if _, err := k.SetCodes(system(t), tt.brand, tt.codes); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		if _, err := k.SetCodes(system(t), nordwind, orders.Codes{}); err != nil {
			t.Fatal(err)
		}
		if v, err := k.View(system(t), one.ID); err != nil || v.Code != "received" {
			t.Errorf("without codes the order is %+v, %v", v, err)
		}
	})
}
