package keys

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Ring is the open key store. It is safe for concurrent use.
type Ring struct {
	db     *db.DB
	root   cipher.AEAD
	blind  []byte // what the keys of blind look-up derive from
	ledger *ledger

	tenants sync.Map // id.Tenant → *tenantKey
	blinds  sync.Map // blindName → []byte
}

// Options say where the root key and the erasure ledger are.
type Options struct {
	Root     []byte // 32 bytes; nil means RootFile
	RootFile string // made with a fresh key when the store is new
	Ledger   string // path of the erasure ledger; made when it is missing
}

// tenantKey is a tenant's unwrapped secret, put to its two uses.
type tenantKey struct {
	wrap cipher.AEAD              // wraps person keys
	own  *Key                     // seals what belongs to the tenant
	make *db.Gather[[]wrappedKey] // stores what Create has made
}

// store is the tenant under which the store keeps a secret of its own. It
// proves the root key, and blind look-up derives from it.
var store = id.Tenant{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Open returns the ring of the key store d, whose schema has been migrated, with
// every known erasure carried out. A new store gets its root key; one whose root
// key is missing or another's answers ErrRoot.
func Open(ctx context.Context, d *db.DB, o Options) (*Ring, error) {
	root, err := findRoot(ctx, d, o)
	if err != nil {
		return nil, err
	}
	if len(root) != size {
		return nil, fmt.Errorf("root key of %d bytes: %w", len(root), ErrRoot)
	}
	r := &Ring{db: d, root: newAEAD(root)}
	secret, err := r.secretOf(ctx, store)
	if err != nil {
		return nil, err
	}
	r.blind = derive(secret, "fettle blind look-up")
	if r.ledger, err = openLedger(o.Ledger); err != nil {
		return nil, err
	}
	if err := r.reconcile(ctx); err != nil {
		return nil, errors.Join(err, r.ledger.close())
	}
	return r, nil
}

// Close closes the erasure ledger; the database is the caller's.
func (r *Ring) Close() error { return r.ledger.close() }

// findRoot reads the root key. It makes one only for a store that has never
// had any, because a fresh key beside old data would hide that the old is lost.
func findRoot(ctx context.Context, d *db.DB, o Options) ([]byte, error) {
	if o.Root != nil {
		return o.Root, nil
	}
	root, err := readRoot(o.RootFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	wrapped, err := loadTenant(ctx, d, store)
	if err != nil {
		return nil, err
	}
	if wrapped != nil {
		return nil, fmt.Errorf("root key file %s is missing: %w", o.RootFile, ErrRoot)
	}
	return makeRoot(o.RootFile)
}

// Create makes a key for each person, in order, and returns them when they are
// durable. It is called before the step that uses them, never inside one. It
// makes all or none: ErrExists if one has a key, ErrErased if one was erased.
func (r *Ring) Create(ctx context.Context, tenant id.Tenant, persons ...id.Person) ([]*Key, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	t, err := r.tenant(ctx, tenant)
	if err != nil {
		return nil, err
	}
	made, wrapped := make([]*Key, len(persons)), make([]wrappedKey, len(persons))
	secrets := random(size * len(persons))
	for i, p := range persons {
		secret := secrets[i*size : (i+1)*size]
		made[i] = newKey(tenant, p, secret)
		wrapped[i] = wrappedKey{p, t.wrap.Seal(nil, nil, secret, binding("person", tenant, p))}
	}
	err = t.make.Do(ctx, wrapped)
	if errors.Is(err, ErrExists) {
		err = r.whyExists(ctx, tenant, persons)
	}
	if err != nil {
		return nil, fmt.Errorf("create person keys: %w", err)
	}
	return made, nil
}

// whyExists tells those who have a key from those who were erased.
func (r *Ring) whyExists(ctx context.Context, tenant id.Tenant, persons []id.Person) error {
	n, err := r.countErased(ctx, tenant, persons)
	if err == nil && n > 0 {
		return ErrErased
	}
	return errors.Join(ErrExists, err)
}

func (r *Ring) countErased(ctx context.Context, tenant id.Tenant, persons []id.Person) (int64, error) {
	return db.Get(ctx, r.db, tenant, func(ctx context.Context, tx *db.Tx) (int64, error) { return countErased(ctx, tx, persons) })
}

// Get returns the person's key: ErrErased once it is shredded, ErrUnknown if
// there never was one. It reads the store each time and may not be called inside
// a step.
func (r *Ring) Get(ctx context.Context, tenant id.Tenant, person id.Person) (*Key, error) {
	got, err := r.Many(ctx, tenant, person)
	if err != nil {
		return nil, err
	}
	if k, ok := got[person]; ok {
		return k, nil
	}
	erased, err := r.Erased(ctx, tenant, person)
	switch {
	case err != nil:
		return nil, err
	case erased:
		return nil, ErrErased
	default:
		return nil, ErrUnknown
	}
}

// Many returns the keys of those persons who have one; the others, erased or
// unknown, are left out. It is for lists.
func (r *Ring) Many(ctx context.Context, tenant id.Tenant, persons ...id.Person) (map[id.Person]*Key, error) {
	t, err := r.tenant(ctx, tenant)
	if err != nil {
		return nil, err
	}
	wrapped, err := db.Get(ctx, r.db, tenant, func(ctx context.Context, tx *db.Tx) ([]wrappedKey, error) {
		return selectPersons(ctx, tx, persons)
	})
	if err != nil {
		return nil, fmt.Errorf("read person keys: %w", err)
	}
	out := make(map[id.Person]*Key, len(wrapped))
	for _, w := range wrapped {
		if len(w.wrapped) == 0 { // erased
			continue
		}
		secret, err := t.wrap.Open(nil, nil, w.wrapped, binding("person", tenant, w.person))
		if err != nil || len(secret) != size {
			return nil, fmt.Errorf("unwrap key of %s: %w", w.person, ErrSealed)
		}
		out[w.person] = newKey(tenant, w.person, secret)
	}
	return out, nil
}

// Erased reports whether the person's key was shredded.
func (r *Ring) Erased(ctx context.Context, tenant id.Tenant, person id.Person) (bool, error) {
	n, err := r.countErased(ctx, tenant, []id.Person{person})
	return n > 0, err
}

// TenantKey returns the key for what belongs to the tenant and to no person,
// and makes it when the tenant is new.
func (r *Ring) TenantKey(ctx context.Context, tenant id.Tenant) (*Key, error) {
	t, err := r.tenant(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return t.own, nil
}

// tenant returns the tenant's key from memory or from the store.
func (r *Ring) tenant(ctx context.Context, tenant id.Tenant) (*tenantKey, error) {
	if t, ok := r.tenants.Load(tenant); ok {
		return t.(*tenantKey), nil
	}
	secret, err := r.secretOf(ctx, tenant)
	if err != nil {
		return nil, err
	}
	t := &tenantKey{
		wrap: newAEAD(derive(secret, "fettle wrap person keys")),
		own:  newKey(tenant, id.Person{}, derive(secret, "fettle seal for the tenant")),
		make: db.NewGather(func(lists [][]wrappedKey) error {
			return r.db.InTx(context.Background(), tenant, func(ctx context.Context, tx *db.Tx) error {
				return insertPersons(ctx, tx, slices.Concat(lists...))
			})
		}),
	}
	r.tenants.Store(tenant, t)
	return t, nil
}

// secretOf unwraps the tenant's secret, which it makes first if need be. Of two
// processes that make it, the first to commit wins and both read that.
func (r *Ring) secretOf(ctx context.Context, tenant id.Tenant) ([]byte, error) {
	wrapped, err := loadTenant(ctx, r.db, tenant)
	if err != nil {
		return nil, err
	}
	if wrapped == nil {
		fresh := r.root.Seal(nil, nil, random(size), binding("tenant", tenant, id.Person{}))
		if wrapped, err = makeTenant(ctx, r.db, tenant, fresh); err != nil {
			return nil, err
		}
	}
	secret, err := r.root.Open(nil, nil, wrapped, binding("tenant", tenant, id.Person{}))
	if err != nil || len(secret) != size {
		return nil, ErrRoot
	}
	return secret, nil
}

// binding is the associated data of a wrapped key.
func binding(kind string, tenant id.Tenant, person id.Person) []byte {
	b := append(make([]byte, 0, 48), "fettle "+kind+" key "...)
	return append(append(b, tenant[:]...), person[:]...)
}

// derive returns another key that depends on secret alone. It cannot fail: the
// wanted length is fixed and allowed.
func derive(secret []byte, use string) []byte {
	out, err := hkdf.Expand(sha256.New, secret, use, size)
	if err != nil {
		panic(err)
	}
	return out
}
