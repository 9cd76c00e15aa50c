package app_test

import (
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
)

// request is a harmless request to a route: whoever may send it is refused by a
// rule after access, or changes nothing that another request looks for.
type request struct {
	path    string // with the ids of what it is about
	body    any
	ifMatch string
	shows   string // what the reply of a list holds for those who may see it
	at      where  // whose the thing is; zero: as of the stage's cases
	fresh   func(*testing.T) string
}

// where says whose a thing is, so that a scope around it can be made.
type where struct {
	node    id.Node
	brand   id.Brand
	partner id.Partner
	person  id.Person
	tech    id.Technician
}

const stale = `"999999"` // a version that nothing has

// requests holds, by operation, how each route is asked. Where a thing of one
// sort cannot stand for all, a second request has a name behind "#".
func (s *stage) requests() map[string]request {
	all := map[string]request{}
	for _, part := range []map[string]request{s.accountRequests(), s.networkRequests(), s.catalogRequests(), s.caseRequests(), s.workRequests(), s.moneyRequests(), s.personRequests()} {
		for op, r := range part {
			all[op] = r
		}
	}
	return all
}

func (s *stage) accountRequests() map[string]request {
	return map[string]request{
		"me_get":            {path: "/v1/me"},
		"me_change":         {path: "/v1/me", body: members{}, ifMatch: stale},
		"user_set_password": {path: "/v1/users/" + s.user + "/password", body: members{"password": "short"}},
		"user_list":         {path: "/v1/users", shows: s.user},
		"user_create":       {path: "/v1/users", body: members{"name": "Uwe", "login": "uwe@example.org", "country": "DE"}},
		"user_disable":      {path: "/v1/users/" + s.user + "/disable"},
		"grant_list":        {path: "/v1/users/" + s.user + "/grants"},
		"grant_create":      {path: "/v1/users/" + s.user + "/grants", body: members{"role": "auditor", "scope": "tenant"}},
		"grant_delete":      {path: "/v1/users/" + s.user + "/grants/{fresh}", fresh: s.freshGrant},
		"token_list":        {path: "/v1/tokens", shows: s.token},
		"token_create":      {path: "/v1/tokens", body: members{"name": "t", "grants": []members{{"role": "auditor", "scope": "tenant"}}}},
		"token_revoke":      {path: "/v1/tokens/" + s.token},
		"deadletter_list":   {path: "/v1/dead-letters"},
		"mail_list":         {path: "/v1/mails", shows: s.mail},
		"mail_get":          {path: "/v1/mails/" + s.mail},
		"hint_stream":       {path: "/v1/hints?client=matrix-1&topic=case:" + s.open, shows: `"topics":\["case:` + s.open + `"`},
		"insight_overview":  {path: "/v1/insight/overview", shows: `"figures":\{"opened":[1-9]`},
	}
}

func (s *stage) networkRequests() map[string]request {
	closed, spare := where{node: must(id.Parse[id.NodeKind](s.closedNode))}, where{node: must(id.Parse[id.NodeKind](s.spare))}
	node := func(name string) request {
		return request{path: "/v1/nodes/" + s.closedNode + name, at: closed}
	}
	change := request{path: "/v1/nodes/" + s.closedNode, at: closed, ifMatch: stale, body: members{
		"code": "closed", "name": "x", "kind": "local_node", "ownership": "outsourced", "partner": s.Partner, "parent": s.HQ, "country": "DE", "zone": "Europe/Berlin",
	}}
	return map[string]request{
		"operator_get":   {path: "/v1/operator"},
		"operator_set":   {path: "/v1/operator", body: members{"name": "Fettle Test", "country": "DE", "zone": "Europe/Berlin", "currency": "EUR"}},
		"brand_list":     {path: "/v1/brands", shows: s.Kuhlmann.String()},
		"brand_create":   {path: "/v1/brands", body: members{"code": "kuhlmann", "name": "Kuhlmann"}},
		"brand_get":      {path: "/v1/brands/" + s.Kuhlmann.String()},
		"partner_list":   {path: "/v1/partners", shows: s.Partner.String()},
		"partner_create": {path: "/v1/partners", body: members{"code": "isar", "name": "Isar Service", "country": "DE"}},
		"node_list":      {path: "/v1/nodes", shows: s.Munich.String()},
		"node_tree":      {path: "/v1/nodes/tree", shows: s.Munich.String()},
		"node_get":       {path: "/v1/nodes/" + s.Munich.String()},
		"node_create": {path: "/v1/nodes", body: members{
			"code": "below", "name": "x", "kind": "local_node", "ownership": "own", "parent": s.Munich, "country": "DE", "zone": "Europe/Berlin",
		}},
		"node_change": change, "node_open": node("/open"), "node_pause": node("/pause"), "node_resume": node("/resume"), "node_close": node("/close"),
		"territory_list":   {path: "/v1/territories?limit=200", shows: s.Munich.String()},
		"territory_route":  {path: "/v1/territories/route?country=DE&postal=80331", shows: s.Munich.String()},
		"territory_create": {path: "/v1/territories", body: members{"node": s.spare, "country": "DE", "prefixes": []string{"7"}}, at: spare},
		"territory_delete": {path: "/v1/territories/{fresh}", fresh: s.freshTerritory, at: spare},
	}
}

func (s *stage) catalogRequests() map[string]request {
	names := members{"en": "x", "zh-CN": "x"}
	return map[string]request{
		"line_list":           {path: "/v1/lines", shows: s.Line.String()},
		"line_create":         {path: "/v1/lines", body: members{"brand": s.Kuhlmann, "code": "ac", "names": names}},
		"line_get":            {path: "/v1/lines/" + s.Line.String()},
		"model_list":          {path: "/v1/models", shows: s.Model.String()},
		"model_create":        {path: "/v1/models", body: members{"line": s.Line, "code": "x", "names": names}},
		"model_get":           {path: "/v1/models/" + s.Model.String()},
		"model_parts":         {path: "/v1/models/" + s.Model.String() + "/parts"},
		"model_fit":           {path: "/v1/models/" + s.Model.String() + "/parts", body: members{"part": s.Board, "quantity": 1}},
		"part_list":           {path: "/v1/parts", shows: s.Board.String()},
		"part_create":         {path: "/v1/parts", body: members{"number": "X-1", "names": names, "line": s.Line, "price": money.Of(1, "EUR"), "weight_grams": 1}},
		"part_get":            {path: "/v1/parts/" + s.Board.String()},
		"symptom_list":        {path: "/v1/symptoms", shows: "drips"},
		"symptom_create":      {path: "/v1/symptoms", body: members{"line": s.Line, "code": "x", "names": names}},
		"fix_list":            {path: "/v1/fixes", shows: "(?i)board_swap"},
		"fix_create":          {path: "/v1/fixes", body: members{"line": s.Line, "code": "x", "names": names, "minutes": 1}},
		"unit_list":           {path: "/v1/units", shows: s.Unit.String()},
		"unit_create":         {path: "/v1/units", body: members{"serial": apptest.Serial, "model": s.Model}},
		"unit_resolve":        {path: "/v1/units/resolve?link=https%3A%2F%2Fid.example%2F01%2F09520123456788%2F21%2FKL1001", shows: s.Unit.String()},
		"unit_get":            {path: "/v1/units/" + s.Unit.String()},
		"unit_retire":         {path: "/v1/units/" + s.retired + "/retire"},
		"term_list":           {path: "/v1/warranty-terms", shows: "kuhlmann-24"},
		"term_create":         {path: "/v1/warranty-terms", body: members{"code": "x", "brand": s.Kuhlmann, "kind": "extended", "start": "sold", "covers": []members{{"cost": "labour", "months": 1, "payer": "brand"}}}},
		"registration_create": {path: "/v1/warranty-registrations", body: members{"unit": s.Unit, "sold_on": "2026-03-02", "sold_in": "DE", "proof": "claimed"}},
		"registration_get":    {path: "/v1/warranty-registrations/" + s.Unit.String()},
	}
}

func (s *stage) caseRequests() map[string]request {
	over := "/v1/cases/" + s.done // what people do to it is refused
	return map[string]request{
		"order_submit":       {path: "/v1/orders", body: order("M-2", apptest.InMunich)},
		"order_import":       {path: "/v1/orders/import", body: members{"brand": "kuhlmann", "csv": "number,text,name,country\nM-3,x,y,DE\n"}, shows: "created|repeated"},
		"order_list":         {path: "/v1/orders", shows: s.order},
		"order_get":          {path: "/v1/orders/" + s.order},
		"order_confirm":      {path: "/v1/orders/" + s.order + "/confirm"},
		"order_cancel":       {path: "/v1/orders/" + s.order + "/cancel"},
		"order_refuse":       {path: "/v1/orders/" + s.order + "/refuse", body: members{"reason": "AREA"}},
		"order_codes":        {path: "/v1/order-codes/" + s.Kuhlmann.String(), body: members{"done": "FERTIG"}},
		"case_create":        {path: "/v1/cases", body: apptest.Ask(apptest.InMunich)},
		"case_list":          {path: "/v1/cases?limit=200", shows: s.open},
		"case_get":           {path: "/v1/cases/" + s.open},
		"case_find":          {path: "/v1/case-references/" + s.reference},
		"case_timeline":      {path: "/v1/cases/" + s.open + "/timeline"},
		"case_say":           {path: over + "/messages", body: members{"text": "x"}},
		"case_say#note":      {path: over + "/messages", body: members{"text": "x", "internal": true}},
		"case_resolve":       {path: over + "/resolve"},
		"case_reopen":        {path: over + "/reopen"},
		"case_close":         {path: over + "/close"},
		"case_cancel":        {path: over + "/cancel"},
		"case_resume":        {path: over + "/resume"},
		"case_wait":          {path: over + "/wait", body: members{"for": "part"}},
		"case_chase":         {path: over + "/chase"},
		"case_assign":        {path: over + "/assign", body: members{"node": s.Munich}},
		"case_identify":      {path: over + "/unit", body: members{"unit": s.Unit}},
		"case_involve":       {path: over + "/parties/owner", body: members{"name": "x"}},
		"case_release":       {path: over + "/parties/owner"},
		"entitlement_get":    {path: "/v1/cases/" + s.open + "/entitlement"},
		"entitlement_decide": {path: over + "/entitlement/decide", body: members{}},
		"case_clocks":        {path: "/v1/cases/" + s.open + "/clocks"},
		"target_list":        {path: "/v1/sla/targets", shows: "tgt_"},
		"target_set":         {path: "/v1/sla/targets", body: members{"targets": []members{}}, ifMatch: stale},
		"target_explain":     {path: "/v1/sla/targets/explain"},
		"calendar_list":      {path: "/v1/sla/calendars"},
		"calendar_set":       {path: "/v1/sla/calendars", body: members{"calendars": []members{}}, ifMatch: stale},
		"calendar_days":      {path: "/v1/sla/calendars/DE/days"},
		"calendar_days_set":  {path: "/v1/sla/calendars/DE/days", body: members{"days": []members{}}, ifMatch: stale},
		"plan_get":           {path: "/v1/cases/" + s.open + "/plan"},
		"plan_decide":        {path: over + "/plan/decide", body: members{}},
		"plan_again":         {path: over + "/plan/again"},
		"plan_policy_get":    {path: "/v1/remedy-policy"},
		"plan_policy_put":    {path: "/v1/remedy-policy", body: remedy.Standard},
	}
}

func (s *stage) workRequests() map[string]request {
	over := "/v1/appointments/" + s.gone
	tech := "/v1/technicians/" + s.Bernd.String()
	spare := where{node: must(id.Parse[id.NodeKind](s.spare))}
	lines := []members{{"part": s.Board, "quantity": 100}}
	stock := func(n int) members {
		return members{"node": s.Munich, "lines": []members{{"part": s.Board, "quantity": n}}}
	}
	all := map[string]request{
		"work_list":              {path: "/v1/cases/" + s.open + "/work-orders"},
		"work_get":               {path: "/v1/work-orders/" + s.openWork},
		"work_finish":            {path: "/v1/work-orders/" + s.openWork + "/finish", body: members{"outcome": "done"}},
		"work_tie":               {path: "/v1/work-orders/" + s.openWork + "/ties", body: members{"how": "after", "minutes": 30, "most_minutes": 1}},
		"work_drop":              {path: "/v1/work-orders/" + s.openWork + "/drop"},
		"work_reverse":           {path: "/v1/work-orders/" + s.openWork + "/reverse", body: members{"reason": "other"}},
		"offer_create":           {path: "/v1/work-orders/" + s.free + "/offers"},
		"appointment_create":     {path: "/v1/appointments", body: members{"work_order": s.free, "start_at": "2026-11-29T09:00:00Z"}},
		"appointment_list":       {path: "/v1/appointments", shows: s.apt},
		"appointment_get":        {path: "/v1/appointments/" + s.apt},
		"appointment_case":       {path: "/v1/cases/" + s.open + "/appointments", shows: s.apt},
		"routing_solve":          {path: "/v1/routing/solve?iterations=1", body: members{"vehicles": []members{{"id": 1, "start": []int{0, 0}}}, "jobs": []members{}}},
		"board_list":             {path: "/v1/board", shows: s.Munich.String()},
		"board_get":              {path: "/v1/board/" + s.Munich.String()},
		"board_engine_get":       {path: "/v1/board/" + s.Munich.String() + "/engine"},
		"board_engine_set":       {path: "/v1/board/" + s.spare + "/engine", body: members{"autonomy": "keep"}, at: spare},
		"board_proposal_get":     {path: "/v1/board/" + s.Munich.String() + "/proposal"},
		"board_proposal_defer":   {path: "/v1/board/" + s.spare + "/proposal/defer", at: spare},
		"board_try":              {path: "/v1/board/" + s.Munich.String() + "/try", body: members{"appointment": s.apt, "technician": s.Bernd}},
		"board_adopt":            {path: "/v1/board/" + s.spare + "/adopt", body: members{"places": []members{{"work_order": s.free, "technician": s.Bernd, "start_at": s.near}}}, at: spare},
		"board_undo":             {path: "/v1/board/" + s.spare + "/undo", body: members{"items": []members{{"appointment": s.gone, "version": 1}}}, at: spare},
		"capacity_get":           {path: "/v1/capacity/" + s.Munich.String()},
		"experience_get":         {path: "/v1/experience/" + s.Munich.String()},
		"experience_use":         {path: "/v1/experience/" + s.Munich.String(), body: members{"use": "as_tenant"}, ifMatch: stale},
		"experience_use_all":     {path: "/v1/experience", body: members{"use": "yes"}, ifMatch: stale},
		"board_plan":             {path: "/v1/board/" + s.spare + "/plan", body: members{"iterations": 1}, at: spare},
		"board_plan_progress":    {path: "/v1/board/" + s.spare + "/plan/a-name-of-its-own", at: spare},
		"board_changes":          {path: "/v1/board/" + s.spare + "/changes", at: spare},
		"board_changes_table":    {path: "/v1/board/" + s.spare + "/changes.csv", at: spare},
		"appointment_reasons":    {path: "/v1/appointments/" + s.apt + "/reasons"},
		"open_reasons":           {path: "/v1/board/" + s.Munich.String() + "/open/" + s.free + "/reasons"},
		"appointment_overrun":    {path: over + "/overrun", body: members{"until": s.near}},
		"slowdown_create":        {path: "/v1/board/" + s.spare + "/slowdowns", body: members{"until": "2020-01-01T00:00:00Z", "percent": 40, "reason": "jam"}, at: spare},
		"slowdown_end":           {path: "/v1/board/" + s.spare + "/slowdowns/{fresh}/end", fresh: s.freshSlowdown, at: spare},
		"appointment_take":       {path: over + "/take"},
		"appointment_reschedule": {path: over + "/reschedule", body: members{"start_at": s.near}},
		"technician_list":        {path: "/v1/technicians", shows: s.Bernd.String()},
		"technician_create": {path: "/v1/technicians", body: members{
			"node": s.spare, "name": "X", "employment": "core", "hour": money.Of(1, "EUR"), "kilometre": money.Of(1, "EUR"), "max_minutes": 60, "week": "Mo 08:00-09:00",
		}, at: spare},
		"technician_get":      {path: tech},
		"technician_change":   {path: tech, body: members{"max_minutes": 60}, ifMatch: stale},
		"technician_skills":   {path: tech + "/skills", body: members{"skills": []members{}}, ifMatch: stale},
		"technician_shifts":   {path: tech + "/shifts", body: members{"week": "Mo 08:00-09:00"}, ifMatch: stale},
		"technician_lends":    {path: tech + "/lends", body: members{"lends": []members{}}, ifMatch: stale},
		"technician_absences": {path: tech + "/absences", body: members{"absences": []members{}}, ifMatch: stale},
		"stock_list":          {path: "/v1/stock?limit=200", shows: s.Munich.String()},
		"movement_list":       {path: "/v1/stock/movements?limit=200", shows: s.Munich.String()},
		"reservation_list":    {path: "/v1/cases/" + s.open + "/reservations"},
		"reservation_delay": {
			path: "/v1/reservations/" + s.reservation + "/delay", body: members{"reason": "other", "expected_at": "2020-01-01T00:00:00Z"},
		},
		"reservation_delay_end": {path: "/v1/reservations/" + s.reservation + "/delay-end"},
		"stock_receive":         {path: "/v1/stock/receipts", body: members{"node": s.Munich, "lines": lines}},
		"stock_count":           {path: "/v1/stock/counts", body: stock(1000)},
		"stock_return":          {path: "/v1/stock/returns", body: stock(1)},
		"stock_write_off":       {path: "/v1/stock/write-offs", body: stock(1)},
		"stock_transfer": {path: "/v1/stock/transfers", body: members{
			"from": members{"node": s.Munich}, "to": members{"node": s.Munich, "technician": s.Bernd}, "lines": []members{{"part": s.Board, "quantity": 1}},
		}},
		"stock_expect":  {path: "/v1/stock/expected", body: members{"node": s.Munich, "due_on": "2026-12-24", "lines": lines}},
		"visit_record":  {path: "/v1/visits", body: s.record()},
		"visit_get":     {path: "/v1/visits/" + s.visit},
		"visit_list":    {path: "/v1/cases/" + s.done + "/visits"},
		"bundle_get":    {path: "/v1/appointments/" + s.apt + "/bundle"},
		"review_list":   {path: "/v1/reviews?state=accepted", shows: s.review},
		"review_settle": {path: "/v1/reviews/" + s.review + "/settle", body: members{"decision": "rejected"}},
		"file_upload":   {path: "/v1/files?case=" + s.open, body: "no picture"},
		"file_get":      {path: "/v1/files/" + s.photo},
	}
	for _, verb := range []string{"dispatch", "accept", "decline", "travel", "arrive", "absent", "miss", "cancel"} {
		all["appointment_"+verb] = request{path: over + "/" + verb, body: members{}}
	}
	return all
}

// record is the visit that has been recorded: it counts once, for ever.
func (s *stage) record() members {
	return members{
		"client_id": "stage-0001", "appointment": s.gone, "started_at": s.near, "finished_at": s.near, "outcome": "done",
		"acceptance": members{"kind": "refused"},
	}
}

func (s *stage) moneyRequests() map[string]request {
	card := members{"party": "brand", "brand": s.Kuhlmann, "card": settlement.Card{Currency: "EUR"}}
	all := map[string]request{
		"charge_list":                   {path: "/v1/cases/" + s.done + "/charges"},
		"ratecard_list":                 {path: "/v1/rate-cards", shows: s.card},
		"ratecard_publish":              {path: "/v1/rate-cards", body: card},
		"statement_list":                {path: "/v1/statements", shows: s.statement},
		"statement_list#partner":        {path: "/v1/statements", shows: s.owed},
		"statement_table":               {path: "/v1/statements.csv", shows: s.statement},
		"statement_table#partner":       {path: "/v1/statements.csv", shows: s.owed},
		"statement_lines_table":         {path: "/v1/statements/" + s.statement + "/lines.csv"},
		"statement_lines_table#partner": {path: "/v1/statements/" + s.owed + "/lines.csv"},
		"statement_lines":               {path: "/v1/statements/" + s.statement + "/lines"},
		"statement_lines#partner":       {path: "/v1/statements/" + s.owed + "/lines"},
		"journal_balances":              {path: "/v1/journal/balances"},
		"proof_list":                    {path: "/v1/cases/" + s.done + "/proofs"},
		"proof_get":                     {path: "/v1/cases/" + s.done + "/proofs/" + s.proof},
	}
	part := members{"amount": money.Of(1, "EUR")}
	all["statement_pay_part"] = request{path: "/v1/statements/" + s.statement + "/pay-part", body: part}
	all["statement_pay_part#partner"] = request{path: "/v1/statements/" + s.owed + "/pay-part", body: part}
	again := members{"reason": "other"} // of what has been taken back
	all["statement_payment_reverse"] = request{path: "/v1/statements/" + s.statement + "/payments/1/reverse", body: again}
	all["statement_payment_reverse#partner"] = request{path: "/v1/statements/" + s.owed + "/payments/1/reverse", body: again}
	all["statement_payments"] = request{path: "/v1/statements/" + s.statement + "/payments"}
	all["statement_payments#partner"] = request{path: "/v1/statements/" + s.owed + "/payments"}
	for _, verb := range []string{"close", "send", "agree", "dispute", "correct", "invoice", "pay"} {
		all["statement_"+verb] = request{path: "/v1/statements/" + s.statement + "/" + verb}
		all["statement_"+verb+"#partner"] = request{path: "/v1/statements/" + s.owed + "/" + verb}
	}
	return all
}

func (s *stage) personRequests() map[string]request {
	faded := where{person: must(id.Parse[id.PersonKind](s.faded))}
	all := map[string]request{
		"person_get":             {path: "/v1/persons/" + s.person},
		"person_correct":         {path: "/v1/persons/" + s.person, body: members{"country": "DE", "name": "X"}, ifMatch: stale},
		"person_find":            {path: "/v1/persons/find", body: members{"phone": "+49 30 5550100"}, shows: s.person},
		"person_export":          {path: "/v1/persons/" + s.person + "/export"},
		"person_erase":           {path: "/v1/persons/" + s.faded + "/erase", at: faded},
		"subject_request_create": {path: "/v1/persons/" + s.person + "/requests", body: members{"kind": "access"}},
		"subject_request_list":   {path: "/v1/subject-requests", shows: s.request},
		"subject_request_get":    {path: "/v1/subject-requests/" + s.request},
		"subject_request_refuse": {path: "/v1/subject-requests/" + s.request + "/refuse", body: members{"ground": "excessive"}, ifMatch: stale},
	}
	for _, verb := range []string{"identify", "begin", "answer"} {
		all["subject_request_"+verb] = request{path: "/v1/subject-requests/" + s.request + "/" + verb, ifMatch: stale}
	}
	return all
}
