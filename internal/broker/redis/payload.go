package redis

import (
	"encoding/json"
	"time"

	"partychat/internal/chat"
)

// coder converts the events of one type to what is encoded as their payload, and back.
type coder struct {
	payload func(chat.Event) any
	event   func(payload string) (chat.Event, error)
}

func coderOf[E chat.Event, P any](payload func(E) P, event func(P) E) coder {
	return coder{
		payload: func(e chat.Event) any {
			typed, _ := e.(E) // by its entry in coders
			return payload(typed)
		},
		event: func(text string) (chat.Event, error) {
			var p P
			err := json.Unmarshal([]byte(text), &p)
			return event(p), err
		},
	}
}

// coders has an entry for each of chat.EventTypes, by name. Older versions read and
// write these payloads, too: fields may be added, but not renamed or removed.
var coders = map[string]coder{
	"message": coderOf(
		func(e chat.MessagePut) messagePut { return messagePut{messageOf(e.Message)} },
		func(p messagePut) chat.MessagePut { return chat.MessagePut{Message: p.Message.message()} }),
	"reactions": coderOf(reactionsPutOf, reactionsPut.event),
	"room": coderOf(
		func(e chat.RoomChanged) roomChanged { return roomChanged{e.Rev, room(e.Room)} },
		func(p roomChanged) chat.RoomChanged { return chat.RoomChanged{Rev: p.Rev, Room: chat.Room(p.Room)} }),
	"room-gone": coderOf(
		func(e chat.RoomGone) roomGone { return roomGone(e) },
		func(p roomGone) chat.RoomGone { return chat.RoomGone(p) }),
	"member": coderOf(memberPutOf, memberPut.event),
	"member-gone": coderOf(
		func(e chat.MemberGone) memberGone { return memberGone(e) },
		func(p memberGone) chat.MemberGone { return chat.MemberGone(p) }),
	"subscription": coderOf(subscriptionPutOf, subscriptionPut.event),
	"subscription-gone": coderOf(
		func(e chat.SubscriptionGone) subscriptionGone { return subscriptionGone(e) },
		func(p subscriptionGone) chat.SubscriptionGone { return chat.SubscriptionGone(p) }),
	"invited": coderOf(invitedOf, invited.event),
	"invitation-gone": coderOf(
		func(e chat.InvitationGone) invitationGone { return invitationGone(e) },
		func(p invitationGone) chat.InvitationGone { return chat.InvitationGone(p) }),
	"thread": coderOf(
		func(e chat.ThreadPut) threadPut { return threadPut(e) },
		func(p threadPut) chat.ThreadPut { return chat.ThreadPut(p) }),
	"bookmark": coderOf(
		func(e chat.BookmarkPut) bookmarkPut { return bookmarkPut(e) },
		func(p bookmarkPut) chat.BookmarkPut { return chat.BookmarkPut(p) }),
	"user": coderOf(
		func(e chat.UserPut) userPut { return userPut{recordOf(e.User), e.Rev} },
		func(p userPut) chat.UserPut { return chat.UserPut{User: p.User.user(), Rev: p.Rev} }),
	"settings": coderOf(
		func(e chat.SettingsPut) settingsPut { return settingsPut{e.User, e.Rev, settingsOf(e.Settings)} },
		func(p settingsPut) chat.SettingsPut {
			return chat.SettingsPut{User: p.User, Rev: p.Rev, Settings: p.Settings.settings()}
		}),
	"user-banned": coderOf(
		func(e chat.UserBanned) userBanned { return userBanned(e) },
		func(p userBanned) chat.UserBanned { return chat.UserBanned(p) }),
	"session-ended": coderOf(
		func(e chat.SessionEnded) sessionEnded { return sessionEnded(e) },
		func(p sessionEnded) chat.SessionEnded { return chat.SessionEnded(p) }),
	"typing": coderOf(
		func(e chat.Typing) typing { return typing{e.Room, author(e.User), e.For} },
		func(p typing) chat.Typing { return chat.Typing{Room: p.Room, User: chat.Author(p.User), For: p.For} }),
	"presence": coderOf(
		func(e chat.PresencePut) presencePut { return presencePut{presence(e.Presence)} },
		func(p presencePut) chat.PresencePut { return chat.PresencePut{Presence: chat.Presence(p.Presence)} }),
	"profile": coderOf(
		func(e chat.ProfilePut) profilePut { return profilePut{recordOf(e.User)} },
		func(p profilePut) chat.ProfilePut { return chat.ProfilePut{User: p.User.user()} }),
	"seats": coderOf(
		func(e chat.SeatsChanged) seatsChanged { return seatsChanged(e) },
		func(p seatsChanged) chat.SeatsChanged { return chat.SeatsChanged(p) }),
	"room-offered": coderOf(
		func(e chat.RoomOffered) roomOffered {
			return roomOffered{e.User, author(e.By), e.Username, e.Room, e.URL}
		},
		func(p roomOffered) chat.RoomOffered {
			return chat.RoomOffered{User: p.User, By: chat.Author(p.By), Username: p.Username, Room: p.Room, URL: p.URL}
		}),
	"object-sent": coderOf(
		func(e chat.ObjectSent) objectSent { return objectSent(e) },
		func(p objectSent) chat.ObjectSent { return chat.ObjectSent(p) }),
}

// retired has the types that only older versions publish.
var retired = map[string]func(payload string) (chat.Event, error){
	// In the first release, someone who is not a member was banned from a room. The
	// ban is on the room's stream, so the room is compared with the store.
	"barred": func(text string) (chat.Event, error) {
		var p struct {
			Room chat.RoomID `json:"room"`
		}
		err := json.Unmarshal([]byte(text), &p)
		return chat.Missed{Of: chat.Topic{Room: p.Room}}, err
	},
}

type messagePut struct {
	Message message `json:"message"`
}

type roomChanged struct {
	Rev  int64 `json:"rev"`
	Room room  `json:"room"`
}

type roomGone struct {
	Rev  int64       `json:"rev"`
	Room chat.RoomID `json:"room"`
}

type memberPut struct {
	Rev    int64       `json:"rev"`
	Room   chat.RoomID `json:"room"`
	Member member      `json:"member"`
}

func memberPutOf(e chat.MemberPut) memberPut {
	return memberPut{Rev: e.Rev, Room: e.Room, Member: member{User: recordOf(e.Member.User), Role: e.Member.Role}}
}

func (p memberPut) event() chat.MemberPut {
	return chat.MemberPut{Rev: p.Rev, Room: p.Room, Member: chat.Member{User: p.Member.User.user(), Role: p.Member.Role}}
}

type memberGone struct {
	Rev    int64           `json:"rev"`
	Room   chat.RoomID     `json:"room"`
	User   chat.UserID     `json:"user"`
	Reason chat.GoneReason `json:"reason,omitempty"`
}

type subscriptionPut struct {
	User         chat.UserID     `json:"user"`
	Rev          int64           `json:"rev"`
	Subscription subscription    `json:"subscription"`
	Inner        membershipInner `json:"inner"`
}

func subscriptionPutOf(e chat.SubscriptionPut) subscriptionPut {
	sub, inner := subscriptionOf(e.Subscription)
	return subscriptionPut{User: e.User, Rev: e.Rev, Subscription: sub, Inner: inner}
}

func (p subscriptionPut) event() chat.SubscriptionPut {
	return chat.SubscriptionPut{User: p.User, Rev: p.Rev, Subscription: p.Subscription.subscription(p.Inner)}
}

type subscriptionGone struct {
	User   chat.UserID     `json:"user"`
	Rev    int64           `json:"rev"`
	Room   chat.RoomID     `json:"room"`
	Reason chat.GoneReason `json:"reason,omitempty"`
}

type invited struct {
	User      chat.UserID       `json:"user"`
	Rev       int64             `json:"rev"`
	ID        chat.InvitationID `json:"id,omitempty"`
	Token     string            `json:"token"`
	By        author            `json:"by"`
	Room      *joinRoom         `json:"room,omitempty"`
	ExpiresAt *time.Time        `json:"expiresAt,omitempty"`
}

func invitedOf(e chat.Invited) invited {
	return invited{
		User: e.User, Rev: e.Rev, ID: e.ID, Token: e.Token, By: author(e.By), Room: (*joinRoom)(e.Room), ExpiresAt: e.ExpiresAt,
	}
}

func (p invited) event() chat.Invited {
	return chat.Invited{
		User: p.User, Rev: p.Rev, ID: p.ID, Token: p.Token, By: chat.Author(p.By), Room: (*chat.JoinRoom)(p.Room), ExpiresAt: p.ExpiresAt,
	}
}

type invitationGone struct {
	User chat.UserID       `json:"user"`
	Rev  int64             `json:"rev"`
	ID   chat.InvitationID `json:"id"`
}

type threadPut struct {
	User    chat.UserID `json:"user"`
	Rev     int64       `json:"rev"`
	Room    chat.RoomID `json:"room"`
	Root    int64       `json:"root"`
	Follows bool        `json:"follows,omitempty"`
	ReadSeq int64       `json:"readSeq,omitempty"`
}

type bookmarkPut struct {
	User chat.UserID `json:"user"`
	Rev  int64       `json:"rev"`
	Room chat.RoomID `json:"room"`
	Seq  int64       `json:"seq"`
	On   bool        `json:"on,omitempty"`
}

type userPut struct {
	User user  `json:"user"`
	Rev  int64 `json:"rev"`
}

type userBanned struct {
	User chat.UserID `json:"user"`
	Rev  int64       `json:"rev"`
}

type sessionEnded struct {
	User    chat.UserID    `json:"user"`
	Rev     int64          `json:"rev"`
	Session string         `json:"session"`
	Reason  chat.EndReason `json:"reason"`
}

type typing struct {
	Room chat.RoomID   `json:"room"`
	User author        `json:"user"`
	For  time.Duration `json:"for"`
}

type presencePut struct {
	Presence presence `json:"presence"`
}

type profilePut struct {
	User user `json:"user"`
}

type seatsChanged struct {
	Room chat.RoomID `json:"room"`
	By   string      `json:"by"`
}

type roomOffered struct {
	User     chat.UserID `json:"user"`
	By       author      `json:"by"`
	Username string      `json:"username"`
	Room     string      `json:"room"`
	URL      string      `json:"url"`
}

type objectSent struct {
	Room     chat.RoomID `json:"room"`
	ClientID string      `json:"clientId"`
	Object   string      `json:"object"`
	Keep     []string    `json:"keep,omitempty"`
	By       string      `json:"by"`
}
