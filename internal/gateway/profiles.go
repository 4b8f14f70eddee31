package gateway

import (
	"context"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// profiles reads and sends the profiles of people who are watched.
type profiles struct{ *Gateway }

// of returns those of the users whose profiles were ever changed.
func (g profiles) of(ctx context.Context, users []chat.UserID) (list []wire.User, err error) {
	found, err := g.opts.Store.UsersByID(ctx, users)
	for _, user := range found {
		if user.Profile.Rev > 0 {
			list = append(list, wire.UserOf(user))
		}
	}
	return list, err
}

// tellWatchers sends a profile to the connections that watch its user.
func (g profiles) tellWatchers(e chat.ProfilePut) {
	put := wire.ProfilePutOf(e)
	for _, p := range g.watchers.watching(e.User.ID) {
		p.emit(wire.EventProfilePut, put)
	}
}

// tellAnewOf sends the profiles of users whose events may have been lost.
func (g profiles) tellAnewOf(ctx context.Context, users []chat.UserID) {
	for some := range slices.Chunk(users, watchedMax) {
		found, err := g.opts.Store.UsersByID(ctx, some)
		if err != nil {
			g.logFault("reading profiles", err)
			return // clients read them again when they connect or show somebody else
		}
		for _, user := range found {
			if user.Profile.Rev > 0 {
				g.tellWatchers(chat.ProfilePut{User: user})
			}
		}
	}
}
