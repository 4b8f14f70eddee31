package wire_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// Pages are limited in bytes of JSON, which the domain computes without it.
func TestTheSizesOfTheDomainAreUpperBoundsOfTheJSON(t *testing.T) {
	const most = math.MaxInt64
	at := time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	accuracy := -1.2345678901234567e-300
	user := chat.User{ID: most, Username: strings.Repeat("𐐷", 32), Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: at, Banned: true}
	author := chat.Author{ID: most, Username: user.Username, Kind: chat.KindMember}
	for name, body := range map[string]string{
		"plain": strings.Repeat("a", 5000), "empty": "", "controls": strings.Repeat("\x01\x1f\b\f", 2000), "lines": strings.Repeat("\n\t\r", 2000),
		"quotes": strings.Repeat(`"\`, 2000), "separators": strings.Repeat("\u2028\u2029", 2000), "markup": strings.Repeat("<&>", 2000),
		"broken": strings.Repeat("\xff", 2000), "faces": strings.Repeat("👩\u200d👧", 2000), "deletes": strings.Repeat("\x7f", 2000),
	} {
		m := chat.Message{
			Room: most, Seq: most, Rev: most, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Author: author, Kind: chat.MessageLocation, Body: body,
			CreatedAt: at, EditedAt: at, Deleted: true, Shortened: true,
			Reactions: []chat.Reaction{{Emoji: strings.Repeat("👍", 20), Count: most, Users: []chat.Author{author, author}, Mine: true}},
			Location:  &chat.Location{Latitude: accuracy, Longitude: accuracy, Accuracy: &accuracy, Time: at},
			ReplyTo:   &chat.Quote{Seq: most, Author: author, Kind: chat.MessageLocation, Body: body, Shortened: true, Deleted: true},
			Thread:    most, InRoom: true, Replies: &chat.Replies{Count: most, Seq: most, At: at, Authors: []chat.Author{author, author, author}},
		}
		if got, bound := len(encode(t, wire.MessageOf(&m))), m.Size(); got > bound {
			t.Errorf("%s: a message is %d bytes long, want at most %d", name, got, bound)
		}
		m.Location, m.Kind = nil, chat.MessageFile
		for range 3 {
			m.Files = append(m.Files, chat.FileInfo{ID: most, Name: body, Type: strings.Repeat("t", 80), Size: most, Width: most, Height: most})
		}
		if got, bound := len(encode(t, wire.MessageOf(&m))), m.Size(); got > bound {
			t.Errorf("%s: a message with files is %d bytes long, want at most %d", name, got, bound)
		}
		m.Files, m.Kind, m.Notice = nil, chat.MessageNotice, &chat.Notice{Kind: chat.NoticeRemoved, User: author}
		room := chat.Room{ID: most, Kind: chat.RoomPrivate, Name: body, Topic: body, CreatedAt: at, Members: most, Seq: most, Rev: most, ArchivedAt: at}
		if got, bound := len(encode(t, wire.RoomOf(room))), room.Size(); got > bound {
			t.Errorf("%s: a room is %d bytes long, want at most %d", name, got, bound)
		}
		sub := chat.Subscription{
			Room: room, Membership: chat.Membership{Role: chat.RoleMember, ReadSeq: most, JoinedAt: at, Rev: most}, Unread: most, Last: &m, Peer: &user,
		}
		if got, bound := len(encode(t, wire.SubscriptionOf(sub))), sub.Size(); got > bound {
			t.Errorf("%s: a subscription is %d bytes long, want at most %d", name, got, bound)
		}
	}
}
