package desksvc

import (
	"context"
	"embed"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/persons"
)

//go:embed letters/*.txt
var letterFiles embed.FS

var _ = mail.Register(letterFiles)

// letterKind is the job that writes to the customer. Its name is stored.
const letterKind = "desk.letter"

// news is what the customer is to be told of. About a visit it says only that
// something has changed: what the letter says is decided when it is written.
type news struct {
	Case    id.Case    `json:"case"`
	What    desk.News  `json:"what"`
	Message id.Message `json:"message,omitzero"` // that answers
}

// tell has the customer written to a moment after the step, so that what is
// undone at once is not told.
func (m *Module) tell(ctx context.Context, tx *db.Tx, n news) error {
	key := n.Case.String() + "." + string(n.What)
	if !n.Message.IsZero() {
		key += "." + n.Message.String()
	}
	return m.jobs.EnqueueOrMove(ctx, tx, letterKind, key, tx.Now().Add(mail.Hold), n)
}

// draft is a letter that has been thought through.
type draft struct {
	key   *keys.Key // nil: there is nothing to write, or nobody to write to
	mail  mail.Letter
	visit *desk.Slot // of which the customer then knows; nil: about something else
}

// inform writes to the customer, once.
func (m *Module) inform(ctx context.Context, j jobs.Job, n news) error {
	d, err := m.draft(ctx, j.Tenant, n)
	if err != nil {
		return err
	}
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if err := j.Done(ctx, tx); err != nil || d.key == nil {
			return err
		}
		if d.visit != nil {
			if err := saveTold(ctx, tx, n.Case, *d.visit); err != nil {
				return err
			}
		}
		_, err := m.mail.Queue(ctx, tx, d.key, d.mail)
		return err
	})
}

// known is what stands in the database about a case when its customer is to be
// told something.
type known struct {
	row      row
	told     desk.Slot // the visit that the customer knows of
	happened bool      // it has taken place, or found nobody
	stands   desk.Slot
	answer   []byte // sealed
}

// draft looks at how things are now and writes what is worth telling.
func (m *Module) draft(ctx context.Context, tenant id.Tenant, n news) (d draft, err error) {
	k, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (known, error) { return m.know(ctx, tx, n) })
	if err != nil {
		return d, err
	}
	what := k.worth(n.What)
	if what == "" {
		return d, nil
	}
	p, err := persons.Open(ctx, m.db, m.ring, tenant, k.row.Requester)
	if err != nil || p.Erased || p.Email == "" {
		return d, err
	}
	key, err := m.ring.Get(ctx, tenant, k.row.Requester)
	if err != nil {
		return d, err
	}
	brand, err := m.network.Brand(ctx, tenant, k.row.Brand)
	if err != nil {
		return d, err
	}
	d = draft{key: key, mail: m.letter(tenant, k.row, what, brand.Name, p.Name, p.Email)}
	d.mail.Hold = -1 // it has waited already
	switch what {
	case desk.VisitBooked, desk.VisitMoved, desk.VisitOff:
		err = m.aboutVisit(tenant, k, what, &d)
	case desk.Answered:
		d.mail.Data["text"], err = openText(key, k.answer)
	case desk.Received, desk.PartAwaited, desk.Solved:
	}
	return d, err
}

// worth says which news it still is; "" for what has passed already.
func (k known) worth(what desk.News) desk.News {
	switch what {
	case desk.VisitBooked, desk.VisitMoved, desk.VisitOff:
		return desk.VisitNews(k.told, k.stands, k.happened)
	case desk.Received, desk.Answered, desk.PartAwaited, desk.Solved:
	}
	if !desk.Holds(what, k.row.State, k.row.WaitingFor) {
		return ""
	}
	return what
}

// letter addresses a letter about the case.
func (m *Module) letter(tenant id.Tenant, r row, what desk.News, brand, name, email string) mail.Letter {
	return mail.Letter{Kind: mail.Kind(what), Lang: r.Language, To: email, Data: map[string]string{
		"brand": brand, "case": r.Reference, "name": name, "link": m.address + "/p/c/" + m.link(tenant, r.ID),
	}}
}

func (m *Module) aboutVisit(tenant id.Tenant, k known, what desk.News, d *draft) error {
	zone, err := time.LoadLocation(k.row.Zone)
	if err != nil {
		return fmt.Errorf("zone of a case: %w", err)
	}
	d.visit = &k.stands
	lang := locale.Best(string(k.row.Language))
	if what == desk.VisitOff {
		d.mail.Data["when"] = k.told.In(lang, zone)
		return nil
	}
	d.mail.Data["when"], d.mail.Data["code"] = k.stands.In(lang, zone), m.code(tenant, k.stands.Appointment)
	d.mail.Data["reward"] = rewardText(lang, k.stands.Reward, k.told.Reward)
	return nil
}

// rewardText is a paragraph of its own about what is promised, or else about what was; ""
// where nothing was ever.
func rewardText(lang locale.Tag, reward, before money.Amount) string {
	key := "letter.desk.reward"
	if reward.IsZero() {
		key, reward = "letter.desk.reward_lost", before
	}
	if reward.IsZero() {
		return ""
	}
	return "\n" + i18n.Standard().Text(lang, key, map[string]any{"amount": locale.Money(lang, reward)}) + "\n"
}

func openText(key *keys.Key, sealed []byte) (string, error) {
	text, err := key.Open(sealBody, sealed)
	return string(text), err
}

// know reads what the letter may be about.
func (m *Module) know(ctx context.Context, tx *db.Tx, n news) (k known, err error) {
	if k.row, err = byID(ctx, tx, n.Case); err != nil {
		return k, err
	}
	switch n.What {
	case desk.VisitBooked, desk.VisitMoved, desk.VisitOff:
		if k.told, err = loadTold(ctx, tx, n.Case); err != nil {
			return k, err
		}
		past, err := m.bus.History(ctx, tx, n.Case.Raw(), longest)
		if err != nil {
			return k, err
		}
		k.stands, k.happened = visitOf(past), happened(past, k.told.Appointment)
		if !k.happened {
			k.told.Reward = promisedFor(past, k.told)
		}
	case desk.Answered:
		err = tx.Row(ctx, `SELECT body FROM desk_entry WHERE tenant_id = ? AND case_id = ? AND id = ?`, tx.Tenant(), n.Case, n.Message).Scan(&k.answer)
	case desk.Received, desk.PartAwaited, desk.Solved:
	}
	return k, err
}

func loadTold(ctx context.Context, tx *db.Tx, c id.Case) (s desk.Slot, err error) {
	err = tx.Row(ctx, `SELECT appointment_id, start_at, end_at FROM desk_told WHERE tenant_id = ? AND case_id = ?`, tx.Tenant(), c).
		Scan(&s.Appointment, db.At(&s.From), db.At(&s.To))
	return s, db.NotFound(err, nil)
}

func saveTold(ctx context.Context, tx *db.Tx, c id.Case, s desk.Slot) error {
	err := tx.Put(ctx, `INSERT INTO desk_told (tenant_id, case_id, appointment_id, start_at, end_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, case_id) DO UPDATE SET appointment_id = excluded.appointment_id, start_at = excluded.start_at, end_at = excluded.end_at`,
		tx.Tenant(), c, s.Appointment, s.From, s.To)
	if err != nil {
		return fmt.Errorf("save what was told: %w", err)
	}
	return nil
}
