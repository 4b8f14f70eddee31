package client

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// watch subscribes to the presence of the watched users. The caller holds c.mu.
func (c *Client) watch() {
	if len(c.opts.Watch) == 0 {
		return
	}
	s := c.socket
	c.ask("presence:watch", wire.PresenceWatchCommand{Users: c.opts.Watch}, func(raw json.RawMessage) {
		var answer struct {
			wire.PresenceAnswer
			Error wire.ErrorInfo
		}
		switch {
		case !c.decode("the answer of presence:watch", raw, &answer):
		case answer.OK:
			clear(c.presence)
			c.heard(answer.Presence)
		case answer.Error.Code == chat.CodeUnavailable:
			c.refusals[answer.Error.Code]++
			c.again(s, c.watch)
		default:
			c.fail("presence:watch was refused: %s: %s", answer.Error.Code, answer.Error.Message)
		}
	})
}

// heard records changes of presence. The caller holds c.mu.
func (c *Client) heard(changes []wire.Presence) {
	for _, p := range changes {
		if p.State == chat.PresenceOffline {
			delete(c.presence, p.User)
		} else {
			c.presence[p.User] = p.State
		}
	}
}

// Presence returns the users who are not offline, as far as the client knows.
func (c *Client) Presence() map[chat.UserID]chat.PresenceState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.presence)
}

// SignUp creates a user and returns the token of its session.
func (a API) SignUp(ctx context.Context, name string) (user chat.User, token string, err error) {
	var account struct {
		User  wire.User
		Token string
	}
	credentials := map[string]any{"username": name, "password": passwordOf(name), "token": true}
	err = a.call(ctx, http.MethodPost, "/users", credentials, &account)
	u := account.User
	return chat.User{ID: u.ID, Username: u.Username, Kind: u.Kind, Role: u.Role, CreatedAt: u.CreatedAt}, account.Token, err
}

func passwordOf(name string) string { return "correct horse " + name }

// LogOut ends the session.
func (a API) LogOut(ctx context.Context) error {
	return a.call(ctx, http.MethodDelete, "/session", nil, nil)
}

// LogIn begins another session of a user whom SignUp has created.
func (a API) LogIn(ctx context.Context, name string) (token string, err error) {
	var account struct{ Token string }
	credentials := map[string]any{"username": name, "password": passwordOf(name), "token": true}
	err = a.call(ctx, http.MethodPost, "/session", credentials, &account)
	return account.Token, err
}

// Session returns the id of this session.
func (a API) Session(ctx context.Context) (id string, err error) {
	var list struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	err = a.call(ctx, http.MethodGet, "/sessions", nil, &list)
	for _, session := range list.Sessions {
		if session.Current {
			id = session.ID
		}
	}
	return id, err
}

// EndSession ends a session of the user.
func (a API) EndSession(ctx context.Context, id string) error {
	return a.call(ctx, http.MethodDelete, "/sessions/"+url.PathEscape(id), nil, nil)
}

// MakeRoom creates a public room.
func (a API) MakeRoom(ctx context.Context, name string) (chat.RoomID, error) {
	var made struct{ Subscription wire.Subscription }
	err := a.call(ctx, http.MethodPost, "/rooms", map[string]string{"name": name, "topic": ""}, &made)
	return made.Subscription.ID, err
}

// Subscribe joins a room.
func (a API) Subscribe(ctx context.Context, room chat.RoomID) error {
	return a.call(ctx, http.MethodPut, fmt.Sprintf("/subscriptions/%d", room), nil, nil)
}

// Unsubscribe leaves a room.
func (a API) Unsubscribe(ctx context.Context, room chat.RoomID) error {
	return a.call(ctx, http.MethodDelete, fmt.Sprintf("/subscriptions/%d", room), nil, nil)
}

// Rename gives a room another name.
func (a API) Rename(ctx context.Context, room chat.RoomID, name string) error {
	return a.call(ctx, http.MethodPatch, fmt.Sprintf("/rooms/%d", room), map[string]string{"name": name}, nil)
}

// Remove removes a member from a room.
func (a API) Remove(ctx context.Context, room chat.RoomID, user chat.UserID) error {
	return a.call(ctx, http.MethodDelete, fmt.Sprintf("/rooms/%d/members/%d", room, user), nil, nil)
}

// Ban bans a user from a room, or from the server if room is 0.
func (a API) Ban(ctx context.Context, room chat.RoomID, user chat.UserID) error {
	path := fmt.Sprintf("/rooms/%d/bans/%d", room, user)
	if room == 0 {
		path = fmt.Sprintf("/bans/%d", user)
	}
	return a.call(ctx, http.MethodPut, path, nil, nil)
}

// Unban lifts a ban from a room.
func (a API) Unban(ctx context.Context, room chat.RoomID, user chat.UserID) error {
	return a.call(ctx, http.MethodDelete, fmt.Sprintf("/rooms/%d/bans/%d", room, user), nil, nil)
}

// Members returns a room's members.
func (a API) Members(ctx context.Context, room chat.RoomID) (members []chat.UserID, err error) {
	for after := ""; ; {
		var page struct {
			Members []wire.Member
			Next    string
		}
		if err := a.call(ctx, http.MethodGet, fmt.Sprintf("/rooms/%d/members?limit=200&after=%s", room, url.QueryEscape(after)), nil, &page); err != nil {
			return nil, err
		}
		for _, m := range page.Members {
			members = append(members, m.User.ID)
		}
		if after = page.Next; after == "" {
			return members, nil
		}
	}
}

// Online returns all users who are not offline, according to REST.
func (a API) Online(ctx context.Context) (map[chat.UserID]chat.PresenceState, error) {
	there := make(map[chat.UserID]chat.PresenceState)
	for after := ""; ; {
		var page struct {
			Presence []wire.Presence
			Next     string
		}
		if err := a.call(ctx, http.MethodGet, "/users?limit=200&after="+after, nil, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Presence {
			there[p.User] = p.State
		}
		if after = page.Next; after == "" {
			return there, nil
		}
	}
}
