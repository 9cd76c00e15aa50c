package roads

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/geo"
)

// mostSplits is how often the blocks of one table may be halved: a service that
// refuses everything is not asked for every pair.
const mostSplits = 64

// mostBody bounds an answer, in bytes: far above what a block needs.
const mostBody = 16 << 20

// Table returns the ways from each place of one list to each of the other, row by
// row. It asks block by block and gives up with the first that cannot be had:
// ErrResting, ErrSilent, ErrRefused or ErrNonsense.
func (c *Client) Table(ctx context.Context, from, to []geo.Point) ([]Way, error) {
	t := table{c: c, to: len(to), out: make([]Way, len(from)*len(to)), splits: mostSplits}
	for i := 0; i < len(from); i += c.o.Block {
		for j := 0; j < len(to); j += c.o.Block {
			b := block{i, min(i+c.o.Block, len(from)), j, min(j+c.o.Block, len(to))}
			if err := t.fill(ctx, b, from, to); err != nil {
				return nil, err
			}
		}
	}
	return t.out, nil
}

// block is a part of a table: rows from i up to i2, columns from j up to j2.
type block struct{ i, i2, j, j2 int }

// halves cuts a block along its longer side; false where it is one way.
func (b block) halves() (x, y block, ok bool) {
	x, y = b, b
	switch rows, columns := b.i2-b.i, b.j2-b.j; {
	case rows <= 1 && columns <= 1:
		return x, y, false
	case rows >= columns:
		x.i2 = b.i + rows/2
		y.i = x.i2
	default:
		x.j2 = b.j + columns/2
		y.j = x.j2
	}
	return x, y, true
}

type table struct {
	c      *Client
	to     int
	out    []Way
	splits int
}

// fill asks for a block, and for its halves where the service refuses it: too many
// places, or one that it cannot bring to a road.
func (t *table) fill(ctx context.Context, b block, from, to []geo.Point) error {
	ways, err := t.c.ask(ctx, from[b.i:b.i2], to[b.j:b.j2])
	if errors.Is(err, ErrRefused) && t.splits > 0 {
		t.splits--
		x, y, ok := b.halves()
		if !ok { // one pair, which the service knows no way between
			t.out[b.i*t.to+b.j] = Way{Unreachable, Unreachable}
			return nil
		}
		if err := t.fill(ctx, x, from, to); err != nil {
			return err
		}
		return t.fill(ctx, y, from, to)
	}
	if err != nil {
		return err
	}
	width := b.j2 - b.j
	for i := b.i; i < b.i2; i++ {
		copy(t.out[i*t.to+b.j:i*t.to+b.j2], ways[(i-b.i)*width:])
	}
	return nil
}

// ask asks for one block, again where that may help.
func (c *Client) ask(ctx context.Context, from, to []geo.Point) (ways []Way, err error) {
	if !c.breaker.enter(c.o.Clock()) {
		c.o.Observe("resting")
		return nil, ErrResting
	}
	for try := range c.o.Tries {
		var rest time.Duration
		ways, rest, err = c.once(ctx, from, to)
		if ctx.Err() != nil {
			c.breaker.abandon()
			return nil, ctx.Err()
		}
		c.o.Observe(outcome(err))
		if !errors.Is(err, ErrSilent) || try == c.o.Tries-1 {
			break
		}
		if err := c.o.Pause(ctx, max(rest, firstPause<<try)); err != nil {
			c.breaker.abandon()
			return nil, err
		}
	}
	c.breaker.leave(c.o.Clock(), errors.Is(err, ErrSilent) || errors.Is(err, ErrNonsense))
	return ways, err
}

// firstPause is the time before a question is asked again; it doubles.
const firstPause = 250 * time.Millisecond

// longestPause bounds what a service may ask us to wait.
const longestPause = 5 * time.Second

func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, ErrRefused):
		return "refused"
	case errors.Is(err, ErrNonsense):
		return "nonsense"
	default:
		return "silent"
	}
}

// once sends one question; rest is how long the service asks us to wait.
func (c *Client) once(ctx context.Context, from, to []geo.Point) (ways []Way, rest time.Duration, err error) {
	req, err := c.speaks.ask(ctx, c.base, from, to)
	if err != nil {
		return nil, 0, fmt.Errorf("ask the road service: %w", ErrAddress)
	}
	req.Header.Set("Accept", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, ErrSilent // the error itself names the address
	}
	defer func() { _ = res.Body.Close() }()
	if err := verdict(res.StatusCode); err != nil {
		return nil, retryAfter(res.Header), err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, mostBody+1))
	switch {
	case err != nil:
		return nil, 0, ErrSilent
	case len(body) > mostBody:
		return nil, 0, ErrNonsense
	}
	ways, err = c.speaks.read(body, len(from), len(to))
	return ways, 0, err
}

// verdict sorts what the status says: another try may help, a smaller question may
// help, or nothing but a person.
func verdict(status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		return ErrSilent
	case status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge || status == http.StatusRequestURITooLong:
		return ErrRefused
	default: // moved, forbidden, not found: it is not the service, or does not want us
		return ErrNonsense
	}
}

func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s < 0 {
		return 0
	}
	return min(time.Duration(s)*time.Second, longestPause)
}

// whole rounds a figure of a service; what is absent, negative or beyond a day's
// drive is no way.
func whole(v *float64, scale float64) int64 {
	if v == nil || !(*v >= 0) || *v*scale > 1e9 {
		return Unreachable
	}
	return int64(*v*scale + 0.5)
}

// way puts two figures together: a way has both or is none.
func way(seconds, metres int64) Way {
	if seconds < 0 || metres < 0 {
		return Way{Unreachable, Unreachable}
	}
	return Way{seconds, metres}
}
