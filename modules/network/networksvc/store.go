package networksvc

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/db"
)

func version(ctx context.Context, tx *db.Tx) (v int64, err error) {
	err = tx.Row(ctx, `SELECT version FROM network_version WHERE tenant_id = ?`, tx.Tenant()).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return v, err
}

// bump begins a change: whoever changes the network of the tenant meanwhile
// waits for its end.
func bump(ctx context.Context, tx *db.Tx) (v int64, err error) {
	err = tx.Row(ctx, `
		INSERT INTO network_version (tenant_id, version) VALUES (?, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET version = network_version.version + 1
		RETURNING version`, tx.Tenant()).Scan(&v)
	if err != nil {
		return 0, fmt.Errorf("begin a change of the network: %w", err)
	}
	return v, nil
}

// load reads the whole register; see the package comment.
func load(ctx context.Context, tx *db.Tx, v int64) (*register, error) {
	r := &register{version: v}
	operator, err := loadOperator(ctx, tx)
	if err != nil {
		return nil, err
	}
	r.operator = operator
	brands, err := brands(ctx, tx, "tenant_id = ? ORDER BY code", tx.Tenant())
	if err != nil {
		return nil, err
	}
	partners, err := partners(ctx, tx, "tenant_id = ? ORDER BY code", tx.Tenant())
	if err != nil {
		return nil, err
	}
	if r.nodes, err = nodes(ctx, tx, "tenant_id = ? ORDER BY code", tx.Tenant()); err != nil {
		return nil, err
	}
	if r.territories, err = territories(ctx, tx, "tenant_id = ? ORDER BY id", tx.Tenant()); err != nil {
		return nil, err
	}
	r.arrange(brands, partners)
	return r, nil
}

func loadOperator(ctx context.Context, tx *db.Tx) (*network.Operator, error) {
	var o network.Operator
	err := tx.Row(ctx, `SELECT name, country, zone, currency, version FROM network_operator WHERE tenant_id = ?`, tx.Tenant()).
		Scan(&o.Name, &o.Country, &o.Zone, &o.Currency, &o.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil //nolint:nilnil // no operator yet is no error here
	case err != nil:
		return nil, fmt.Errorf("load operator: %w", err)
	}
	return &o, nil
}

// brands returns the brands for which the condition holds.
func brands(ctx context.Context, tx *db.Tx, where string, args ...any) ([]network.Brand, error) {
	rows, err := tx.Rows(ctx, `SELECT id, code, name, version FROM network_brand WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (b network.Brand, err error) {
		return b, scan(&b.ID, &b.Code, &b.Name, &b.Version)
	})
}

func partners(ctx context.Context, tx *db.Tx, where string, args ...any) ([]network.Partner, error) {
	rows, err := tx.Rows(ctx, `SELECT id, code, name, country, version FROM network_partner WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (p network.Partner, err error) {
		return p, scan(&p.ID, &p.Code, &p.Name, &p.Country, &p.Version)
	})
}

func nodes(ctx context.Context, tx *db.Tx, where string, args ...any) ([]network.Node, error) {
	rows, err := tx.Rows(ctx, `
		SELECT id, code, parent_id, kind, ownership, partner_id, name, country, zone, lat_micro, lon_micro, languages, state, version
		FROM network_node WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (n network.Node, err error) {
		var languages string
		err = scan(&n.ID, &n.Code, &n.Parent, &n.Kind, &n.Ownership, &n.Partner, &n.Name, &n.Country, &n.Zone,
			&n.Point.LatMicro, &n.Point.LonMicro, &languages, &n.State, &n.Version)
		for tag := range strings.FieldsSeq(languages) {
			n.Languages = append(n.Languages, locale.Tag(tag))
		}
		return n, err
	})
}

func territories(ctx context.Context, tx *db.Tx, where string, args ...any) ([]network.Territory, error) {
	rows, err := tx.Rows(ctx, `
		SELECT id, node_id, country, prefixes, lat_micro, lon_micro, radius_metres, brand_id, line_id, priority, version
		FROM network_territory WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (t network.Territory, err error) {
		var prefixes string
		err = scan(&t.ID, &t.Node, &t.Country, &prefixes, &t.Centre.LatMicro, &t.Centre.LonMicro, &t.RadiusMetres,
			&t.Brand, &t.Line, &t.Priority, &t.Version)
		if prefixes != "" {
			t.Prefixes = strings.Fields(prefixes)
		}
		return t, err
	})
}

func putOperator(ctx context.Context, tx *db.Tx, o network.Operator) (network.Operator, error) {
	err := tx.Row(ctx, `
		INSERT INTO network_operator (tenant_id, name, country, zone, currency, version) VALUES (?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET name = excluded.name, country = excluded.country, zone = excluded.zone,
			currency = excluded.currency, version = network_operator.version + 1
		RETURNING version`, tx.Tenant(), o.Name, o.Country, o.Zone, o.Currency).Scan(&o.Version)
	return o, wrap("put operator", err)
}

// putBrand stores the brand under its code. It returns what is stored: the id
// may be that of an earlier brand.
func putBrand(ctx context.Context, tx *db.Tx, b network.Brand) (network.Brand, error) {
	err := tx.Row(ctx, `
		INSERT INTO network_brand (tenant_id, id, code, name, version) VALUES (?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, code) DO UPDATE SET name = excluded.name, version = network_brand.version + 1
		RETURNING id, version`, tx.Tenant(), b.ID, b.Code, b.Name).Scan(&b.ID, &b.Version)
	return b, wrap("put brand", err)
}

func putPartner(ctx context.Context, tx *db.Tx, p network.Partner) (network.Partner, error) {
	err := tx.Row(ctx, `
		INSERT INTO network_partner (tenant_id, id, code, name, country, version) VALUES (?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, code) DO UPDATE SET name = excluded.name, country = excluded.country,
			version = network_partner.version + 1
		RETURNING id, version`, tx.Tenant(), p.ID, p.Code, p.Name, p.Country).Scan(&p.ID, &p.Version)
	return p, wrap("put partner", err)
}

// putNode stores the node under its id; a code that another node has is
// ErrCodeTaken.
func putNode(ctx context.Context, tx *db.Tx, n network.Node) (network.Node, error) {
	tags := make([]string, len(n.Languages))
	for i, tag := range n.Languages {
		tags[i] = string(tag)
	}
	err := tx.Row(ctx, `
		INSERT INTO network_node (tenant_id, id, code, parent_id, kind, ownership, partner_id, name, country, zone,
			lat_micro, lon_micro, languages, state, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, id) DO UPDATE SET code = excluded.code, parent_id = excluded.parent_id, kind = excluded.kind,
			ownership = excluded.ownership, partner_id = excluded.partner_id, name = excluded.name,
			country = excluded.country, zone = excluded.zone, lat_micro = excluded.lat_micro,
			lon_micro = excluded.lon_micro, languages = excluded.languages, state = excluded.state,
			version = network_node.version + 1
		RETURNING version`,
		tx.Tenant(), n.ID, n.Code, n.Parent, n.Kind, n.Ownership, n.Partner, n.Name, n.Country, n.Zone,
		n.Point.LatMicro, n.Point.LonMicro, strings.Join(tags, " "), n.State).Scan(&n.Version)
	if db.IsUnique(err) {
		return n, network.ErrCodeTaken.Because(err)
	}
	return n, wrap("put node", err)
}

func insertTerritory(ctx context.Context, tx *db.Tx, t network.Territory) error {
	err := tx.Put(ctx, `
		INSERT INTO network_territory (tenant_id, id, node_id, country, prefixes, lat_micro, lon_micro, radius_metres,
			brand_id, line_id, priority, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), t.ID, t.Node, t.Country, strings.Join(t.Prefixes, " "), t.Centre.LatMicro, t.Centre.LonMicro, t.RadiusMetres,
		t.Brand, t.Line, t.Priority, t.Version)
	return wrap("insert territory", err)
}

func deleteTerritory(ctx context.Context, tx *db.Tx, t network.Territory) error {
	err := tx.Put(ctx, `DELETE FROM network_territory WHERE tenant_id = ? AND id = ?`, tx.Tenant(), t.ID)
	return wrap("delete territory", err)
}

// wrap says what was being done when err came up.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
