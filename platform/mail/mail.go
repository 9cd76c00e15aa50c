// Package mail sends letters to persons: written in the step that causes them,
// sealed until they leave, and recallable for a moment.
//
// Queue renders a template (a kind of letter in a language) and writes the
// result, sealed with the recipient's key, in the caller's step: a letter goes
// out exactly when its cause is durable. It waits out its hold, ten seconds
// unless the letter says otherwise, and may be cancelled until then. SendDue, which
// Work makes a job, hands what is due to the Sender, outside any step, and writes
// down how it went. A process that dies between the two sends once more, under
// the same id, which real mail carries as its Message-ID.
//
//	queued → sent | failed | cancelled
//
// The Sender of this version is Shelf: letters go nowhere and are read on the
// outbox page by those who may (routes.go). Sending over SMTP comes with a
// Sender of its own.
package mail

import (
	"context"
	"embed"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
)

// Faults and errors of this package.
var (
	// ErrNotFound: the tenant has no such letter.
	ErrNotFound = fault.New(fault.NotFound, "mail.not_found")
	// ErrTooLate: the letter has left, or is just leaving.
	ErrTooLate = fault.New(fault.Conflict, "mail.too_late")
	// ErrRefused is wrapped by a Sender for what will never be taken, such as an
	// address that does not exist: the letter fails without another try.
	ErrRefused = errors.New("mail: refused for good")
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the table of letters.
func Schema() db.Schema { return db.Schema{Name: "mail", Files: migrations} }

// State says what has become of a letter.
type State string

// The states of a letter.
const (
	Queued    State = "queued"
	Sent      State = "sent"
	Failed    State = "failed"    // refused, or tried too often
	Cancelled State = "cancelled" // recalled, or its person was erased
)

// Hold is how long a letter waits before it leaves, so that what caused it can
// be undone.
const Hold = 10 * time.Second

// Letter asks for a letter to a person.
type Letter struct {
	Kind Kind
	Lang locale.Tag        // the closest spoken language is taken
	To   string            // e-mail address
	Data map[string]string // what the template of the kind wants, no less
	Hold time.Duration     // 0 means Hold; negative, at once
}

// Message is a letter on its way out.
type Message struct {
	ID      id.Mail
	To      string
	Subject string // one line
	Body    string // plain text
	Lang    locale.Tag
}

// Sender hands a message to the outside world. It returns nil when the message
// is somebody else's responsibility, and an error that wraps ErrRefused when no
// other try can help. It must heed ctx.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Shelf is a Sender that sends nothing: the letter counts as delivered and is
// read on the outbox page.
type Shelf struct{}

// Send implements Sender.
func (Shelf) Send(context.Context, Message) error { return nil }

// Box is where letters wait. It is safe for concurrent use.
type Box struct {
	db     *db.DB
	ring   *keys.Ring
	sender Sender
	jobs   *jobs.Runner // nil: somebody else calls SendDue

	self     string // tells this process's jobs from those of others
	promised promised
}

// New returns the box of the database, whose letters sender takes out.
func New(d *db.DB, ring *keys.Ring, sender Sender) *Box {
	return &Box{db: d, ring: ring, sender: sender, self: id.New[id.MailKind]().String()}
}
