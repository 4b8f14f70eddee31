package storetest

import (
	"context"
	"slices"
	"time"

	"partychat/internal/chat"
)

// shorter is a store with shorter forms of what gives revs, for the contracts that
// leave revs aside, and of what takes or gives a message. The contracts of streams ask the Store itself.
type shorter struct{ chat.Store }

// AppendMessage takes and gives values, which are easier to change and to compare.
func (s shorter) AppendMessage(ctx context.Context, m chat.NewMessage) (chat.Message, bool, error) {
	message, created, err := s.Store.AppendMessage(ctx, &m)
	if err != nil {
		return chat.Message{}, false, err
	}
	return *message, created, nil
}

// Unsubscribe tells whether there was a membership.
func (s shorter) Unsubscribe(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (bool, error) {
	gone, err := s.Store.Unsubscribe(ctx, act, room, user)
	return gone.Removed, err
}

// RemoveMember tells whether there was a membership.
func (s shorter) RemoveMember(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (bool, error) {
	gone, err := s.Store.RemoveMember(ctx, act, room, user)
	return gone.Removed, err
}

// Ban tells whether there was a membership.
func (s shorter) Ban(ctx context.Context, act *chat.Act, ban chat.NewBan) (stored chat.Ban, created, removed bool, err error) {
	stored, created, gone, err := s.Store.Ban(ctx, act, ban)
	return stored, created, gone.Removed, err
}

// Unban tells whether there was a ban.
func (s shorter) Unban(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (bool, error) {
	lifted, _, err := s.Store.Unban(ctx, act, room, user)
	return lifted, err
}

// HideConversation tells whether it was in the list.
func (s shorter) HideConversation(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (bool, error) {
	gone, err := s.Store.HideConversation(ctx, act, room, user)
	return gone.Removed, err
}

// ChangeRoom gives the room.
func (s shorter) ChangeRoom(ctx context.Context, act *chat.Act, id chat.RoomID, change chat.RoomChange) (chat.Room, error) {
	room, _, err := s.Store.ChangeRoom(ctx, act, id, change)
	return room, err
}

// CreateInvitation gives the invitation, without its rev.
func (s shorter) CreateInvitation(ctx context.Context, act *chat.Act, i chat.NewInvitation) (chat.Invitation, error) {
	made, _, err := s.Store.CreateInvitation(ctx, act, i)
	return made, err
}

// DeleteInvitation gives only the error.
func (s shorter) DeleteInvitation(ctx context.Context, act *chat.Act, id chat.InvitationID) error {
	_, err := s.Store.DeleteInvitation(ctx, act, id)
	return err
}

// Redeem leaves out the invitation that was used.
func (s shorter) Redeem(ctx context.Context, act *chat.Act, user chat.UserID, r chat.Redemption) (chat.Subscription, bool, error) {
	sub, created, _, err := s.Store.Redeem(ctx, act, user, r)
	return sub, created, err
}

// PromoteGuest leaves out the rev.
func (s shorter) PromoteGuest(
	ctx context.Context, id chat.UserID, passwordHash string, room chat.RoomID, at time.Time,
) (chat.User, *chat.Subscription, error) {
	user, _, sub, err := s.Store.PromoteGuest(ctx, id, passwordHash, room, at)
	return user, sub, err
}

// EditMessage replaces the body of a message.
func (s shorter) EditMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, body string, at time.Time,
) (message chat.Message, changed bool, err error) {
	return s.ChangeMessage(ctx, act, room, seq, chat.MessageEdit{Body: body, At: at})
}

// React adds or removes a reaction, of at most three different emoji, and gives the
// message as the user sees it.
func (s shorter) React(
	ctx context.Context, room chat.RoomID, seq int64, by chat.User, emoji string, on bool,
) (message chat.Message, changed bool, err error) {
	change := chat.ReactionChange{By: by.Author(), Emoji: emoji, On: on, At: now, Max: 3}
	done, err := s.Store.React(ctx, room, []chat.Reacting{{Seq: seq, Change: change}})
	if err == nil {
		err = done[0].Err
	}
	if err != nil {
		return chat.Message{}, false, err
	}
	if message, err = s.Message(ctx, room, seq); err != nil {
		return chat.Message{}, false, err
	}
	own, err := s.ReactionsBy(ctx, by.ID, room, []int64{seq})
	for i := range message.Reactions {
		message.Reactions[i].Mine = slices.Contains(own[seq], message.Reactions[i].Emoji)
	}
	return message, done[0].Changed, err
}

// DeleteMessage makes a message a tombstone.
func (s shorter) DeleteMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64,
) (message chat.Message, changed bool, err error) {
	return s.ChangeMessage(ctx, act, room, seq, chat.MessageDeletion{})
}
