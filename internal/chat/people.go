package chat

import (
	"context"
	"slices"
)

// UserQuery is what a user asks of the list of all users.
type UserQuery struct {
	Text   string // any part of the name; "" for all
	Online bool   // only those who are there
	After  string // next of the page before
	Limit  int
}

// UserPage is part of the list of all users.
type UserPage struct {
	Users    []User
	Presence []Presence // of those among them who are there
	Next     string     // given as After it continues the list; "" says that it is over
}

// Get gives one user that the viewer may see; CodeNotFound if there is none.
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

// List gives users by username: those whose name has the text in it, names that
// begin with it first, then those of which a word does. Errors: CodeInvalid and CodeTooLarge
// on "text", "after" or "limit"; CodeForbidden for guests.
func (u *Users) List(ctx context.Context, viewer User, query UserQuery) (UserPage, error) {
	if !mayListUsers(viewer) {
		return UserPage{}, Errorf(CodeForbidden, "Guests can see only the people in their rooms.")
	}
	text, err := u.rules.searchText("text", query.Text, u.rules.limits.UsernameMax)
	if err != nil {
		return UserPage{}, err
	}
	if query.Limit, err = u.rules.limits.pageSize(query.Limit, u.rules.limits.EntriesPerPage); err != nil {
		return UserPage{}, err
	}
	if query.Text = u.key(text); query.Text == "" && text != "" {
		return UserPage{}, nil // signs that do not count
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
		err = nil // the list is worth having without those who may be there
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

// listOnline goes through those who are there; After is the place of the last
// one given.
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
		match, ok := MatchName(u.key(user.Username), query.Text)
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
