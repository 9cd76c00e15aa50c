package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// The contexts under which a letter is sealed.
const (
	sealTo      = "mail_message.recipient"
	sealSubject = "mail_message.subject"
	sealBody    = "mail_message.body"
)

// Queue writes a letter in the caller's step, sealed with the recipient's key.
func (b *Box) Queue(ctx context.Context, tx *db.Tx, key *keys.Key, l Letter) (id.Mail, error) {
	if key.Tenant() != tx.Tenant() {
		return id.Mail{}, errors.New("queue letter: the key is another tenant's")
	}
	lang := locale.Best(string(l.Lang))
	subject, body, err := Render(l.Kind, lang, l.Data)
	if err != nil {
		return id.Mail{}, err
	}
	hold := l.Hold
	if hold == 0 {
		hold = Hold
	}
	m, sendAfter := id.New[id.MailKind](), tx.Now().Add(max(hold, 0))
	err = tx.Put(ctx, `
		INSERT INTO mail_message (tenant_id, id, person_id, kind, lang, recipient, subject, body,
			state, send_after, next_try_at, attempts, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
		tx.Tenant(), m, key.Person(), l.Kind, lang,
		key.Seal(sealTo, []byte(oneLine(l.To))), key.Seal(sealSubject, []byte(subject)), key.Seal(sealBody, []byte(body)),
		Queued, sendAfter, tx.Machine(), tx.Now())
	if err == nil {
		err = b.wake(ctx, tx, sendAfter)
	}
	if err != nil {
		return id.Mail{}, fmt.Errorf("queue letter: %w", err)
	}
	return m, nil
}

// Cancel recalls a letter in the caller's step: ErrTooLate once a worker has
// taken it, even if that worker should fail. Cancelling twice is no error.
func (b *Box) Cancel(ctx context.Context, tx *db.Tx, m id.Mail) error {
	n, err := tx.Exec(ctx, `UPDATE mail_message SET state = ? WHERE tenant_id = ? AND id = ? AND state = ? AND attempts = 0`,
		Cancelled, tx.Tenant(), m, Queued)
	if err != nil {
		return fmt.Errorf("cancel letter: %w", err)
	}
	if n > 0 {
		return nil
	}
	var state State
	err = tx.Row(ctx, `SELECT state FROM mail_message WHERE tenant_id = ? AND id = ?`, tx.Tenant(), m).Scan(&state)
	switch {
	case err != nil:
		return fmt.Errorf("cancel letter: %w", db.NotFound(err, ErrNotFound))
	case state == Cancelled:
		return nil
	default:
		return ErrTooLate
	}
}

// Forget takes the sealed texts of all letters to the person away and recalls
// those that wait, in the caller's step.
func (b *Box) Forget(ctx context.Context, tx *db.Tx, p id.Person) error {
	err := tx.Put(ctx, `
		UPDATE mail_message SET recipient = NULL, subject = NULL, body = NULL,
			state = CASE WHEN state = ? THEN ? ELSE state END
		WHERE tenant_id = ? AND person_id = ?`, Queued, Cancelled, tx.Tenant(), p)
	if err != nil {
		return fmt.Errorf("forget letters: %w", err)
	}
	return nil
}

// How sending is tried. Times are of the machine clock.
const (
	atOnce      = 20               // letters that one step takes
	sendTimeout = 30 * time.Second // for one letter
	lease       = atOnce * sendTimeout
	maxAttempts = 8
	firstRest   = 30 * time.Second // doubles with each failure: an hour in all
)

// taken is a letter that this process may send until its lease ends.
type taken struct {
	id                     id.Mail
	person                 id.Person
	lang                   locale.Tag
	recipient, subject, bd []byte
	attempt                int64
}

// SendDue sends every letter of the tenant that is due and returns how many left.
// Several processes may call it side by side; it may not be called in a step. An
// error is one of the database: a letter that cannot be sent is tried again later
// and finally marked as failed.
func (b *Box) SendDue(ctx context.Context, tenant id.Tenant) (sent int, err error) {
	for ctx.Err() == nil {
		list, err := db.Do(ctx, b.db, tenant, take)
		if err != nil {
			return sent, fmt.Errorf("take letters: %w", err)
		}
		if len(list) == 0 {
			return sent, nil
		}
		n, err := b.sendAll(ctx, tenant, list)
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, ctx.Err()
}

// take claims some letters: nobody else sees them until the lease is over.
func take(ctx context.Context, tx *db.Tx) ([]taken, error) {
	rows, err := tx.Rows(ctx, `
		UPDATE mail_message SET attempts = attempts + 1, next_try_at = ?
		WHERE tenant_id = ? AND id IN (
			SELECT id FROM mail_message WHERE tenant_id = ? AND state = 'queued' AND send_after <= ? AND next_try_at <= ?
			ORDER BY send_after LIMIT ?`+tx.SkipLocked()+`)
		RETURNING id, person_id, lang, recipient, subject, body, attempts`,
		tx.Machine().Add(lease), tx.Tenant(), tx.Tenant(), tx.Now(), tx.Machine(), atOnce)
	return db.Collect(rows, err, func(scan func(...any) error) (t taken, err error) {
		return t, scan(&t.id, &t.person, &t.lang, &t.recipient, &t.subject, &t.bd, &t.attempt)
	})
}

func (b *Box) sendAll(ctx context.Context, tenant id.Tenant, list []taken) (sent int, err error) {
	persons := make([]id.Person, len(list))
	for i, t := range list {
		persons[i] = t.person
	}
	ks, err := b.ring.Many(ctx, tenant, persons...)
	if err != nil {
		return 0, fmt.Errorf("keys of letters: %w", err)
	}
	var gone []outcome
	since := b.db.Machine()()
	for i, t := range list {
		state, failure := b.send(ctx, ks[t.person], t)
		gone = append(gone, outcome{t, state, failure})
		if i < len(list)-1 && b.db.Machine()().Sub(since) < together {
			continue
		}
		if err := b.mark(ctx, tenant, gone); err != nil {
			return sent, fmt.Errorf("mark letters: %w", err)
		}
		for _, o := range gone {
			if o.state == Sent {
				sent++
			}
		}
		gone, since = nil, b.db.Machine()()
	}
	return sent, nil
}

// together is how long letters that have left wait to be marked in one step: a
// process that dies meanwhile sends them once more.
const together = 50 * time.Millisecond

// outcome is what became of a letter, and a code that says why it did not leave.
type outcome struct {
	taken
	state   State
	failure string
}

// send returns what became of the letter, and a code that says why it did not
// leave. The sender's own words may hold an address and are not kept.
func (b *Box) send(ctx context.Context, key *keys.Key, t taken) (state State, failure string) {
	if key == nil {
		return Cancelled, "erased"
	}
	m, err := t.open(key)
	if err != nil {
		return Failed, "unreadable"
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = b.sender.Send(ctx, m)
	switch {
	case err == nil:
		return Sent, ""
	case errors.Is(err, ErrRefused):
		return Failed, "refused"
	case t.attempt >= maxAttempts:
		return Failed, "unreachable"
	default:
		return Queued, "unreachable"
	}
}

func (t taken) open(key *keys.Key) (m Message, err error) {
	m = Message{ID: t.id, Lang: t.lang}
	m.To, m.Subject, m.Body, err = openTexts(key, t.recipient, t.subject, t.bd)
	return m, err
}

func openTexts(key *keys.Key, recipient, subject, body []byte) (to, subj, text string, err error) {
	var bad [3]error
	part := func(i int, context string, sealed []byte) string {
		plain, err := key.Open(context, sealed)
		bad[i] = err
		return string(plain)
	}
	to, subj, text = part(0, sealTo, recipient), part(1, sealSubject, subject), part(2, sealBody, body)
	return to, subj, text, errors.Join(bad[:]...)
}

// mark writes the outcomes of letters, but of those whose lease was lost to somebody else.
func (b *Box) mark(ctx context.Context, tenant id.Tenant, list []outcome) error {
	return b.db.InTx(context.WithoutCancel(ctx), tenant, func(ctx context.Context, tx *db.Tx) error {
		for _, o := range list {
			var sentAt time.Time
			if o.state == Sent {
				sentAt = tx.Now()
			}
			err := tx.Put(ctx, `
				UPDATE mail_message SET state = ?, failure = ?, sent_at = ?, next_try_at = ?
				WHERE tenant_id = ? AND id = ? AND state = ? AND attempts = ?`,
				o.state, o.failure, sentAt, tx.Machine().Add(firstRest<<(o.attempt-1)), tx.Tenant(), o.id, Queued, o.attempt)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
