package play

import (
	"context"
	"errors"
	"net/url"
	"time"

	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
)

// Adopt takes up the cases that another play has left, or that people who use
// the demo have made.
func (p *Player) Adopt(ctx context.Context) error {
	brands, lines, models := byID(p.Brands), byID(p.Lines), byID(p.Models)
	for _, state := range []string{"active", "resolved"} {
		cursor := ""
		for {
			var page struct {
				Items []struct {
					ID id.Case `json:"id"`
				} `json:"items"`
				Next string `json:"next"`
			}
			if err := p.get(ctx, "agent-en", "/v1/cases?limit=200&state="+state+"&cursor="+url.QueryEscape(cursor), &page); err != nil {
				return err
			}
			for _, item := range page.Items {
				st := &story{id: item.ID, lang: "en"}
				c, err := p.see(ctx, st)
				if err != nil {
					return err
				}
				zone, err := time.LoadLocation(c.Zone)
				if err != nil {
					zone = time.UTC
				}
				*st = story{
					id: c.ID, link: c.Link, brand: brands[c.Brand], line: lines[c.Line], model: models[c.Model], symptom: c.Symptom, work: c.WorkType,
					country: c.Country, zone: zone, lang: c.Language, opened: c.OpenedAt, responded: !c.Responded.IsZero(),
				}
				p.take(st, c)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
	}
	return nil
}

// take has somebody look at the case within some hours. A case about something
// that the world does not know is left to whoever made it.
func (p *Player) take(st *story, c seen) {
	if p.lines[st.line] == nil && c.State != desk.Resolved {
		return
	}
	p.adopted = append(p.adopted, st)
}

// byID turns a map of ids around.
func byID[T comparable](codes map[string]T) map[T]string {
	out := make(map[T]string, len(codes))
	for code, v := range codes {
		out[v] = code
	}
	return out
}

// refused reports whether the API said no, as against did not work.
func refused(err error) (*stage.Refused, bool) {
	var r *stage.Refused
	ok := errors.As(err, &r) && r.Status < 500
	return r, ok
}
