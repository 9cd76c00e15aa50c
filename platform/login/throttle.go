package login

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// limit says how patient the throttle is with one name or address.
type limit struct {
	free    int64         // failures without any wait
	longest time.Duration // wait after many
}

var (
	perLogin   = limit{free: 10, longest: 5 * time.Minute}
	perAddress = limit{free: 50, longest: 15 * time.Minute}
)

// forgiven is when failures are forgotten.
const forgiven = time.Hour

// wait is how long no further attempt is taken after so many failures: nothing
// at first, then a second, doubled each time.
func (l limit) wait(fails int64) time.Duration {
	over := fails - l.free
	if over <= 0 {
		return 0
	}
	if over > 20 {
		return l.longest
	}
	return min(time.Second<<(over-1), l.longest)
}

// counted is what the throttle counts failures of.
type counted struct {
	what  []byte
	limit limit
}

// counts lists what an attempt counts against, always in the same order so that
// attempts never wait for one another in a circle.
func (s *Service) counts(t id.Tenant, loginHash []byte, address string) []counted {
	list := []counted{{append([]byte{'l'}, loginHash...), perLogin}}
	if a := network(address); a != "" {
		list = append(list, counted{append([]byte{'a'}, s.ring.Blind(t, blindAddress, a)...), perAddress})
	}
	return list
}

// network is the part of an address that one customer of a provider has: all of
// IPv4, the first 64 bits of IPv6. It is "" for what is no address.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// charge counts the attempt as a failure before it is made, so that attempts in
// parallel cannot slip by, or returns for how long none is taken. acquit takes
// it back.
func charge(ctx context.Context, tx *db.Tx, list []counted) (wait time.Duration, err error) {
	now := tx.Machine()
	fails := make([]int64, len(list))
	for i, c := range list {
		left, n, err := look(ctx, tx, c)
		if err != nil {
			return 0, err
		}
		wait, fails[i] = max(wait, left), n
	}
	if wait > 0 {
		return wait, nil
	}
	for i, c := range list {
		n := fails[i] + 1
		err := tx.Put(ctx, `UPDATE login_throttle SET fails = ?, tried_at = ?, until = ? WHERE tenant_id = ? AND what = ?`,
			n, now, now.Add(c.limit.wait(n)), tx.Tenant(), c.what)
		if err != nil {
			return 0, fmt.Errorf("count attempt: %w", err)
		}
	}
	return 0, nil
}

// look makes sure that there is a row, locks it and returns what it says.
func look(ctx context.Context, tx *db.Tx, c counted) (left time.Duration, fails int64, err error) {
	now := tx.Machine()
	err = tx.Put(ctx, `INSERT INTO login_throttle (tenant_id, what, fails, tried_at, until) VALUES (?, ?, 0, ?, ?)
		ON CONFLICT DO NOTHING`, tx.Tenant(), c.what, now, now)
	if err != nil {
		return 0, 0, fmt.Errorf("open throttle: %w", err)
	}
	var tried, until time.Time
	err = tx.Row(ctx, `SELECT fails, tried_at, until FROM login_throttle WHERE tenant_id = ? AND what = ?`+tx.ForUpdate(),
		tx.Tenant(), c.what).Scan(&fails, db.At(&tried), db.At(&until))
	if err != nil {
		return 0, 0, fmt.Errorf("read throttle: %w", err)
	}
	if now.Sub(tried) > forgiven {
		fails = 0
	}
	return max(0, until.Sub(now)), fails, nil
}

// acquit takes back what charge counted for an attempt that was right. The
// name starts afresh; the address only loses this one, or a thief could clear
// it with an account of their own.
func acquit(ctx context.Context, tx *db.Tx, list []counted) error {
	for _, c := range list {
		query := `UPDATE login_throttle SET fails = fails - 1, until = tried_at WHERE tenant_id = ? AND what = ? AND fails > 0`
		if bytes.HasPrefix(c.what, []byte{'l'}) {
			query = `DELETE FROM login_throttle WHERE tenant_id = ? AND what = ?`
		}
		if err := tx.Put(ctx, query, tx.Tenant(), c.what); err != nil {
			return fmt.Errorf("acquit attempt: %w", err)
		}
	}
	return nil
}
