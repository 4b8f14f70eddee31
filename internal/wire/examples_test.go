package wire_test

import (
	"time"

	"partychat/internal/chat"
)

// The examples have a different value in every field.

func at(second int) time.Time { return time.Date(2026, 3, 1, 12, 30, second, 123e6, time.UTC) }

func pointer[T any](value T) *T { return &value }

func exampleUser() chat.User {
	return chat.User{
		ID: 4503599627370497, Username: "ada_łovelace", Kind: chat.KindMember, Role: chat.RoleAdmin, CreatedAt: at(1), Banned: true, Profile: exampleProfile(),
	}
}

func exampleProfile() chat.Profile {
	until := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) // a status that has ended is left out
	return chat.Profile{DisplayName: "Ada “Ł” <L>", Status: chat.Status{Emoji: "🌴", Text: "away & gone", Until: until}, Rev: 23}
}

func exampleAuthor() chat.Author {
	return chat.Author{ID: 7, Username: "bob", Kind: chat.KindGuest, DisplayName: "Bob Ł", ProfileRev: 24}
}

func exampleLocation() *chat.Location {
	return &chat.Location{Latitude: 52.516275, Longitude: -13.377704, Accuracy: pointer(12.5), Time: at(2)}
}

func exampleMessage() chat.Message {
	return chat.Message{
		Room: 3, Seq: 41, Rev: 57, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Author: exampleAuthor(),
		Kind: chat.MessageText, Body: "<b>\"tea\" & 'biscuits'</b>\n\u2028🎉\\",
		Notice:   &chat.Notice{Kind: chat.NoticeRemoved, User: chat.Author{ID: 8, Username: "eve", Kind: chat.KindBot}},
		Location: exampleLocation(), Mentions: []chat.Mention{{User: 9, Text: "@Ada"}}, MentionsRoom: true, CreatedAt: at(3), EditedAt: at(4), Deleted: true, Shortened: true,
		Reactions: []chat.Reaction{{Emoji: "👍🏽", Count: 12, Users: []chat.Author{exampleAuthor()}, Mine: true}},
		Pinned:    &chat.Pin{By: chat.Author{ID: 13, Username: "dan", Kind: chat.KindMember}, At: at(14)},
		ReplyTo: &chat.Quote{
			Seq: 39, Author: chat.Author{ID: 11, Username: "ann", Kind: chat.KindMember}, Kind: chat.MessageLocation,
			Body: "more <tea>?", Shortened: true, Deleted: true,
		},
		Thread: 38, InRoom: true,
		Replies: &chat.Replies{Count: 4, Seq: 45, At: at(10), Authors: []chat.Author{{ID: 12, Username: "cem", Kind: chat.KindMember}}},
	}
}

func exampleFileMessage() chat.Message {
	return chat.Message{
		Room: 3, Seq: 42, Rev: 58, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a12", Author: exampleAuthor(), Kind: chat.MessageFile, Body: "look", CreatedAt: at(3),
		Files: []chat.FileInfo{
			{ID: 51, Name: "tea & <cake>.jpg", Type: "image/jpeg", Size: 9000000000, Width: 4032, Height: 3024},
			{ID: 52, Name: "plan.pdf", Type: "application/pdf", Size: 7},
		},
	}
}

func exampleArchivedRoom() chat.Room {
	room := exampleRoom()
	room.ArchivedAt = time.Date(2026, 3, 1, 12, 30, 0, 123e6, time.UTC)
	return room
}

func exampleRoom() chat.Room {
	return chat.Room{
		ID: 3, Kind: chat.RoomPrivate, Name: "tea & cake", Topic: "which <tea>?", CreatedAt: at(5), Members: 12, Seq: 41, Rev: 57,
	}
}

func exampleSubscription() chat.Subscription {
	return chat.Subscription{
		Room: exampleRoom(),
		Membership: chat.Membership{
			Room: 101, User: 102, Role: chat.RoleAdmin, ReadSeq: 40, JoinedAt: at(6), Rev: 13, RoomRev: 103, Peer: 104, HiddenUntil: 105, Hidden: true, Marked: 12, Level: chat.LevelMuted,
		},
		Unread: 9, Mentions: []int64{41, 43}, Last: pointer(exampleMessage()), Peer: pointer(exampleUser()),
	}
}

func exampleSettings() chat.Settings {
	return chat.Settings{Level: chat.LevelEverything, Quiet: &chat.QuietHours{From: 1320, To: 420, Zone: "Europe/Paris"}, Rev: 19}
}

func exampleMember() chat.Member { return chat.Member{User: exampleUser(), Role: chat.RoleMember} }

func exampleJoinRoom() *chat.JoinRoom {
	return &chat.JoinRoom{ID: 3, Kind: chat.RoomPublic, Name: "tea", Topic: "cake", Members: 12}
}

func exampleInvitation() chat.Invitation {
	return chat.Invitation{
		ID: 31, Room: 3, By: exampleAuthor(), ForUser: 9, Guests: true, Uses: 2, MaxUses: 5,
		CreatedAt: at(7), ExpiresAt: pointer(at(8)), Rev: 106,
	}
}

func exampleBan() chat.Ban { return chat.Ban{User: exampleUser(), By: exampleAuthor(), At: at(9)} }

func examplePresence() chat.Presence { return chat.Presence{User: 7, State: chat.PresenceAway} }

func exampleChanges() chat.Changes {
	return chat.Changes{
		Messages: []chat.Message{exampleMessage()}, Room: pointer(exampleRoom()),
		Members: []chat.MemberChange{
			{Rev: 55, User: 9, Member: pointer(exampleMember())}, {Rev: 56, User: 10, Reason: chat.GoneBanned},
		},
		Rev: 57, More: true, StartOver: true,
	}
}

func exampleError() error {
	return &chat.Error{Code: chat.CodeRateLimited, Message: "Please wait.", Field: "body", RetryAfter: 1500 * time.Millisecond}
}

func exampleInvited() chat.Invited {
	return chat.Invited{
		User: 9, Rev: 14, ID: 31, Token: "secret-token", By: exampleAuthor(), Room: exampleJoinRoom(), ExpiresAt: pointer(at(10)),
	}
}

func exampleSession() chat.Session {
	return chat.Session{
		ID: "hash", User: 9, Data: []byte("x"), CreatedAt: at(11), ExpiresAt: at(12), SeenAt: at(13), Device: "Firefox on Linux",
	}
}

func exampleLimits() chat.Limits {
	return chat.Limits{UsernameMin: 2, UsernameMax: 32, PasswordMin: 8, PasswordMax: 256, RoomName: 64, Topic: 257, Message: 8000, Files: 11, FileSize: 1 << 33}
}

func exampleUserChanges() chat.UserChanges {
	return chat.UserChanges{
		Rev: 20, More: true, StartOver: true,
		Events: []chat.Event{
			chat.SubscriptionPut{User: 9, Rev: 13, Subscription: exampleSubscription()},
			chat.SubscriptionGone{User: 9, Rev: 15, Room: 4, Reason: chat.GoneRemoved},
			exampleInvited(),
			chat.InvitationGone{User: 9, Rev: 16, ID: 32},
			chat.ThreadPut{User: 9, Rev: 22, Room: 3, Root: 38, Follows: true, ReadSeq: 40},
			chat.BookmarkPut{User: 9, Rev: 19, Room: 3, Seq: 41, On: true},
			chat.UserPut{User: exampleUser(), Rev: 17},
			chat.SettingsPut{User: 9, Rev: 19, Settings: exampleSettings()},
			chat.SessionEnded{User: 9, Rev: 18, Session: "hash", Reason: chat.EndRevoked},
		},
	}
}
