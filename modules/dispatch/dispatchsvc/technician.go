package dispatchsvc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/persons"
)

// newcomer is a technician as added.
type newcomer struct {
	Node            id.Node             `json:"node"`
	Name            string              `json:"name" maxLength:"120"`
	Start           *geo.Point          `json:"start,omitempty" doc:"where the day begins and ends, kept to about a kilometre; absent: at the node"`
	Employment      dispatch.Employment `json:"employment" enum:"core,part_time"`
	Hour            money.Amount        `json:"hour" doc:"what an hour costs"`
	Kilometre       money.Amount        `json:"kilometre" doc:"what a kilometre costs"`
	Visit           money.Amount        `json:"visit,omitzero" doc:"what a visit costs on top, as a partner asks"`
	Night           money.Amount        `json:"night,omitzero" doc:"what an hour on duty costs more between 22:00 and 06:00"`
	MaxMinutes      int64               `json:"max_minutes" minimum:"1" maximum:"1440"`
	OvertimeMinutes int64               `json:"overtime_minutes,omitempty" minimum:"0" maximum:"480"`
	MaxVisits       int64               `json:"max_visits,omitempty" minimum:"0" maximum:"100" doc:"a day; 0 is without limit"`
	Skills          []dispatch.Skill    `json:"skills,omitempty" maxItems:"100"`
	Week            calendar.Week       `json:"week" doc:"such as Mo-Fr 08:30-12:00,13:30-18:00"`
}

// changed is what the caller of a command about a technician hears.
type changed struct {
	ID      id.Technician `json:"id"`
	Version int64         `json:"version"`
}

// Hire adds a technician to a node. The name becomes a person's sealed field.
func (m *Module) Hire(ctx context.Context, n newcomer) (changed, error) {
	caller, _ := access.From(ctx)
	node, err := m.network.Node(ctx, caller.Tenant, n.Node)
	if errors.Is(err, network.ErrNodeNotFound) {
		return changed{}, dispatch.ErrInvalid.At("/node", "unknown")
	} else if err != nil {
		return changed{}, err
	}
	t := dispatch.Technician{
		ID: id.New[id.TechnicianKind](), Node: node.ID, Partner: node.Partner, Person: id.New[id.PersonKind](), Country: node.Country, Zone: node.Zone,
		Start: node.Point, Employment: n.Employment, Standing: dispatch.Active, Hour: n.Hour, Kilometre: n.Kilometre, Visit: n.Visit, Night: n.Night,
		MaxMinutes: n.MaxMinutes, OvertimeMinutes: n.OvertimeMinutes, MaxVisits: n.MaxVisits, Skills: n.Skills, Week: n.Week, Version: 1,
	}
	if n.Start != nil {
		t.Start = *n.Start
	}
	if err := m.guard.Can(ctx, "technician.write", resourceOf(t, "technician")); err != nil {
		return changed{}, hidden(err, dispatch.ErrInvalid.At("/node", "unknown"))
	}
	if len(t.Skills) > 0 {
		if err := m.guard.Can(ctx, "skill.write", resourceOf(t, "skill")); err != nil {
			return changed{}, hidden(err, dispatch.ErrInvalid.At("/skills", "forbidden"))
		}
	}
	name, err := cleanName(n.Name)
	if err != nil {
		return changed{}, err
	}
	if t, err = dispatch.Check(t); err != nil {
		return changed{}, err
	}
	ring, err := m.ring.Create(ctx, caller.Tenant, t.Person)
	if err != nil {
		return changed{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (changed, error) {
		person := persons.Person{ID: t.Person, Country: t.Country, Language: caller.Locale, Name: name}
		if err := persons.Put(ctx, tx, ring[0], m.ring, person); err != nil {
			return changed{}, err
		}
		if err := insertTechnician(ctx, tx, t); err != nil {
			return changed{}, err
		}
		if err := m.wantSurvey(ctx, tx, t.Node); err != nil {
			return changed{}, err
		}
		return changed{t.ID, t.Version}, m.changed(ctx, tx, t.Node, t.ID.String(), t.Version)
	})
}

func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || !utf8.ValidString(name) {
		return "", dispatch.ErrInvalid.At("/name", "required")
	}
	return name, nil
}

func insertTechnician(ctx context.Context, tx *db.Tx, t dispatch.Technician) error {
	if err := oneCurrency(ctx, tx, t); err != nil {
		return err
	}
	err := tx.Put(ctx, `INSERT INTO dispatch_technician (tenant_id, id, node_id, partner_id, person_id, country, zone, lat_micro, lon_micro,
		employment, standing, hour_minor, hour_currency, kilometre_minor, visit_minor, night_minor, max_minutes, overtime_minutes,
		max_visits, created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), t.ID, t.Node, t.Partner, t.Person, t.Country, t.Zone, t.Start.LatMicro, t.Start.LonMicro, t.Employment, t.Standing,
		t.Hour.Minor, t.Hour.Currency, t.Kilometre.Minor, t.Visit.Minor, t.Night.Minor, t.MaxMinutes, t.OvertimeMinutes, t.MaxVisits, tx.Now(), t.Version)
	if err != nil {
		return fmt.Errorf("insert technician: %w", err)
	}
	if err := putSkills(ctx, tx, t.ID, t.Skills); err != nil {
		return err
	}
	stir(tx, t.Node, t.ID)
	return putWeek(ctx, tx, t.ID, t.Week)
}

// oneCurrency holds that all whom a node plans with are paid in one currency, so that
// what they cost can be compared.
func oneCurrency(ctx context.Context, tx *db.Tx, t dispatch.Technician) error {
	for _, node := range placesOfWork(&t) {
		var n int64
		err := tx.Row(ctx, `SELECT COUNT(*) FROM dispatch_technician t WHERE t.tenant_id = ? AND t.id <> ? AND t.standing <> ? AND t.hour_currency <> ? AND (t.node_id = ?
			OR t.id IN (SELECT technician_id FROM dispatch_lend WHERE tenant_id = ? AND node_id = ?))`,
			tx.Tenant(), t.ID, dispatch.Left, t.Hour.Currency, node, tx.Tenant(), node).Scan(&n)
		if err == nil && n > 0 {
			err = dispatch.ErrCurrency
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func putSkills(ctx context.Context, tx *db.Tx, t id.Technician, skills []dispatch.Skill) error {
	if err := tx.Put(ctx, `DELETE FROM dispatch_skill WHERE tenant_id = ? AND technician_id = ?`, tx.Tenant(), t); err != nil {
		return fmt.Errorf("drop skills: %w", err)
	}
	for _, s := range skills {
		err := tx.Put(ctx, `INSERT INTO dispatch_skill (tenant_id, technician_id, skill, level, valid_until) VALUES (?, ?, ?, ?, ?)`,
			tx.Tenant(), t, s.Skill, s.Level, s.ValidUntil)
		if err != nil {
			return fmt.Errorf("insert skill: %w", err)
		}
	}
	return nil
}

func putWeek(ctx context.Context, tx *db.Tx, t id.Technician, week calendar.Week) error {
	err := tx.Put(ctx, `INSERT INTO dispatch_shift (tenant_id, technician_id, week) VALUES (?, ?, ?)
		ON CONFLICT (tenant_id, technician_id) DO UPDATE SET week = excluded.week`, tx.Tenant(), t, week.String())
	return err
}

func putAbsences(ctx context.Context, tx *db.Tx, t id.Technician, list []dispatch.Absence) error {
	if err := tx.Put(ctx, `DELETE FROM dispatch_absence WHERE tenant_id = ? AND technician_id = ?`, tx.Tenant(), t); err != nil {
		return fmt.Errorf("drop absences: %w", err)
	}
	for _, a := range list {
		err := tx.Put(ctx, `INSERT INTO dispatch_absence (tenant_id, technician_id, day, reason) VALUES (?, ?, ?, ?)
			ON CONFLICT (tenant_id, technician_id, day) DO UPDATE SET reason = excluded.reason`, tx.Tenant(), t, a.Day.String(), a.Reason)
		if err != nil {
			return fmt.Errorf("insert absence: %w", err)
		}
	}
	return nil
}

// alter changes a technician on behalf of the caller, under the lock that
// bookings take, so that a shift does not change beneath one.
func (m *Module) alter(ctx context.Context, t id.Technician, action, kind, ifMatch string, fn func(ctx context.Context, tx *db.Tx, t *dispatch.Technician) error) (changed, error) {
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (changed, error) {
		if err := lockTechnician(ctx, tx, t); err != nil {
			return changed{}, err
		}
		found, err := technicianOf(ctx, tx, t)
		if err != nil {
			return changed{}, err
		}
		if err := m.guard.Can(ctx, action, resourceOf(found, kind)); err != nil {
			return changed{}, hidden(err, dispatch.ErrNoTechnician)
		}
		if err := httpapi.MatchIfGiven(ifMatch, found.Version); err != nil {
			return changed{}, err
		}
		if err := fn(ctx, tx, &found); err != nil {
			return changed{}, err
		}
		err = tx.Put(ctx, `UPDATE dispatch_technician SET lat_micro = ?, lon_micro = ?, employment = ?, standing = ?, hour_minor = ?, hour_currency = ?,
			kilometre_minor = ?, visit_minor = ?, night_minor = ?, max_minutes = ?, overtime_minutes = ?, max_visits = ?, version = version + 1 WHERE tenant_id = ? AND id = ?`,
			found.Start.LatMicro, found.Start.LonMicro, found.Employment, found.Standing, found.Hour.Minor, found.Hour.Currency,
			found.Kilometre.Minor, found.Visit.Minor, found.Night.Minor, found.MaxMinutes, found.OvertimeMinutes, found.MaxVisits, tx.Tenant(), t)
		if err != nil {
			return changed{}, fmt.Errorf("save technician: %w", err)
		}
		stir(tx, found.Node, found.ID)
		if err := m.wantSurvey(ctx, tx, found.Node); err != nil {
			return changed{}, err
		}
		if err := m.beside(ctx, tx, found.Node, t); err != nil {
			return changed{}, err
		}
		return changed{t, found.Version + 1}, m.changed(ctx, tx, found.Node, t.String(), found.Version+1)
	})
}

// correction is what may be changed of a technician; absent members stay.
type correction struct {
	Start           *geo.Point           `json:"start,omitempty"`
	Employment      *dispatch.Employment `json:"employment,omitempty" enum:"core,part_time"`
	Standing        *dispatch.Standing   `json:"standing,omitempty" enum:"active,paused,left"`
	Hour            *money.Amount        `json:"hour,omitempty"`
	Kilometre       *money.Amount        `json:"kilometre,omitempty"`
	Visit           *money.Amount        `json:"visit,omitempty"`
	Night           *money.Amount        `json:"night,omitempty"`
	MaxMinutes      *int64               `json:"max_minutes,omitempty" minimum:"1" maximum:"1440"`
	MaxVisits       *int64               `json:"max_visits,omitempty" minimum:"0" maximum:"100"`
	OvertimeMinutes *int64               `json:"overtime_minutes,omitempty" minimum:"0" maximum:"480"`
}

// set overwrites what is given.
func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// Correct changes a technician. Who leaves may have no visit left.
func (m *Module) Correct(ctx context.Context, t id.Technician, ifMatch string, c correction) (changed, error) {
	return m.alter(ctx, t, "technician.write", "technician", ifMatch, func(ctx context.Context, tx *db.Tx, t *dispatch.Technician) (err error) {
		set(&t.Start, c.Start)
		set(&t.Employment, c.Employment)
		set(&t.Standing, c.Standing)
		set(&t.Hour, c.Hour)
		set(&t.Kilometre, c.Kilometre)
		set(&t.Visit, c.Visit)
		set(&t.Night, c.Night)
		set(&t.MaxMinutes, c.MaxMinutes)
		set(&t.MaxVisits, c.MaxVisits)
		set(&t.OvertimeMinutes, c.OvertimeMinutes)
		if *t, err = dispatch.Check(*t); err != nil {
			return err
		}
		if err := oneCurrency(ctx, tx, *t); err != nil {
			return err
		}
		if t.Standing != dispatch.Left {
			return nil
		}
		var n int64
		err = tx.Row(ctx, `SELECT COUNT(*) FROM dispatch_appointment WHERE tenant_id = ? AND technician_id = ? AND live = 1`, tx.Tenant(), t.ID).Scan(&n)
		if err == nil && n > 0 {
			err = dispatch.ErrHasVisits
		}
		return err
	})
}

// SetSkills says anew what a technician can do.
func (m *Module) SetSkills(ctx context.Context, t id.Technician, ifMatch string, skills []dispatch.Skill) (changed, error) {
	return m.alter(ctx, t, "skill.write", "skill", ifMatch, func(ctx context.Context, tx *db.Tx, t *dispatch.Technician) error {
		t.Skills = skills
		if _, err := dispatch.Check(*t); err != nil {
			return err
		}
		return putSkills(ctx, tx, t.ID, skills)
	})
}

// SetShifts says anew when a technician works. Visits that no longer fit stay
// promised and show as conflicts on the board.
func (m *Module) SetShifts(ctx context.Context, t id.Technician, ifMatch string, week calendar.Week) (changed, error) {
	return m.alter(ctx, t, "shift.write", "shift", ifMatch, func(ctx context.Context, tx *db.Tx, t *dispatch.Technician) error {
		return putWeek(ctx, tx, t.ID, week)
	})
}

// SetAbsences says anew on which days a technician does not work.
func (m *Module) SetAbsences(ctx context.Context, t id.Technician, ifMatch string, list []dispatch.Absence) (changed, error) {
	return m.alter(ctx, t, "shift.write", "shift", ifMatch, func(ctx context.Context, tx *db.Tx, t *dispatch.Technician) error {
		return putAbsences(ctx, tx, t.ID, list)
	})
}
