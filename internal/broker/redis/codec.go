package redis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
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

// typeNames and typesByName are chat.EventTypes, by type and by name.
var typeNames, typesByName = indexTypes()

func indexTypes() (names map[reflect.Type]string, types map[string]reflect.Type) {
	names, types = make(map[reflect.Type]string), make(map[string]reflect.Type)
	for _, e := range chat.EventTypes {
		names[e.Type], types[e.Name] = e.Name, e.Type
	}
	return names, types
}

// encode returns the event's type and payload, separated by a space.
func encode(event chat.Event) (string, error) {
	kind, ok := typeNames[reflect.TypeOf(event)]
	if !ok {
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

// errUnknownType is returned by decode for types of a newer version.
var errUnknownType = errors.New("unknown type of event")

// decode is the inverse of encode.
func decode(kind, payload string) (chat.Event, error) {
	t, ok := typesByName[kind]
	switch {
	case !ok:
		return nil, errUnknownType
	case t == reflect.TypeFor[chat.SubscriptionPut]():
		return decodeSubscription(payload)
	}
	value := reflect.New(t)
	err := json.Unmarshal([]byte(payload), value.Interface())
	event, _ := value.Elem().Interface().(chat.Event) // all of chat.EventTypes are events
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
