package vault_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/vault"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestAnswerBy(t *testing.T) {
	t.Parallel()
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 9, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		country  locale.Country
		received time.Time
		want     time.Time
	}{
		{"DE", day(3, 10), day(4, 10)},
		{"DE", day(1, 31), day(2, 28)}, // the shorter month ends the time
		{"FR", day(8, 31), day(9, 30)},
		{"NO", day(12, 5), time.Date(2027, 1, 5, 9, 0, 0, 0, time.UTC)},
		{"GB", day(3, 31), day(4, 30)},
		{"CN", day(3, 10), day(4, 9)},
		{"US", day(3, 10), day(4, 24)},
		{"BR", day(3, 10), day(3, 25)},
		{"KR", day(3, 10), day(3, 20)},
		{"ZZ", day(3, 10), day(4, 9)},
		{"", day(3, 10), day(4, 9)},
	} {
		if got := vault.LawOf(tt.country).AnswerBy(tt.received); !got.Equal(tt.want) {
			t.Errorf("%s, received %s: answer by %s, want %s", tt.country, tt.received, got, tt.want)
		}
	}
}

// A month's notice never ends later than the same day of the next month, and
// never in the month after that.
func TestMonthNeverOverruns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "received"), 0).UTC()
		by := vault.GDPR.AnswerBy(at)
		months := (by.Year()-at.Year())*12 + int(by.Month()) - int(at.Month())
		if months != 1 || by.Day() > at.Day() {
			t.Fatalf("received %s, answer by %s", at, by)
		}
		if days := by.Sub(at).Hours() / 24; days < 28 || days > 31 {
			t.Fatalf("received %s, answer by %s: %v days", at, by, days)
		}
	})
}

var (
	commands = []vault.RequestCommand{vault.Identify, vault.Begin, vault.Answer, vault.Refuse}
	kinds    = []vault.RequestKind{vault.Access, vault.Erasure, vault.Correct}
	grounds  = append([]vault.Ground{"", "because"}, vault.Grounds...)
)

// Whatever is done to a request, it goes forward only, ends once, is answered
// only for a person who was identified, and says why it was refused.
func TestRequest(t *testing.T) {
	t.Parallel()
	rank := map[vault.RequestState]int{vault.Received: 0, vault.Identified: 1, vault.InProgress: 2, vault.Answered: 3, vault.Refused: 3}
	if len(rank) != len(vault.RequestStates) {
		t.Fatal("a state is missing here")
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		r := vault.Receive(id.New[id.SubjectRequestKind](), id.Person{1}, kind, vault.GDPR, now)
		identified, erased := false, rapid.Bool().Draw(t, "erased")
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			c, g := rapid.SampledFrom(commands).Draw(t, "command"), rapid.SampledFrom(grounds).Draw(t, "ground")
			at := now.Add(time.Hour)
			to, err := r.Move(c, g, erased, at)
			if err != nil {
				if to != r {
					t.Fatalf("a refused %s changed %+v to %+v", c, r, to)
				}
				if !errors.Is(err, vault.ErrTransition) && !errors.Is(err, vault.ErrGround) && !errors.Is(err, vault.ErrNotErased) {
					t.Fatal(err)
				}
				continue
			}
			identified = identified || to.State == vault.Identified
			switch {
			case r.State.Over():
				t.Fatalf("%s left %s", c, r.State)
			case rank[to.State] <= rank[r.State]:
				t.Fatalf("%s led from %s back to %s", c, r.State, to.State)
			case to.State == vault.Answered && !identified:
				t.Fatal("answered without knowing whom")
			case to.State == vault.Answered && kind == vault.Erasure && !erased:
				t.Fatal("an erasure was answered without erasing")
			case (to.State == vault.Refused) != (to.Ground != ""):
				t.Fatalf("%s with the ground %q", to.State, to.Ground)
			case to.Ground == vault.NotIdentified && identified:
				t.Fatal("refused as not identified after identifying")
			case to.State.Over() != to.ClosedAt.Equal(at):
				t.Fatalf("%s was closed at %s", to.State, to.ClosedAt)
			case to.Version != r.Version+1:
				t.Fatalf("version %d after %d", to.Version, r.Version)
			}
			r = to
		}
		if r.Late(r.AnswerBy) || r.Late(r.AnswerBy.Add(1)) == r.State.Over() {
			t.Fatalf("%s is late: %v", r.State, r.Late(r.AnswerBy.Add(1)))
		}
	})
}

// Every state can be reached, and each way there is the one that the glossary draws.
func TestRequestWays(t *testing.T) {
	t.Parallel()
	type way struct {
		from vault.RequestState
		do   vault.RequestCommand
	}
	want := map[way]vault.RequestState{
		{vault.Received, vault.Identify}: vault.Identified,
		{vault.Identified, vault.Begin}:  vault.InProgress,
		{vault.InProgress, vault.Answer}: vault.Answered,
		{vault.Received, vault.Refuse}:   vault.Refused,
		{vault.Identified, vault.Refuse}: vault.Refused,
		{vault.InProgress, vault.Refuse}: vault.Refused,
	}
	for _, s := range vault.RequestStates {
		for _, c := range commands {
			ground := vault.Excessive
			if s == vault.Received {
				ground = vault.NotIdentified
			}
			to, err := vault.NextRequest(s, c, ground)
			if expect, ok := want[way{s, c}]; ok != (err == nil) || ok && to != expect {
				t.Errorf("%s, %s: %s, %v", s, c, to, err)
			}
		}
	}
}

func TestPartyRole(t *testing.T) {
	t.Parallel()
	for _, r := range vault.PartyRoles {
		if !r.Valid() {
			t.Errorf("%s is refused", r)
		}
	}
	if vault.PartyRole("neighbour").Valid() || vault.PartyRole("").Valid() {
		t.Error("a part that nobody plays is taken")
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	p := id.Person{7}
	for name, subject := range map[string]id.Raw{
		vault.PersonErased{}.EventName():    vault.PersonErased{Person: p}.Subject(),
		vault.PersonExported{}.EventName():  vault.PersonExported{Person: p}.Subject(),
		vault.PersonCorrected{}.EventName(): vault.PersonCorrected{Person: p}.Subject(),
	} {
		if subject != p.Raw() {
			t.Errorf("the subject of %s is %x", name, subject)
		}
	}
}
