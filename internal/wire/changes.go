package wire

import "partychat/internal/chat"

// Changes are the changes of a room since some rev: the present state of every
// changed message, of the room and of its members. It includes every change up to
// Rev, except those of things that have changed again after it.
type Changes struct {
	Messages []Message      `json:"messages"`          // in the order of rev
	Room     *Room          `json:"room,omitempty"`    // if its name or topic has changed
	Members  []MemberChange `json:"members,omitempty"` // in the order of rev
	Rev      int64          `json:"rev"`               // the rev reached once all changes are applied
	More     bool           `json:"more"`              // there are more changes; ask again from Rev
	// StartOver: too much has changed. Clear the timeline and load the newest page;
	// Messages is empty.
	StartOver bool `json:"startOver"`
}

// MemberChange is the latest change of one user's membership in a room.
type MemberChange struct {
	Rev    int64           `json:"rev"` // of the room's stream
	User   chat.UserID     `json:"user"`
	Member *Member         `json:"member,omitempty"` // nil: not a member any more
	Reason chat.GoneReason `json:"reason,omitempty"` // why the user isn't a member any more
}

func memberChangeOf(c chat.MemberChange) MemberChange {
	return MemberChange{Rev: c.Rev, User: c.User, Member: optional(c.Member, MemberOf), Reason: c.Reason}
}

// SyncCommand is the argument of room:sync.
type SyncCommand struct {
	Room  chat.RoomID `json:"room"`
	Since int64       `json:"since"` // a rev
}

// SyncAnswer acknowledges room:sync.
type SyncAnswer struct {
	OK bool `json:"ok"`
	Changes
}

// SyncAnswerOf returns the answer with these changes.
func SyncAnswerOf(c chat.Changes) SyncAnswer {
	return SyncAnswer{OK: true, Changes: Changes{
		Messages: messagesOf(c.Messages), Room: optional(c.Room, RoomOf), Members: listOf(c.Members, memberChangeOf),
		Rev: c.Rev, More: c.More, StartOver: c.StartOver,
	}}
}

// UserSyncCommand is the argument of user:sync.
type UserSyncCommand struct {
	Since int64 `json:"since"` // a rev of the user's stream
}

// UserSyncAnswer acknowledges user:sync with the present state of everything on the
// user's stream that has changed since.
type UserSyncAnswer struct {
	OK              bool             `json:"ok"`
	Rev             int64            `json:"rev"`       // the client knows its stream up to here
	More            bool             `json:"more"`      // ask again from Rev
	StartOver       bool             `json:"startOver"` // too much has changed: reconnect without known
	User            *UserPut         `json:"user,omitempty"`
	Settings        *SettingsPut     `json:"settings,omitempty"`
	Subscriptions   []RoomPut        `json:"subscriptions"`
	Gone            []RoomGone       `json:"gone"`
	Invitations     []Invited        `json:"invitations"`
	InvitationsGone []InvitationGone `json:"invitationsGone"`
	Bookmarks       []BookmarkPut    `json:"bookmarks,omitempty"`
	Threads         []ThreadPut      `json:"threads,omitempty"`
}

// UserSyncAnswerOf returns the answer with these changes. It leaves out the events
// that end connections, because the client has one.
func UserSyncAnswerOf(c chat.UserChanges) UserSyncAnswer {
	a := UserSyncAnswer{
		OK: true, Rev: c.Rev, More: c.More, StartOver: c.StartOver,
		Subscriptions: []RoomPut{}, Gone: []RoomGone{}, Invitations: []Invited{}, InvitationsGone: []InvitationGone{},
	}
	for _, event := range c.Events {
		switch e := event.(type) {
		case chat.SubscriptionPut:
			a.Subscriptions = append(a.Subscriptions, RoomPutOf(e))
		case chat.SubscriptionGone:
			a.Gone = append(a.Gone, RoomGoneOf(e))
		case chat.Invited:
			a.Invitations = append(a.Invitations, InvitedOf(e))
		case chat.InvitationGone:
			a.InvitationsGone = append(a.InvitationsGone, InvitationGoneOf(e))
		case chat.ThreadPut:
			a.Threads = append(a.Threads, ThreadPutOf(e))
		case chat.BookmarkPut:
			a.Bookmarks = append(a.Bookmarks, BookmarkPutOf(e))
		case chat.UserPut:
			put := UserPutOf(e)
			a.User = &put
		case chat.SettingsPut:
			put := SettingsPutOf(e)
			a.Settings = &put
		}
	}
	return a
}
