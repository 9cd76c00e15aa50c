package vaultsvc_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/persons"
)

type personJSON struct {
	ID      id.Person       `json:"id"`
	Law     vault.Law       `json:"law"`
	Name    string          `json:"name"`
	Phone   string          `json:"phone"`
	Email   string          `json:"email"`
	Address persons.Address `json:"address"`
	Erased  bool            `json:"erased"`
	Version int64           `json:"version"`
}

func TestRead(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := k.enter(t, anh)
		path := "/v1/persons/" + p.ID.String()
		k.as(access.Agent)
		var got personJSON
		if code := k.call(t, "GET", path, "", &got); code != 200 {
			t.Fatalf("GET = %d", code)
		}
		want := personJSON{ID: p.ID, Law: vault.GDPR, Name: p.Name, Phone: p.Phone, Email: p.Email, Address: p.Address, Version: 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("GET (-want +got):\n%s", diff)
		}
		if code := k.call(t, "GET", "/v1/persons/"+id.New[id.PersonKind]().String(), "", nil); code != 404 {
			t.Errorf("GET of nobody = %d", code)
		}
		for _, role := range []access.Role{access.Finance, access.Planner, access.Auditor, access.Integrator} {
			k.as(role)
			if code := k.call(t, "GET", path, "", nil); code != 404 {
				t.Errorf("GET as %s = %d", role, code)
			}
		}
		k.caller.Grants = []access.Grant{{Role: access.Customer, Scope: access.Scope{Kind: access.Self}}}
		k.caller.Person = p.ID
		if code := k.call(t, "GET", path, "", nil); code != 200 {
			t.Errorf("GET as oneself = %d", code)
		}
		k.caller.Person = id.Person{8}
		if code := k.call(t, "GET", path, "", nil); code != 404 {
			t.Errorf("GET as somebody else = %d", code)
		}
		k.as(access.Agent)
		k.caller.Tenant = dbtest.Other
		if code := k.call(t, "GET", path, "", nil); code != 404 {
			t.Errorf("GET from another tenant = %d", code)
		}
	})
}

func TestFind(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := k.enter(t, anh)
		k.as(access.Agent)
		var got struct{ Items []personJSON }
		for _, body := range []string{
			`{"phone": "0151 123 45678", "country": "DE"}`, `{"phone": "+4915112345678"}`,
			`{"email": "ANH@example.org"}`, `{"email": "anh@example.org", "phone": "+4915112345678"}`,
		} {
			got.Items = nil
			if code := k.call(t, "POST", "/v1/persons/find", body, &got); code != 200 || len(got.Items) != 1 || got.Items[0].ID != p.ID {
				t.Errorf("find %s = %d, %+v", body, code, got)
			}
		}
		got.Items = nil
		if code := k.call(t, "POST", "/v1/persons/find", `{"phone": "+4915100000000"}`, &got); code != 200 || len(got.Items) != 0 {
			t.Errorf("find of nobody's number = %d, %+v", code, got)
		}
		for _, body := range []string{`{}`, `{"phone": "0151 123 45678"}`, `{"email": "anh"}`, `{"phone": "hello", "country": "DE"}`} {
			if code := k.call(t, "POST", "/v1/persons/find", body, nil); code != 422 {
				t.Errorf("find %s = %d", body, code)
			}
		}
	})
}

func TestCorrect(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := k.enter(t, anh)
		path := "/v1/persons/" + p.ID.String()
		k.as(access.Agent)
		body := `{"country": "CN", "name": "阮文英", "phone": "138 0013 8000", "address": {"city": "武汉"}}`
		if got := k.code(t, "PUT", path, body); got != "api.version_required" {
			t.Errorf("PUT without If-Match = %s", got)
		}
		if got := k.code(t, "PUT", path, body, "If-Match", `"7"`); got != "api.stale_version" {
			t.Errorf("PUT of an old version = %s", got)
		}
		if got := k.code(t, "PUT", path, `{"country": "CN", "name": "x", "phone": "12"}`, "If-Match", `"1"`); got != "vault.contact" {
			t.Errorf("PUT of no number = %s", got)
		}
		for range 2 { // the second is the repeated first
			if code := k.call(t, "PUT", path, body, nil, "If-Match", `"1"`, "Idempotency-Key", "once"); code != 200 {
				t.Errorf("PUT = %d", code)
			}
		}
		var got personJSON
		k.call(t, "GET", path, "", &got)
		want := personJSON{ID: p.ID, Law: vault.PIPL, Name: "阮文英", Phone: "+8613800138000", Address: persons.Address{City: "武汉"}, Version: 2}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("GET (-want +got):\n%s", diff)
		}
		k.drain(t)
		if diff := cmp.Diff([]string{"vault.person_corrected.v1 " + p.ID.String()}, k.heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	})
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := k.enter(t, anh)
		path := "/v1/persons/" + p.ID.String()
		k.as(access.Agent)
		if code := k.call(t, "POST", path+"/requests", `{"kind": "access"}`, nil); code != 201 {
			t.Fatalf("POST requests = %d", code)
		}
		if code := k.call(t, "GET", path+"/export", "", nil); code != 404 {
			t.Errorf("export for an agent = %d", code)
		}
		k.as(access.Admin)
		var got struct {
			Person   personJSON
			Requests []vault.Request
			Letters  []struct{ To, Subject, Body string }
			Files    []struct {
				Width int
				Data  string
			}
			Modules map[string][]string
		}
		if code := k.call(t, "GET", path+"/export", "", &got); code != 200 {
			t.Fatalf("export = %d", code)
		}
		data, err := base64.StdEncoding.DecodeString(got.Files[0].Data)
		switch {
		case got.Person.Name != p.Name || got.Person.Address != p.Address:
			t.Errorf("the person is %+v", got.Person)
		case len(got.Letters) != 2 || got.Letters[0].To != p.Email || got.Letters[0].Body == "":
			t.Errorf("the letters are %+v", got.Letters)
		case len(got.Files) != 1 || got.Files[0].Width != 9 || err != nil || string(data[1:4]) != "PNG":
			t.Errorf("the files are %+v", got.Files)
		case len(got.Requests) != 1 || got.Requests[0].Kind != vault.Access:
			t.Errorf("the requests are %+v", got.Requests)
		case cmp.Diff(map[string][]string{"notes": {"likes tea"}}, got.Modules) != "":
			t.Errorf("the modules are %+v", got.Modules)
		}
		k.drain(t)
		if diff := cmp.Diff([]string{"vault.person_exported.v1 " + p.ID.String()}, k.heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	})
}

type failing struct{}

func (failing) ExportPerson(context.Context, id.Tenant, id.Person) (string, any, error) {
	return "failing", nil, errors.New("out of order")
}

// An export that cannot be complete is none.
func TestExportIsComplete(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := k.enter(t, anh)
		k.Collect(failing{})
		k.as(access.Admin)
		if code := k.call(t, "GET", "/v1/persons/"+p.ID.String()+"/export", "", nil); code != 500 {
			t.Errorf("export = %d", code)
		}
		k.drain(t)
		if k.heard != nil {
			t.Errorf("heard %v", k.heard)
		}
	})
}

func TestErase(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p, stays := k.enter(t, anh), k.enter(t, anh)
		path := "/v1/persons/" + p.ID.String()
		k.as(access.Agent)
		if code := k.call(t, "POST", path+"/erase", "", nil); code != 404 {
			t.Errorf("erase as an agent = %d", code)
		}
		k.as(access.Admin)
		for range 3 {
			var got personJSON
			if code := k.call(t, "POST", path+"/erase", "", &got, "Idempotency-Key", "once"); code != 200 || !got.Erased || got.Version != 2 {
				t.Errorf("erase = %d, %+v", code, got)
			}
		}
		if got := k.code(t, "GET", path+"/export", ""); got != "persons.erased" {
			t.Errorf("export after erasure = %s", got)
		}
		k.as(access.Agent)
		var got personJSON
		k.call(t, "GET", path, "", &got)
		if diff := cmp.Diff(personJSON{ID: p.ID, Law: vault.GDPR, Erased: true, Version: 2}, got); diff != "" {
			t.Errorf("GET (-want +got):\n%s", diff)
		}
		if got := k.code(t, "PUT", path, `{"country": "DE", "name": "x"}`, "If-Match", `"2"`); got != "persons.erased" {
			t.Errorf("PUT after erasure = %s", got)
		}
		var found struct{ Items []personJSON }
		k.call(t, "POST", "/v1/persons/find", `{"email": "anh@example.org"}`, &found)
		if len(found.Items) != 1 || found.Items[0].ID != stays.ID {
			t.Errorf("find = %+v", found)
		}
		k.drain(t)
		if diff := cmp.Diff([]string{"vault.person_erased.v1 " + p.ID.String()}, k.heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	})
}

// The machine stopped after the key was gone: the next start does the rest.
func TestReplayFinishes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p, stays := k.enter(t, anh), k.enter(t, anh)
		if err := k.ring.Shred(t.Context(), dbtest.Tenant, p.ID); err != nil {
			t.Fatal(err)
		}
		if err := k.ring.Shred(t.Context(), dbtest.Other, id.Person{5}); err != nil { // never had data
			t.Fatal(err)
		}
		for _, want := range []int{1, 0} {
			if n, err := k.Replay(t.Context()); err != nil || n != want {
				t.Errorf("Replay = %d, %v, want %d", n, err, want)
			}
		}
		k.drain(t)
		if diff := cmp.Diff([]string{"vault.person_erased.v1 " + p.ID.String()}, k.heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
		k.as(access.Agent)
		var found struct{ Items []personJSON }
		k.call(t, "POST", "/v1/persons/find", `{"email": "anh@example.org"}`, &found)
		if len(found.Items) != 1 || found.Items[0].ID != stays.ID {
			t.Errorf("find = %+v", found)
		}
	})
}

func TestRequests(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := k.enter(t, anh)
		k.as(access.Admin)
		take := func(kind string) (r vault.Request) {
			t.Helper()
			if code := k.call(t, "POST", "/v1/persons/"+p.ID.String()+"/requests", `{"kind": "`+kind+`"}`, &r); code != 201 {
				t.Fatalf("POST requests = %d", code)
			}
			return r
		}
		first, second := take("erasure"), take("access")
		if first.State != vault.Received || !first.AnswerBy.Equal(dbtest.Now.AddDate(0, 1, 0)) {
			t.Errorf("received %+v", first)
		}
		letters, err := k.mail.ByPerson(t.Context(), dbtest.Tenant, p.ID)
		if err != nil || len(letters) != 3 || !strings.Contains(letters[1].Body, locale.Day(anh.Language, first.AnswerBy)) || !strings.Contains(letters[1].Subject, "Kuhlmann Service") {
			t.Errorf("the person has %+v, %v in writing", letters, err)
		}
		var page struct {
			Items []vault.Request
			Next  string
		}
		if code := k.call(t, "GET", "/v1/subject-requests?limit=1", "", &page); code != 200 || len(page.Items) != 1 || page.Items[0].ID != first.ID {
			t.Fatalf("first page: %d, %+v", code, page)
		}
		next := page.Next
		page.Items, page.Next = nil, ""
		if code := k.call(t, "GET", "/v1/subject-requests?limit=1&cursor="+next, "", &page); code != 200 || len(page.Items) != 1 || page.Items[0].ID != second.ID || page.Next != "" {
			t.Fatalf("second page: %d, %+v", code, page)
		}
		at := func(r vault.Request) string { return "/v1/subject-requests/" + r.ID.String() }
		for _, tt := range []struct{ path, body, want string }{
			{at(first) + "/answer", "", "vault.transition"},
			{at(first) + "/refuse", `{"ground": "excessive"}`, "vault.ground"},
			{"/v1/subject-requests/" + id.New[id.SubjectRequestKind]().String() + "/begin", "", "not_found"},
		} {
			if got := k.code(t, "POST", tt.path, tt.body); got != tt.want {
				t.Errorf("POST %s = %s, want %s", tt.path, got, tt.want)
			}
		}
		for _, do := range []string{"identify", "begin"} {
			if code := k.call(t, "POST", at(first)+"/"+do, "", nil); code != 200 {
				t.Errorf("%s = %d", do, code)
			}
		}
		if got := k.code(t, "POST", at(first)+"/answer", "", "If-Match", `"1"`); got != "api.stale_version" {
			t.Errorf("answer of an old version = %s", got)
		}
		if got := k.code(t, "POST", at(first)+"/answer", ""); got != "vault.not_erased" {
			t.Errorf("answer without erasing = %s", got)
		}
		var r vault.Request
		if code := k.call(t, "POST", at(second)+"/refuse", `{"ground": "not_identified"}`, &r); code != 200 || r.State != vault.Refused || r.Ground != vault.NotIdentified {
			t.Errorf("refuse = %d, %+v", code, r)
		}
		if code := k.call(t, "POST", "/v1/persons/"+p.ID.String()+"/erase", "", nil); code != 200 {
			t.Fatalf("erase = %d", code)
		}
		if code := k.call(t, "GET", at(first), "", &r); code != 200 || r.State != vault.Answered || r.ClosedAt.Before(dbtest.Now) || r.ClosedAt.After(dbtest.Now.Add(time.Second)) {
			t.Errorf("after erasing: %d, %+v", code, r)
		}
		page.Items = nil
		if code := k.call(t, "GET", "/v1/subject-requests", "", &page); code != 200 || len(page.Items) != 0 {
			t.Errorf("at the end: %d, %+v", code, page)
		}
		k.as(access.Agent)
		if code := k.call(t, "GET", at(first), "", nil); code != 404 {
			t.Errorf("GET as an agent = %d", code)
		}
	})
}
