package wire

import (
	"time"

	"partychat/internal/chat"
)

// Member is a member of a room.
type Member struct {
	User User      `json:"user"`
	Role chat.Role `json:"role"` // within the room
}

// MemberOf returns the member as clients see it.
func MemberOf(m chat.Member) Member { return Member{User: UserOf(m.User), Role: m.Role} }

// RoleChange gives a member another role.
type RoleChange struct {
	Role chat.Role `json:"role" doc:"admin or member"`
}

// MemberAnswer is one member.
type MemberAnswer struct {
	Member Member `json:"member"`
}

// MemberAnswerOf returns the answer with a member.
func MemberAnswerOf(m chat.Member) MemberAnswer { return MemberAnswer{MemberOf(m)} }

// MemberList is a page of a room's members by username.
type MemberList struct {
	Members []Member `json:"members"`
	Next    string   `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// MemberListOf returns a page of members.
func MemberListOf(members []chat.Member, next string) MemberList {
	return MemberList{Members: listOf(members, MemberOf), Next: next}
}

// MemberPut is the event member:put.
type MemberPut struct {
	Room   chat.RoomID `json:"room"`
	Member Member      `json:"member"`
	Rev    int64       `json:"rev,omitempty"` // of the room
}

// MemberPutOf returns the event that someone has joined a room, or has another role.
func MemberPutOf(e chat.MemberPut) MemberPut {
	return MemberPut{Room: e.Room, Member: MemberOf(e.Member), Rev: e.Rev}
}

// MemberGone is the event member:gone.
type MemberGone struct {
	Room   chat.RoomID     `json:"room"`
	User   chat.UserID     `json:"user"`
	Reason chat.GoneReason `json:"reason,omitempty"`
	Rev    int64           `json:"rev,omitempty"` // of the room
}

// MemberGoneOf returns the event that someone has stopped being a member.
func MemberGoneOf(e chat.MemberGone) MemberGone {
	return MemberGone{Room: e.Room, User: e.User, Reason: reasonOf(e.Reason), Rev: e.Rev}
}

// Ban excludes a user from a room or from the whole server until it is lifted.
type Ban struct {
	User User      `json:"user"`
	By   Author    `json:"by"` // the admin who has banned the user
	At   time.Time `json:"at"`
}

func banOf(b chat.Ban) Ban { return Ban{User: UserOf(b.User), By: AuthorOf(b.By), At: b.At} }

// BanAnswer is one ban.
type BanAnswer struct {
	Ban Ban `json:"ban"`
}

// BanAnswerOf returns the answer with a ban.
func BanAnswerOf(b chat.Ban) BanAnswer { return BanAnswer{Ban: banOf(b)} }

// BanList is a page of bans, ordered by the usernames of the banned users.
type BanList struct {
	Bans []Ban  `json:"bans"`
	Next string `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// BanListOf returns a page of bans.
func BanListOf(bans []chat.Ban, next string) BanList {
	return BanList{Bans: listOf(bans, banOf), Next: next}
}
