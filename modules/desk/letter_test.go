package desk_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func slot(a byte, hours int) desk.Slot {
	return desk.Slot{Appointment: id.Appointment{a}, From: noon.Add(time.Duration(hours) * time.Hour), To: noon.Add(time.Duration(hours+2) * time.Hour)}
}

func TestVisitNews(t *testing.T) {
	t.Parallel()
	none := desk.Slot{}
	for _, tt := range []struct {
		name         string
		told, stands desk.Slot
		happened     bool
		want         desk.News
	}{
		{"nothing was and nothing is", none, none, false, ""},
		{"the first", none, slot(1, 0), false, desk.VisitBooked},
		{"as told", slot(1, 0), slot(1, 0), false, ""},
		{"later", slot(1, 0), slot(1, 4), false, desk.VisitMoved},
		{"somebody else at the same time has another code", slot(1, 0), slot(2, 0), false, desk.VisitMoved},
		{"called off", slot(1, 0), none, false, desk.VisitOff},
		{"it took place", slot(1, 0), none, true, ""},
		{"another one after it", slot(1, 0), slot(2, 0), true, desk.VisitBooked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := desk.VisitNews(tt.told, tt.stands, tt.happened); got != tt.want {
				t.Errorf("VisitNews = %q, want %q", got, tt.want)
			}
		})
	}
}

// However visits come and go, who reads every letter knows what stands, and no
// letter says what the one before has said.
func TestLettersSayWhatStands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var told, stands desk.Slot
		for range rapid.IntRange(1, 20).Draw(t, "changes") {
			stands = desk.Slot{}
			if rapid.Bool().Draw(t, "there is one") {
				stands = slot(rapid.ByteRange(1, 3).Draw(t, "appointment"), rapid.IntRange(0, 3).Draw(t, "hour"))
			}
			news := desk.VisitNews(told, stands, false)
			switch news {
			case "":
				if told != stands {
					t.Fatalf("%v is not told after %v", stands, told)
				}
			case desk.VisitBooked:
				if told != (desk.Slot{}) || stands == (desk.Slot{}) {
					t.Fatalf("%v is booked after %v", stands, told)
				}
			case desk.VisitMoved:
				if told == (desk.Slot{}) || stands == (desk.Slot{}) || told == stands {
					t.Fatalf("%v is moved after %v", stands, told)
				}
			case desk.VisitOff:
				if told == (desk.Slot{}) || stands != (desk.Slot{}) {
					t.Fatalf("%v is called off, and %v stands", told, stands)
				}
			default:
				t.Fatalf("news %q", news)
			}
			told = stands
		}
	})
}

func TestMoveNews(t *testing.T) {
	t.Parallel()
	for _, s := range desk.States {
		for _, w := range []desk.WaitFor{"", desk.ForCustomer, desk.ForPartner, desk.ForPart} {
			want := desk.News("")
			switch {
			case s == desk.Resolved:
				want = desk.Solved
			case s == desk.Waiting && w == desk.ForPart:
				want = desk.PartAwaited
			}
			if got := desk.MoveNews(s, w); got != want {
				t.Errorf("MoveNews(%s, %s) = %q, want %q", s, w, got, want)
			}
		}
	}
}

// What a move tells holds as long as the case stays where it came to, and no move
// back leaves it standing; a case that is closed has been solved.
func TestHolds(t *testing.T) {
	t.Parallel()
	waits := []desk.WaitFor{"", desk.ForCustomer, desk.ForPartner, desk.ForPart}
	for _, told := range []struct {
		state desk.State
		wait  desk.WaitFor
	}{{desk.Resolved, ""}, {desk.Waiting, desk.ForPart}} {
		news := desk.MoveNews(told.state, told.wait)
		for _, s := range desk.States {
			for _, w := range waits {
				want := s == told.state && (s != desk.Waiting || w == told.wait) || news == desk.Solved && s == desk.Closed
				if got := desk.Holds(news, s, w); got != want {
					t.Errorf("%s holds in %s (%s): %v", news, s, w, got)
				}
			}
		}
	}
	for _, s := range desk.States {
		if !desk.Holds(desk.Answered, s, "") {
			t.Errorf("an answer is not told when the case is %s", s)
		}
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	if !desk.Receipt(noon, noon) || !desk.Receipt(noon.Add(-24*time.Hour), noon) || desk.Receipt(noon.Add(-25*time.Hour), noon) {
		t.Error("a receipt is for what came within a day")
	}
}

func TestSlotIn(t *testing.T) {
	t.Parallel()
	wuhan, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	night := desk.Slot{From: noon.Add(2 * time.Hour), To: noon.Add(5 * time.Hour)}
	for _, tt := range []struct {
		slot desk.Slot
		lang locale.Tag
		want string
	}{
		{slot(1, 0), "en", "Monday 2 March 2026 20:00–22:00"},
		{slot(1, 0), "de", "Monday 2 March 2026 20:00–22:00"},
		{slot(1, 0), "zh-CN", "2026年3月2日 周一 20:00–22:00"},
		{night, "en", "Monday 2 March 2026 22:00 – Tuesday 3 March 2026 01:00"},
	} {
		if got := tt.slot.In(tt.lang, wuhan); got != tt.want {
			t.Errorf("in %s: %q, want %q", tt.lang, got, tt.want)
		}
	}
}
