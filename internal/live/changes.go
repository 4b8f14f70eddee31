package live

import (
	"cmp"
	"context"
	"slices"

	"partychat/internal/chat"
)

// roomChanges reads what has changed in a room since a rev.
func (s *Streams) roomChanges(ctx context.Context, room chat.RoomID, since int64) (changes, error) {
	got, err := s.opts.Store.ChangesSince(ctx, room, since, maxWaiting, s.opts.PageBytes)
	if err != nil {
		return changes{}, err
	}
	return changes{events: EventsOf(room, got), rev: got.Rev, more: got.More, startOver: got.StartOver}, nil
}

// EventsOf returns a room's changes as events, in the order of rev.
func EventsOf(room chat.RoomID, c chat.Changes) []chat.Revised {
	events := make([]chat.Revised, 0, len(c.Messages)+len(c.Members)+1)
	for i := range c.Messages {
		events = append(events, chat.MessagePut{Message: &c.Messages[i]})
	}
	for _, m := range c.Members {
		if m.Member != nil {
			events = append(events, chat.MemberPut{Rev: m.Rev, Room: room, Member: *m.Member})
		} else {
			events = append(events, chat.MemberGone{Rev: m.Rev, Room: room, User: m.User, Reason: m.Reason})
		}
	}
	switch {
	case c.Room == nil:
	case c.Room.Kind == chat.RoomDeleted:
		events = append(events, chat.RoomGone{Rev: c.RoomRev, Room: room})
	default:
		events = append(events, chat.RoomChanged{Rev: c.RoomRev, Room: *c.Room})
	}
	slices.SortStableFunc(events, func(a, b chat.Revised) int { return cmp.Compare(a.Revision(), b.Revision()) })
	return events
}

// userChanges reads what has changed on a user's stream since a rev.
func (s *Streams) userChanges(ctx context.Context, user chat.UserID, since int64) (changes, error) {
	got, err := s.opts.Store.UserChanges(ctx, user, since, maxWaiting, s.opts.PageBytes)
	if err != nil {
		return changes{}, err
	}
	events := make([]chat.Revised, 0, len(got.Events))
	for _, event := range got.Events {
		if e, ok := event.(chat.Revised); ok {
			events = append(events, e)
		}
	}
	return changes{events: events, rev: got.Rev, more: got.More, startOver: got.StartOver}, nil
}
