package login

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Tenant is an operator.
type Tenant struct {
	ID    id.Tenant // zero: a new one
	Name  string
	Hosts []string // under which it is reached; a host belongs to one operator
}

// hosts is who is reached under which host, as of some seconds ago.
type hosts struct {
	until  time.Time
	byHost map[string]id.Tenant
	first  id.Tenant // the default: the oldest operator
}

// CreateTenant sets up an operator.
func (s *Service) CreateTenant(ctx context.Context, t Tenant) (id.Tenant, error) {
	if t.ID.IsZero() {
		t.ID = id.New[id.TenantKind]()
	}
	err := s.db.InTx(ctx, t.ID, func(ctx context.Context, tx *db.Tx) error {
		err := tx.Put(ctx, `INSERT INTO login_tenant (tenant_id, name, created_at) VALUES (?, ?, ?)`, t.ID, t.Name, tx.Now())
		if err != nil {
			return fmt.Errorf("insert tenant: %w", err)
		}
		for _, h := range t.Hosts {
			n, err := tx.Exec(ctx, `INSERT INTO login_host (tenant_id, host) VALUES (?, ?) ON CONFLICT DO NOTHING`, t.ID, bareHost(h))
			if err != nil {
				return fmt.Errorf("insert host: %w", err)
			}
			if n == 0 {
				return ErrHostTaken
			}
		}
		tx.AfterCommit(s.forgetHosts)
		return nil
	})
	return t.ID, err
}

// Tenants lists the operators, the oldest (which is the default) first.
func (s *Service) Tenants(ctx context.Context) (list []Tenant, err error) {
	err = s.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Rows(ctx, `SELECT tenant_id, name FROM login_tenant ORDER BY created_at, tenant_id`)
		list, err = db.Collect(rows, err, func(scan func(...any) error) (t Tenant, err error) { return t, scan(&t.ID, &t.Name) })
		if err != nil {
			return fmt.Errorf("list tenants: %w", err)
		}
		rows, err = tx.Rows(ctx, `SELECT tenant_id, host FROM login_host ORDER BY host`)
		type row struct {
			tenant id.Tenant
			host   string
		}
		found, err := db.Collect(rows, err, func(scan func(...any) error) (r row, err error) { return r, scan(&r.tenant, &r.host) })
		if err != nil {
			return fmt.Errorf("list hosts: %w", err)
		}
		for _, r := range found {
			for i := range list {
				if list[i].ID == r.tenant {
					list[i].Hosts = append(list[i].Hosts, r.host)
				}
			}
		}
		return nil
	})
	return list, err
}

// TenantOf returns the operator that is reached under the host, and whether the
// host names it; any other host means the default operator.
func (s *Service) TenantOf(ctx context.Context, host string) (t id.Tenant, named bool, err error) {
	s.hostMu.Lock()
	defer s.hostMu.Unlock()
	if now := s.machine(); !now.Before(s.hosts.until) {
		list, err := s.Tenants(ctx)
		if err != nil {
			return id.Tenant{}, false, err
		}
		s.hosts = hosts{until: now.Add(s.fresh), byHost: map[string]id.Tenant{}}
		for i, t := range list {
			if i == 0 {
				s.hosts.first = t.ID
			}
			for _, h := range t.Hosts {
				s.hosts.byHost[h] = t.ID
			}
		}
		if len(list) == 0 {
			s.hosts.until = time.Time{} // the first operator is to be seen at once
		}
	}
	if t, ok := s.hosts.byHost[bareHost(host)]; ok {
		return t, true, nil
	}
	if s.hosts.first.IsZero() {
		return id.Tenant{}, false, ErrNoTenant
	}
	return s.hosts.first, false, nil
}

func (s *Service) forgetHosts() {
	s.hostMu.Lock()
	defer s.hostMu.Unlock()
	s.hosts = hosts{}
}

// bareHost is a host without port, in lower case.
func bareHost(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
