package partssvc_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// shelfOp is what a client does to one shelf.
type shelfOp struct {
	verb     string // receipts, write-offs, counts or read
	quantity int64
}

// shelfSaid is what it heard: a code, or what lies there now.
type shelfSaid struct {
	code   string
	onHand int64
}

// oneShelf is the shelf as it must look from outside: a number.
var oneShelf = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, input, output any) (bool, any) {
		lies, op, said := state.(int64), input.(shelfOp), output.(shelfSaid)
		next := map[string]int64{"receipts": lies + op.quantity, "write-offs": lies - op.quantity, "counts": op.quantity, "read": lies}[op.verb]
		switch said.code {
		case "":
			return next >= 0 && said.onHand == next, next
		case "parts.short":
			return op.verb == "write-offs" && next < 0, lies
		default: // not made: nothing was changed
			return said.code == "db.unavailable", lies
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
}

// do has the client do op and returns what it heard.
func (k *kit) do(t *testing.T, op shelfOp) (said shelfSaid) {
	var out map[string]any
	list := "stock"
	if op.verb == "read" {
		_, out = k.call(t, "GET", "/v1/stock?part="+fan.String(), "")
		list = "items"
	} else {
		_, out = k.call(t, "POST", "/v1/stock/"+op.verb, fmt.Sprintf(`{"node":%q,"lines":[{"part":%q,"quantity":%d}]}`, wuhan, fan, op.quantity))
	}
	said.code, _ = out["code"].(string)
	if lines, _ := out[list].([]any); len(lines) == 1 {
		said.onHand = int64(lines[0].(map[string]any)["on_hand"].(float64))
	}
	return said
}

// Four processes receive, write off and count the pieces of one shelf, and read
// it. What they hear could have been said by one process that does one thing after
// the other.
func TestOneShelfIsLinearizable(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		var clock atomic.Int64
		var mu sync.Mutex
		var history []porcupine.Operation
		var all sync.WaitGroup
		var last *kit
		for client := range 4 {
			k := newKit(t, h)
			k.as(access.Parts, access.Scope{Kind: access.Tenant})
			last = k
			all.Go(func() {
				chance := rand.New(rand.NewPCG(uint64(client), 7))
				for range 20 {
					op := shelfOp{[]string{"receipts", "write-offs", "write-offs", "counts", "read", "read"}[chance.IntN(6)], 1 + chance.Int64N(6)}
					call := clock.Add(1)
					said := k.do(t, op)
					mu.Lock()
					history = append(history, porcupine.Operation{ClientId: client, Input: op, Call: call, Output: said, Return: clock.Add(1)})
					mu.Unlock()
				}
			})
		}
		all.Wait()
		refused := 0
		for _, op := range history {
			if op.Output.(shelfSaid).code == "parts.short" {
				refused++
			}
		}
		if result := porcupine.CheckOperationsTimeout(oneShelf, history, time.Minute); result != porcupine.Ok {
			t.Errorf("%v: %+v", result, history)
		}
		if refused == 0 || refused > len(history)/2 {
			t.Errorf("%d of %d calls were refused", refused, len(history))
		}
		last.books(t)
	}, schemas...)
}
