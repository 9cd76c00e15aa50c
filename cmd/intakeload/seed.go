package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// seed builds what the cases meet: a brand, a product with a symptom, terms of
// warranty, clocks, a node with its territory, and a register of units. The
// token must be an administrator's who is an integrator and agent too.
func (l *load) seed(ctx context.Context) error {
	s := seeder{l: l, ctx: ctx, ids: map[string]string{}}
	s.do("operator", http.MethodPut, "/v1/operator", `{"name":"Bench","country":"DE","zone":"Europe/Berlin","currency":"EUR"}`)
	s.do("brand", http.MethodPost, "/v1/brands", `{"code":%q,"name":"Bench"}`, l.brand)
	s.do("line", http.MethodPost, "/v1/lines", `{"brand":%q,"code":"box","names":{"en":"Box"}}`, s.id("brand"))
	s.do("model", http.MethodPost, "/v1/models", `{"line":%q,"code":"b1","names":{"en":"Box 1"},"attributes":{"modes":"remote on_site swap","price_minor":"79900"}}`, s.id("line"))
	s.do("symptom", http.MethodPost, "/v1/symptoms", `{"line":%q,"code":"dead","names":{"en":"Does not start"}}`, s.id("line"))
	s.do("node", http.MethodPost, "/v1/nodes", `{"code":"hq","name":"HQ","kind":"headquarters","ownership":"own","country":"DE","zone":"Europe/Berlin","languages":["de"],"point":{"lat_micro":52520000,"lon_micro":13405000}}`)
	s.do("open", http.MethodPost, "/v1/nodes/"+s.id("node")+"/open", ``)
	s.do("territory", http.MethodPost, "/v1/territories", `{"node":%q,"country":"DE"}`, s.id("node"))
	s.do("term", http.MethodPost, "/v1/warranty-terms", `{"brand":%q,"code":"standard","kind":"manufacturer","start":"sold","sold_in":"DE","covers":[
		{"cost":"labour","months":24,"payer":"brand"},{"cost":"travel","months":24,"payer":"brand"},{"cost":"parts","months":36,"payer":"brand"}]}`, s.id("brand"))
	s.do("hours", http.MethodPut, "/v1/sla/calendars", `{"calendars":[{"country":"DE","week":"Mo-Fr 08:30-12:00,13:00-18:00; Sa 09:00-12:00"}]}`)
	s.do("targets", http.MethodPut, "/v1/sla/targets", `{"targets":[{"to":"customer","kind":"respond","within_minutes":240,"warn_at":[50,80]},
		{"to":"customer","kind":"resolve","within_minutes":2700,"warn_at":[80],"pause_for":["customer","part"]}]}`)
	s.units()
	return s.err
}

type seeder struct {
	l   *load
	ctx context.Context //nolint:containedctx // it lives as long as one call of seed
	mu  sync.Mutex      // guards ids and err
	ids map[string]string
	err error
}

func (s *seeder) id(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids[name]
}

// do sends one request unless an earlier one failed.
func (s *seeder) do(name, method, path, body string, args ...any) {
	s.mu.Lock()
	failed := s.err != nil
	s.mu.Unlock()
	if failed {
		return
	}
	id, err := s.send(method, path, fmt.Sprintf(body, args...))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.err = fmt.Errorf("seed %s: %w", name, err)
		return
	}
	s.ids[name] = id
}

func (s *seeder) send(method, path, body string) (string, error) {
	req, err := http.NewRequestWithContext(s.ctx, method, s.l.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+s.l.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := s.l.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return "", fmt.Errorf("%s: %s", res.Status, text)
	}
	var made struct{ ID string }
	_ = json.Unmarshal(text, &made) // some replies have no id
	return made.ID, nil
}

// units registers the serials, sixteen at a time.
func (s *seeder) units() {
	var wg sync.WaitGroup
	room := make(chan struct{}, 16)
	for n := 1; n <= s.l.units; n++ {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			s.do("unit", http.MethodPost, "/v1/units", `{"serial":"BENCH-%07d","model":%q,"sold_on":"2026-01-15","sold_in":"DE"}`, n, s.id("model"))
		})
	}
	wg.Wait()
}
