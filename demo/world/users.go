package world

import (
	"slices"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/access"
)

// User is somebody who logs in. A scope names a node, brand, partner or
// technician by its code.
type User struct {
	Login, Name string
	Role        access.Role
	Scope       access.ScopeKind
	Of          string
	Language    locale.Tag
	Zone        string
	Country     locale.Country
}

// Password is everybody's password in the demo, which serves this machine only.
const Password = "fettle-demo"

// Where users of the demo sit.
const shanghai, berlin, chicago = "Asia/Shanghai", "Europe/Berlin", "America/Chicago"

// Cast is one user for each role, and those who act in the play: agents who
// speak the customers' language and a dispatcher for each region. Technicians
// get their names when the world is made.
var Cast = []User{
	{"admin", "Demo Administrator", access.Admin, access.Tenant, "", locale.English, shanghai, "CN"},
	{"agent-zh", "客服 演示一", access.Agent, access.Tenant, "", locale.Chinese, shanghai, "CN"},
	{"agent-de", "Kundendienst Demo", access.Agent, access.Tenant, "", "de", berlin, "DE"},
	{"agent-en", "Demo Agent", access.Agent, access.Tenant, "", locale.English, chicago, "US"},
	{"dispatcher-wuhan", "调度 演示", access.Dispatcher, access.Region, "rc-china", locale.Chinese, shanghai, "CN"},
	{"dispatcher-europe", "Demo Dispatcher Europe", access.Dispatcher, access.Region, "rc-europe", locale.English, berlin, "DE"},
	{"dispatcher-americas", "Demo Dispatcher Americas", access.Dispatcher, access.Region, "rc-americas", locale.English, chicago, "US"},
	{"technician", "", access.Technician, access.Self, "wuhan-hankou-01", locale.Chinese, shanghai, "CN"},
	{"technician-de", "", access.Technician, access.Self, "berlin-01", locale.English, berlin, "DE"},
	{"depot", "Demo Depot", access.Depot, access.Region, "rc-europe", locale.English, berlin, "DE"},
	{"parts", "备件计划 演示", access.Parts, access.Tenant, "", locale.Chinese, shanghai, "CN"},
	{"partner", "武昌站长 演示", access.Partner, access.OfPartner, "hubei-kuaixiu", locale.Chinese, shanghai, "CN"},
	{"partner-de", "Demo Partner", access.Partner, access.OfPartner, "rheintechnik", locale.English, berlin, "DE"},
	{"brand-lingfeng", "凌风 品牌经理 演示", access.Brand, access.OfBrand, Lingfeng, locale.Chinese, shanghai, "CN"},
	{"brand-layerworks", "Demo Brand Manager", access.Brand, access.OfBrand, Layerworks, locale.English, chicago, "US"},
	{"brand-voltara", "Demo Brand Manager", access.Brand, access.OfBrand, Voltara, locale.English, berlin, "DE"},
	{"finance", "财务 演示", access.Finance, access.Tenant, "", locale.Chinese, shanghai, "CN"},
	{"planner", "Demo Planner", access.Planner, access.Tenant, "", locale.English, shanghai, "CN"},
	{"quality", "质量 演示", access.Quality, access.Tenant, "", locale.Chinese, shanghai, "CN"},
	{"auditor", "Demo Auditor", access.Auditor, access.Tenant, "", locale.English, shanghai, "CN"},
	{"integrator", "Demo Integrator", access.Integrator, access.Tenant, "", locale.English, shanghai, "CN"},
}

func users(w *World) []User {
	out := slices.Clone(Cast)
	for i := range out {
		if out[i].Role != access.Technician {
			continue
		}
		for _, t := range w.Technicians {
			if t.Code == out[i].Of {
				out[i].Name = t.Name
			}
		}
	}
	return out
}
