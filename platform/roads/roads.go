// Package roads asks a road service what ways take: OSRM or Valhalla, run by the
// operator or bought.
//
// It promises an answer for every pair that was asked, or an error: a block that
// the service finds too large is asked in parts, a way that nobody can drive is
// Unreachable, a service that hiccups is asked again, and one that is down is left
// in peace for a while (breaker.go). Errors name neither the address, which may
// hold a key, nor the places.
package roads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/geo"
)

// Errors of this package.
var (
	// ErrAddress: the service's address is none.
	ErrAddress = errors.New("the address of the road service is not like http://127.0.0.1:5000")
	// ErrKind: nobody speaks this protocol.
	ErrKind = errors.New("the road service is neither osrm nor valhalla")
	// ErrResting: the service has failed, and is asked again later.
	ErrResting = errors.New("the road service has failed and is left in peace")
	// ErrSilent: the service cannot be reached, or is overworked.
	ErrSilent = errors.New("the road service does not answer")
	// ErrRefused: the service does not take the question.
	ErrRefused = errors.New("the road service refuses")
	// ErrNonsense: the answer is none.
	ErrNonsense = errors.New("the road service answers what cannot be read")
)

// Unreachable are the seconds and metres of a way that nobody can drive.
const Unreachable = -1

// Way is what it takes to drive from one place to another.
type Way struct{ Seconds, Metres int64 }

// Options say whom to ask and how patiently.
type Options struct {
	Kind string // "osrm" or "valhalla"
	URL  string // http or https; a query, such as a key, is sent along
	// Block is how many places are asked for on either side at once; 50 if 0,
	// which is what both services take by default.
	Block   int
	Timeout time.Duration // of one question; 15 s if 0
	Tries   int           // of one question; 3 if 0
	Clock   clock.Clock   // of the machine, for rests; the wall clock if nil
	// Pause waits between tries; really if nil.
	Pause func(ctx context.Context, d time.Duration) error
	// Observe hears how each question ended: "ok", "refused", "silent", "nonsense",
	// or "resting" where none was sent. May be nil.
	Observe func(outcome string)
}

// dialect is the protocol of a service: a question for a block of ways, and what
// its answer says.
type dialect interface {
	ask(ctx context.Context, base *url.URL, from, to []geo.Point) (*http.Request, error)
	read(body []byte, from, to int) ([]Way, error)
}

// Client asks one road service. It is safe for concurrent use.
type Client struct {
	o       Options
	base    *url.URL
	speaks  dialect
	http    *http.Client
	breaker breaker
}

// Open returns a client for a service, without asking it anything.
func Open(o Options) (*Client, error) {
	c := &Client{o: o}
	switch o.Kind {
	case "osrm":
		c.speaks = osrm{}
	case "valhalla":
		c.speaks = valhalla{}
	default:
		return nil, ErrKind
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
		return nil, ErrAddress
	}
	u.Path = strings.TrimRight(u.Path, "/")
	c.base = u
	c.fillIn()
	return c, nil
}

func (c *Client) fillIn() {
	if c.o.Block <= 0 {
		c.o.Block = 50
	}
	if c.o.Timeout <= 0 {
		c.o.Timeout = 15 * time.Second
	}
	if c.o.Tries <= 0 {
		c.o.Tries = 3
	}
	if c.o.Clock == nil {
		c.o.Clock = clock.System
	}
	if c.o.Pause == nil {
		c.o.Pause = pause
	}
	if c.o.Observe == nil {
		c.o.Observe = func(string) {}
	}
	c.http = &http.Client{
		Timeout: c.o.Timeout,
		// The operator has named this address and no other.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Kind is the protocol that the service speaks.
func (c *Client) Kind() string { return c.o.Kind }

// Resting reports whether the service has failed and is left in peace.
func (c *Client) Resting() bool { return c.breaker.resting(c.o.Clock()) }

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
