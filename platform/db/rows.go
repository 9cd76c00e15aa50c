package db

import (
	"database/sql"
	"errors"
	"fmt"
)

// cursor walks over the result of a query in the engine's own way.
type cursor interface {
	// next goes to the next row and reports false after the last.
	next() (bool, error)
	// width is how many columns a row has.
	width() int
	// put writes column i of the row to dest.
	put(i int, dest any) error
	close() error
}

// Rows is what a query returned, for Collect.
type Rows struct{ at cursor }

// Width is how many columns a row has.
func (r *Rows) Width() int { return r.at.width() }

// scan writes the columns of the row to dest, in their order.
func (r *Rows) scan(dest ...any) error {
	if n := r.at.width(); n != len(dest) {
		return fmt.Errorf("db: %d columns for %d variables", n, len(dest))
	}
	for i, d := range dest {
		if err := r.at.put(i, d); err != nil {
			return fmt.Errorf("db: column %d: %w", i, err)
		}
	}
	return nil
}

// Row is the one row that a query returned.
type Row struct {
	rows *Rows
	err  error
}

// Scan writes the row's columns to dest, or returns sql.ErrNoRows. Further rows
// are not looked at.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.one(dest)
	if closing := r.rows.at.close(); err == nil {
		err = closing // what went wrong behind the row
	}
	return err
}

func (r *Row) one(dest []any) error {
	ok, err := r.rows.at.next()
	if err == nil && !ok {
		err = sql.ErrNoRows
	}
	if err != nil {
		return err
	}
	return r.rows.scan(dest...)
}

// Collect reads every row with scan and closes rows. It takes what Rows
// returned, so that a list is one expression. A query is not asked again while
// its rows are read.
func Collect[T any](rows *Rows, err error, scan func(scan func(dest ...any) error) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.at.close() }() // next has said what went wrong
	var out []T
	for {
		ok, err := rows.at.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return out, nil
		}
		v, err := scan(rows.scan)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// NotFound turns sql.ErrNoRows into missing and leaves other errors alone.
func NotFound(err, missing error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return missing
	}
	return err
}
