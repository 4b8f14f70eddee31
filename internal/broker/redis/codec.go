package redis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"partychat/internal/chat"
)

// A published frame is "1 node number type payload". The number counts the frames
// that a node publishes over one connection. Nodes ignore unknown types and later
// versions of the frame, so two versions of the program can run side by side
// during a rolling upgrade. The payload is the JSON of the event, so fields may
// be added.
const frameVersion = "1"

// typeMissed is the type of frames that report lost frames.
const typeMissed = "missed"

// frame is a decoded frame.
type frame struct {
	node    string
	number  uint64
	kind    string
	payload string
}

// parseFrame is the inverse of lane.compose.
func parseFrame(text string) (f frame, ok bool) {
	version, rest, _ := strings.Cut(text, " ")
	if version != frameVersion {
		return frame{}, false
	}
	var number string
	f.node, rest, _ = strings.Cut(rest, " ")
	number, rest, _ = strings.Cut(rest, " ")
	f.kind, f.payload, _ = strings.Cut(rest, " ")
	var err error
	f.number, err = strconv.ParseUint(number, 36, 64)
	return f, err == nil && f.node != "" && f.kind != ""
}

// typeOf returns the type name of an event; "" if it is never published.
func typeOf(event chat.Event) string {
	switch event.(type) {
	case chat.MessagePut:
		return "message"
	case chat.RoomChanged:
		return "room"
	case chat.MemberPut:
		return "member"
	case chat.MemberGone:
		return "member-gone"
	case chat.SubscriptionPut:
		return "subscription"
	case chat.SubscriptionGone:
		return "subscription-gone"
	case chat.SessionEnded:
		return "session-ended"
	case chat.Barred:
		return "barred"
	case chat.UserBanned:
		return "user-banned"
	case chat.UserPut:
		return "user"
	case chat.Invited:
		return "invited"
	case chat.InvitationGone:
		return "invitation-gone"
	case chat.Typing:
		return "typing"
	case chat.PresencePut:
		return "presence"
	default:
		return ""
	}
}

// decoders decode payloads, by type.
var decoders = map[string]func(payload string) (chat.Event, error){
	"message":           decode[chat.MessagePut],
	"room":              decode[chat.RoomChanged],
	"member":            decode[chat.MemberPut],
	"member-gone":       decode[chat.MemberGone],
	"subscription":      decodeSubscription,
	"subscription-gone": decode[chat.SubscriptionGone],
	"session-ended":     decode[chat.SessionEnded],
	"barred":            decode[chat.Barred],
	"user-banned":       decode[chat.UserBanned],
	"user":              decode[chat.UserPut],
	"invited":           decode[chat.Invited],
	"invitation-gone":   decode[chat.InvitationGone],
	"typing":            decode[chat.Typing],
	"presence":          decode[chat.PresencePut],
}

// encode returns the event's type and payload, separated by a space.
func encode(event chat.Event) (string, error) {
	kind := typeOf(event)
	if kind == "" {
		return "", fmt.Errorf("events of type %T are not published", event)
	}
	var content any = event
	if put, ok := event.(chat.SubscriptionPut); ok {
		content = wholeSubscription(put)
	}
	var b bytes.Buffer
	b.WriteString(kind)
	b.WriteByte(' ')
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(content); err != nil {
		return "", err
	}
	b.Truncate(b.Len() - 1) // the encoder appends a newline
	return b.String(), nil
}

func decode[E chat.Event](payload string) (chat.Event, error) {
	var event E
	err := json.Unmarshal([]byte(payload), &event)
	return event, err
}

// subscriptionPut adds the fields of a membership that clients do not see.
type subscriptionPut struct {
	chat.SubscriptionPut
	Inner membershipInner `json:"inner"`
}

type membershipInner struct {
	Room        chat.RoomID `json:"room"`
	User        chat.UserID `json:"user"`
	RoomRev     int64       `json:"roomRev,omitempty"`
	Peer        chat.UserID `json:"peer,omitempty"`
	HiddenUntil int64       `json:"hiddenUntil,omitempty"`
	Hidden      bool        `json:"hidden,omitempty"`
}

func wholeSubscription(put chat.SubscriptionPut) subscriptionPut {
	m := put.Subscription.Membership
	return subscriptionPut{put, membershipInner{m.Room, m.User, m.RoomRev, m.Peer, m.HiddenUntil, m.Hidden}}
}

func decodeSubscription(payload string) (chat.Event, error) {
	var put subscriptionPut
	err := json.Unmarshal([]byte(payload), &put)
	m := &put.Subscription.Membership
	m.Room, m.User, m.RoomRev, m.Peer = put.Inner.Room, put.Inner.User, put.Inner.RoomRev, put.Inner.Peer
	m.HiddenUntil, m.Hidden = put.Inner.HiddenUntil, put.Inner.Hidden
	return put.SubscriptionPut, err
}
