package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog/catalogsvc"
	"fettle.dev/fettle/modules/desk/desksvc"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/modules/field/fieldsvc"
	"fettle.dev/fettle/modules/insight/insightsvc"
	"fettle.dev/fettle/modules/network/networksvc"
	"fettle.dev/fettle/modules/orders/orderssvc"
	"fettle.dev/fettle/modules/parts/partssvc"
	"fettle.dev/fettle/modules/proof/proofsvc"
	"fettle.dev/fettle/modules/remedy/remedysvc"
	"fettle.dev/fettle/modules/settlement/settlementsvc"
	"fettle.dev/fettle/modules/sla/slasvc"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/modules/vault/vaultsvc"
	"fettle.dev/fettle/modules/warranty/warrantysvc"
	"fettle.dev/fettle/modules/work/worksvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/hints"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/login"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/persons"
	"fettle.dev/fettle/platform/roads"
	"fettle.dev/fettle/platform/telemetry"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// App is an open Fettle: every module made, nothing running yet.
type App struct {
	Config  Config
	DB      *db.DB
	KeyDB   *db.DB
	Ring    *keys.Ring
	Files   *files.Store
	Bus     *outbox.Bus
	Jobs    *jobs.Runner
	Guard   *access.Guard
	Login   *login.Service
	Mail    *mail.Box
	Hints   *hints.Hub
	Roads   *roads.Client // nil: no road service is asked
	API     *httpapi.API
	Metrics *telemetry.Metrics
	Log     *slog.Logger

	Network    *networksvc.Module
	Catalog    *catalogsvc.Module
	Warranty   *warrantysvc.Module
	Orders     *orderssvc.Module
	Desk       *desksvc.Module
	SLA        *slasvc.Module
	Remedy     *remedysvc.Module
	Work       *worksvc.Module
	Dispatch   *dispatchsvc.Module
	Parts      *partssvc.Module
	Field      *fieldsvc.Module
	Settlement *settlementsvc.Module
	Proof      *proofsvc.Module
	Vault      *vaultsvc.Module
	Insight    *insightsvc.Module

	places places
}

// schemas lists what everybody keeps in the main database.
func schemas() []db.Schema {
	return []db.Schema{
		outbox.Schema(), jobs.Schema(), command.Schema(), login.Schema(), persons.Schema(), files.Schema(), mail.Schema(), leaf.Schema(),
		networksvc.Schema(), catalogsvc.Schema(), warrantysvc.Schema(), orderssvc.Schema(), desksvc.Schema(), slasvc.Schema(),
		remedysvc.Schema(), worksvc.Schema(), dispatchsvc.Schema(), partssvc.Schema(), fieldsvc.Schema(), settlementsvc.Schema(), proofsvc.Schema(), vaultsvc.Schema(), insightsvc.Schema(),
	}
}

// Open opens the databases and makes every module. Close it when done.
func Open(ctx context.Context, c Config) (a *App, err error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Clock == nil {
		c.Clock = clock.System
	}
	if c.Address, err = c.address(); err != nil {
		return nil, err
	}
	a = &App{Config: c, Log: c.Log, Metrics: telemetry.NewMetrics(c.Version)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.places, err = c.places(); err != nil {
		return a, err
	}
	if err := a.openStores(ctx); err != nil {
		return a, err
	}
	if err := a.platform(); err != nil {
		return a, err
	}
	a.modules()
	a.routes()
	a.measure()
	return a, nil
}

func (a *App) openStores(ctx context.Context) (err error) {
	p := a.places
	if a.DB, err = db.Open(ctx, p.main, p.mainOption); err != nil {
		return err
	}
	if a.KeyDB, err = db.Open(ctx, p.keys, p.keyOptions); err != nil {
		return fmt.Errorf("key store: %w", err)
	}
	if a.Config.Migrate {
		err = errors.Join(a.DB.Migrate(ctx, schemas()...), a.KeyDB.Migrate(ctx, keys.Schema()))
	} else {
		err = errors.Join(a.DB.CheckSchema(ctx, schemas()...), a.KeyDB.CheckSchema(ctx, keys.Schema()))
	}
	if err != nil {
		return err
	}
	a.Ring, err = keys.Open(ctx, a.KeyDB, keys.Options{RootFile: p.root, Ledger: p.ledger})
	return err
}

// tree lets access look at the network, which needs access itself: the module
// is made a moment later.
type tree struct{ a *App }

// Below implements access.Tree.
func (t tree) Below(ctx context.Context, tenant id.Tenant, node id.Node) ([]id.Node, error) {
	return t.a.Network.Below(ctx, tenant, node)
}

func (a *App) platform() (err error) {
	a.Files = files.New(a.places.files, files.Options{NoSync: a.Config.NoSync})
	lag := a.Metrics.Lags("fettle_delivery_lag_seconds", "From when an event was recorded to when a subscriber had handled it.", "subscriber")
	a.Bus = outbox.New(a.DB, outbox.Options{Log: a.Log, Announce: a.announce, Observe: func(d outbox.Delivery) {
		if d.Code == "" {
			lag(d.Lag, d.Subscriber)
		}
	}})
	if a.Guard, err = access.New(access.Options{Tree: tree{a}}); err != nil {
		return err
	}
	o := login.Options{DB: a.DB, Ring: a.Ring, Guard: a.Guard, Log: a.Log, BehindProxy: a.Config.BehindProxy}
	if a.Config.Quick {
		o.Cost = login.Cost{Memory: 1 << 10, Time: 1, Threads: 1}
	}
	if a.Login, err = login.New(o); err != nil {
		return err
	}
	a.Jobs = jobs.New(a.DB, jobs.Options{Log: a.Log, Tenants: a.tenants})
	a.Mail = mail.New(a.DB, a.Ring, mail.Shelf{})
	a.Mail.Work(a.Jobs)
	a.Hints = hints.New(a.DB)
	if err := a.openRoads(); err != nil {
		return err
	}
	a.API = httpapi.New(httpapi.Options{
		Auth: a.Login, Guard: a.Guard, CSRF: a.Login.CSRF, Log: a.Log, Secret: a.Ring.Blind(id.Tenant{}, "httpapi", "secret"),
		BehindProxy: a.Config.BehindProxy, Web: site(), Observe: a.Metrics.Observe, Version: a.Config.Version,
	})
	return nil
}

func (a *App) tenants(ctx context.Context) ([]id.Tenant, error) {
	list, err := a.Login.Tenants(ctx)
	out := make([]id.Tenant, len(list))
	for i, t := range list {
		out[i] = t.ID
	}
	return out, err
}

// modules makes every module, in the order in which a case meets them.
func (a *App) modules() {
	a.Network = networksvc.New(networksvc.Deps{DB: a.DB, Bus: a.Bus, Guard: a.Guard})
	a.Catalog = catalogsvc.New(catalogsvc.Deps{DB: a.DB, Bus: a.Bus, Guard: a.Guard, Network: a.Network})
	a.Orders = orderssvc.New(orderssvc.Deps{DB: a.DB, Bus: a.Bus, Ring: a.Ring, Guard: a.Guard, Network: a.Network, Catalog: a.Catalog})
	a.Desk = desksvc.New(desksvc.Deps{
		DB: a.DB, Bus: a.Bus, Jobs: a.Jobs, Ring: a.Ring, Guard: a.Guard, Mail: a.Mail, Network: a.Network, Catalog: a.Catalog, Orders: a.Orders,
		Accounts: a.Login, Address: a.Config.Address,
	})
	a.Warranty = warrantysvc.New(warrantysvc.Deps{DB: a.DB, Bus: a.Bus, Guard: a.Guard, Catalog: a.Catalog, Network: a.Network, Desk: a.Desk})
	a.SLA = slasvc.New(slasvc.Deps{DB: a.DB, Bus: a.Bus, Jobs: a.Jobs, Guard: a.Guard, Cases: a.Desk})
	a.Work = worksvc.New(worksvc.Deps{DB: a.DB, Bus: a.Bus, Ring: a.Ring, Guard: a.Guard, Desk: a.Desk})
	a.Remedy = remedysvc.New(remedysvc.Deps{
		DB: a.DB, Bus: a.Bus, Guard: a.Guard, Desk: a.Desk, Catalog: a.Catalog, Network: a.Network, Warranty: a.Warranty, Work: a.Work,
	})
	planning := dispatchsvc.Deps{DB: a.DB, Bus: a.Bus, Jobs: a.Jobs, Ring: a.Ring, Guard: a.Guard, Hints: a.Hints, Desk: a.Desk, Network: a.Network, Days: a.SLA}
	if a.Roads != nil {
		planning.Roads = a.Roads
	}
	a.Dispatch = dispatchsvc.New(planning)
	a.Parts = partssvc.New(partssvc.Deps{DB: a.DB, Bus: a.Bus, Jobs: a.Jobs, Guard: a.Guard, Network: a.Network, Catalog: a.Catalog, Desk: a.Desk})
	a.Field = fieldsvc.New(fieldsvc.Deps{
		DB: a.DB, Bus: a.Bus, Ring: a.Ring, Guard: a.Guard, Files: a.Files, Desk: a.Desk, Work: a.Work, Dispatch: a.Dispatch, Network: a.Network, Catalog: a.Catalog,
	})
	a.Settlement = settlementsvc.New(settlementsvc.Deps{
		DB: a.DB, Bus: a.Bus, Guard: a.Guard, Network: a.Network, Catalog: a.Catalog, Warranty: a.Warranty, Desk: a.Desk,
		Accounts: a.Login,
	})
	a.Proof = proofsvc.New(proofsvc.Deps{DB: a.DB, Ring: a.Ring, Guard: a.Guard, Desk: a.Desk})
	a.Vault = vaultsvc.New(vaultsvc.Deps{DB: a.DB, Bus: a.Bus, Jobs: a.Jobs, Ring: a.Ring, Guard: a.Guard, Files: a.Files, Mail: a.Mail, Network: a.Network})
	a.Insight = insightsvc.New(insightsvc.Deps{DB: a.DB, Bus: a.Bus, Guard: a.Guard})
	a.Vault.Collect(a.Desk, a.Field, a.Login)

	outbox.On(a.Bus, "login.erase", func(ctx context.Context, tx *db.Tx, _ outbox.Meta, e vault.PersonErased) error {
		return a.Login.Erase(ctx, tx, e.Person) // a user who is erased logs in no more
	})
	a.Jobs.Every("login.sweep", time.Hour, a.Login.Sweep)
	a.Jobs.Every("command.sweep", time.Hour, func(ctx context.Context, t id.Tenant) error {
		_, err := command.Sweep(ctx, a.DB, t)
		return err
	})
	a.Jobs.Every("settlement.close", 6*time.Hour, a.Settlement.CloseDue)
}

// routes adds everybody's part of the API.
func (a *App) routes() {
	for _, r := range []interface{ Routes(*httpapi.API) }{
		a.Login, a.Network, a.Catalog, a.Warranty, a.Orders, a.Desk, a.SLA, a.Remedy, a.Work, a.Dispatch, a.Parts, a.Field, a.Settlement, a.Proof, a.Vault, a.Insight, a.Hints,
	} {
		r.Routes(a.API)
	}
	a.Mail.Routes(a.API, a.Guard)
	a.topics()
	a.letterRoutes()
	a.healthRoutes()
}

// Handler serves the API and the web application.
func (a *App) Handler() http.Handler { return a.API }

// Close closes what Open opened. What runs must have been stopped.
func (a *App) Close() error {
	var errs []error
	if a.Hints != nil {
		a.Hints.Close()
	}
	if a.Ring != nil {
		errs = append(errs, a.Ring.Close())
	}
	for _, d := range []*db.DB{a.DB, a.KeyDB} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}
