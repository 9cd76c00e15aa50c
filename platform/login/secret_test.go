package login

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
)

func TestSecretNamesItsTenant(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		tenant := id.Tenant(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "tenant"))
		if tenant.IsZero() {
			return
		}
		s := newSecret(tenant)
		if got, ok := tenantOf(s); !ok || got != tenant || len(s) != secretText || seen[s] {
			t.Fatalf("tenantOf(%q) = %v, %t, want %v", s, got, ok, tenant)
		}
		seen[s] = true
	})
}

func FuzzTenantOf(f *testing.F) {
	f.Add(newSecret(id.Tenant{1}))
	f.Add(strings.Repeat("Z", secretText))
	f.Add("-" + strings.Repeat("1", secretText-1))
	f.Fuzz(func(t *testing.T, s string) {
		if tenant, ok := tenantOf(s); ok && (tenant.IsZero() || len(s) != secretText) {
			t.Errorf("tenantOf(%q) = %v", s, tenant)
		}
	})
}

func TestPHC(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{Memory: 64, Time: 1, Threads: 1}, 2)
	ctx := t.Context()
	phc, err := h.hash(ctx, "pässword")
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("hash = %q, %v", phc, err)
	}
	for _, tt := range []struct {
		name, phc, password string
		want                bool
		bad                 bool
	}{
		{"right", phc, "pässword", true, false},
		{"composed otherwise", phc, "pa\u0308ssword", true, false},
		{"wrong", phc, "password", false, false},
		{"no hash", "", "", false, false},
		{"no hash, the decoy's zeros", "", "\x00", false, false},
		{"damaged", phc[:len(phc)-4], "pässword", false, true},
		{"ruinous memory", strings.Replace(phc, "m=64", "m=4000000", 1), "pässword", false, true},
		{"ruinous time", strings.Replace(phc, "t=1", "t=4000000", 1), "pässword", false, true},
		{"another hash", strings.Replace(phc, "argon2id", "argon2i", 1), "pässword", false, true},
	} {
		got, _, err := h.check(ctx, tt.phc, tt.password)
		if got != tt.want || (err != nil) != tt.bad {
			t.Errorf("%s: check = %t, %v", tt.name, got, err)
		}
	}
	busy := newHasher(Cost{Memory: 64, Time: 1, Threads: 1}, 0)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := busy.hash(gone, "x"); err == nil {
		t.Error("without a free slot a hash is made")
	}
}

func TestWaitGrowsToItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "n")
		for _, l := range []limit{perLogin, perAddress} {
			now, next := l.wait(n), l.wait(n+1)
			if now < 0 || next < now || next > l.longest || (now == 0) != (n <= l.free) {
				t.Fatalf("wait(%d) = %v, then %v", n, now, next)
			}
		}
	})
	if got := perLogin.wait(1 << 40); got != 5*time.Minute {
		t.Errorf("the longest wait is %v", got)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "": "", "unix": "",
	} {
		if got := network(give); got != want {
			t.Errorf("network(%q) = %q, want %q", give, got, want)
		}
	}
}

// What a log-in costs in earnest.
func BenchmarkPassword(b *testing.B) {
	h := newHasher(DefaultCost, 2)
	for b.Loop() {
		if _, _, err := h.check(b.Context(), "", "some password"); err != nil {
			b.Fatal(err)
		}
	}
}
