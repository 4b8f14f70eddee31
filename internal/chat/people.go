package chat

import (
	"context"
	"slices"
)

// UserQuery selects a page of the list of all users.
type UserQuery struct {
	Text   string // any part of the name; "" for all
	Online bool   // only users who are online
	After  string // UserPage.Next of the previous page
	Limit  int
}

// UserPage is a page of the list of all users.
type UserPage struct {
	Users    []User
	Presence []Presence // of the users on the page who are online
	Next     string     // pass it as After to continue the list; "": this is the last page
}

// Get returns one user that the viewer may see, or CodeNotFound.
func (u *Users) Get(ctx context.Context, viewer User, id UserID) (User, error) {
	user, err := u.store.UserByID(ctx, id)
	if err != nil || mayListUsers(viewer) {
		return user, err
	}
	shares, err := u.store.SharesRoom(ctx, viewer.ID, id)
	if err == nil && !shares {
		err = errNoUser()
	}
	if err != nil {
		return User{}, err
	}
	return user, nil
}

// List returns users by username. A user matches if the username or the display name
// contains the text. Usernames that begin with the text come first, then names with a word
// that begins with it. Errors: CodeInvalid and CodeTooLarge on "text", "after" or "limit";
// CodeForbidden for guests.
func (u *Users) List(ctx context.Context, viewer User, query UserQuery) (UserPage, error) {
	if !mayListUsers(viewer) {
		return UserPage{}, Errorf(CodeForbidden, "Guests can see only the people in their rooms.")
	}
	text, err := u.rules.searchText("text", query.Text, max(u.rules.limits.UsernameMax, u.rules.limits.DisplayName))
	if err != nil {
		return UserPage{}, err
	}
	if query.Limit, err = u.rules.limits.pageSize(query.Limit, u.rules.limits.EntriesPerPage); err != nil {
		return UserPage{}, err
	}
	if query.Text = u.key(text); query.Text == "" && text != "" {
		return UserPage{}, nil // only characters that a search ignores
	}
	var page UserPage
	if query.Online {
		page, err = u.listOnline(ctx, query)
	} else {
		page, err = u.listAll(ctx, query)
	}
	if err != nil {
		return UserPage{}, err
	}
	ids := make([]UserID, len(page.Users))
	for i, user := range page.Users {
		ids[i] = user.ID
	}
	page.Presence, err = u.presence.States(ctx, ids)
	if CodeOf(err) == CodeUnavailable {
		err = nil // the list is useful even without presence
	}
	return page, err
}

func (u *Users) listAll(ctx context.Context, query UserQuery) (UserPage, error) {
	found, err := u.store.SearchUsers(ctx, UserSearch{Text: query.Text, After: query.After, Limit: query.Limit + 1})
	if err != nil {
		return UserPage{}, err
	}
	var page UserPage
	if len(found) > query.Limit {
		found = found[:query.Limit]
		page.Next = found[query.Limit-1].Cursor
	}
	for _, f := range found {
		page.Users = append(page.Users, f.User)
	}
	return page, nil
}

// listOnline lists the users who are online. After is the place of the last user of
// the previous page.
func (u *Users) listOnline(ctx context.Context, query UserQuery) (UserPage, error) {
	var after place
	if err := parseCursor(query.After, &after); err != nil {
		return UserPage{}, err
	}
	online, err := u.presence.Online(ctx)
	if err != nil {
		return UserPage{}, err
	}
	users, err := u.store.UsersByID(ctx, online)
	if err != nil {
		return UserPage{}, err
	}
	type found struct {
		user  User
		place place
	}
	var all []found
	for _, user := range users {
		match, ok := MatchUser(u.key(user.Username), u.key(user.Profile.DisplayName), query.Text)
		at := placeOf(match, int64(user.ID))
		if ok && (query.After == "" || at.compare(after) > 0) {
			all = append(all, found{user, at})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return a.place.compare(b.place) })
	var page UserPage
	if len(all) > query.Limit {
		all = all[:query.Limit]
		page.Next = formatCursor(all[query.Limit-1].place)
	}
	for _, f := range all {
		page.Users = append(page.Users, f.user)
	}
	return page, nil
}

func errNoUser() *Error { return ErrorIn("user", CodeNotFound, "There is no such user.") }
