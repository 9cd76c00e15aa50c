package login

import (
	"context"
	"net/http"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

func (s *Service) tokenRoutes(a *httpapi.API) {
	httpapi.Get(a, httpapi.Op{
		ID: "token_list", Path: "/v1/tokens", Action: "token.read", Kind: "token", Summary: "List API tokens",
	}, s.getTokens)
	httpapi.Post(a, httpapi.Op{
		ID: "token_create", Path: "/v1/tokens", Action: "token.write", Kind: "token", Status: http.StatusCreated,
		Summary: "Make an API token",
		Doc:     "The token is shown this once. A repetition under the same Idempotency-Key answers without it, because it is stored nowhere.",
	}, s.postToken)
	httpapi.Delete(a, httpapi.Op{
		ID: "token_revoke", Path: "/v1/tokens/{id}", Action: "token.write", Kind: "token", Summary: "Revoke an API token",
	}, s.deleteToken)
}

// TokenView is an API token as the API shows it.
type TokenView struct {
	ID        id.APIToken `json:"id"`
	Name      string      `json:"name"`
	UserID    id.User     `json:"user_id"`
	Limited   bool        `json:"limited" doc:"Whether it is limited to its scopes."`
	Scopes    []string    `json:"scopes"`
	CreatedAt time.Time   `json:"created_at"`
	ExpiresAt *time.Time  `json:"expires_at,omitempty"`
	RevokedAt *time.Time  `json:"revoked_at,omitempty"`
	LastDay   string      `json:"last_used_on,omitempty" doc:"The day of its last use, UTC."`
}

type tokensOut struct{ Body httpapi.Page[TokenView] }

func (s *Service) getTokens(ctx context.Context, in *httpapi.PageIn) (*tokensOut, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "token.read", access.Resource{Kind: "token"}); err != nil {
		return nil, err
	}
	var after id.APIToken
	if _, err := in.Seek(ctx, &after); err != nil {
		return nil, err
	}
	list, err := db.Get(ctx, s.db, c.Tenant, func(ctx context.Context, tx *db.Tx) ([]Token, error) {
		return listTokens(ctx, tx, after, in.Limit+1)
	})
	if err != nil {
		return nil, err
	}
	views := make([]TokenView, len(list))
	for i, t := range list {
		views[i] = TokenView{
			ID: t.ID, Name: t.Name, UserID: t.User, Limited: t.Scopes != nil, Scopes: t.Scopes,
			CreatedAt: t.Created, ExpiresAt: maybe(t.Expires), RevokedAt: maybe(t.Revoked), LastDay: t.LastDay,
		}
	}
	page, err := httpapi.PageOf(ctx, *in, views, func(t TokenView) any { return t.ID })
	return &tokensOut{Body: page}, err
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type tokenIn struct {
	Body struct {
		Name      string     `json:"name" minLength:"1" maxLength:"100" doc:"What it is for. No personal data."`
		UserID    id.User    `json:"user_id,omitempty" doc:"Whose token it is; absent for a machine, which gets the grants."`
		Grants    []GrantIn  `json:"grants,omitempty" maxItems:"50" doc:"Of the machine."`
		Scopes    *[]string  `json:"scopes,omitempty" maxItems:"50" maxLength:"40" doc:"What the token is limited to: actions, or groups of them such as read or case:write. Absent: whatever its user may."`
		ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Absent: never."`
	}
}

type tokenOut struct {
	Body struct {
		ID    id.APIToken `json:"id"`
		Token string      `json:"token,omitempty" doc:"The token, shown this once."`
	}
}

func (s *Service) postToken(ctx context.Context, in *tokenIn) (*tokenOut, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "token.write", access.Resource{Kind: "token"}); err != nil {
		return nil, err
	}
	n := NewToken{Name: in.Body.Name, User: in.Body.UserID}
	if in.Body.ExpiresAt != nil {
		n.Expires = *in.Body.ExpiresAt
	}
	if in.Body.Scopes != nil {
		n.Scopes = append([]string{}, *in.Body.Scopes...)
	}
	for _, g := range in.Body.Grants {
		grant, err := s.mayGive(ctx, g, "/grants")
		if err != nil {
			return nil, err
		}
		n.Grants = append(n.Grants, grant)
	}
	made, token, err := s.CreateToken(ctx, c.Tenant, n)
	if err != nil {
		return nil, err
	}
	out := &tokenOut{}
	out.Body.ID, out.Body.Token = made, token
	return out, nil
}

type tokenPath struct {
	ID id.APIToken `path:"id"`
}

func (s *Service) deleteToken(ctx context.Context, in *tokenPath) (*struct{}, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "token.write", access.Resource{Kind: "token", ID: in.ID.Raw()}); err != nil {
		return nil, err
	}
	return &struct{}{}, s.RevokeToken(ctx, c.Tenant, in.ID)
}
