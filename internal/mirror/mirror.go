// Package mirror is a client of the full protocol, for tests: it keeps what it is
// told, by the rules of docs/PROTOCOL.md and no others, and comes back with what it
// knows. So whatever it has wrong, the server has not told.
package mirror

import (
	"encoding/json"
	"errors"
	"fmt"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// Mirror is what one user's client knows.
type Mirror struct {
	Rev      int64 // of the user's stream
	User     wire.User
	Settings wire.Settings // zero if the user has never changed them
	List     map[chat.RoomID]wire.Subscription
	Gone     map[chat.RoomID]wire.RoomGone // what was told last of rooms that have left the list
	Rooms    map[chat.RoomID]*Room
	// Invitations are those for the user that are open.
	Invitations map[chat.InvitationID]wire.Invited
	Ended       chat.EndReason // "" while the session goes on
	Ready       wire.Ready     // as it came last

	url, token string
	client     *sioclient.Client
}

// Room is what a client knows of a room since it first saw it.
type Room struct {
	Rev      int64
	Name     string
	Topic    string
	Archived bool
	Messages map[int64]wire.Message
	Members  map[chat.UserID]Standing
}

// Standing is what has become of a member.
type Standing struct {
	Rev    int64 // of the room
	There  bool
	Role   chat.Role
	Reason chat.GoneReason // why the user is not there
}

// New makes a mirror that knows nothing.
func New(url, token string) *Mirror {
	return &Mirror{
		url: url, token: token, List: make(map[chat.RoomID]wire.Subscription),
		Gone: make(map[chat.RoomID]wire.RoomGone), Rooms: make(map[chat.RoomID]*Room),
		Invitations: make(map[chat.InvitationID]wire.Invited),
	}
}

// Connect connects, or comes back, to the server at the URL, or at the last one for "".
func (m *Mirror) Connect(url string) error {
	if url != "" {
		m.url = url
	}
	auth := map[string]any{"protocol": 2, "token": m.token}
	if m.Rev > 0 {
		known := wire.Known{User: m.User.ID, Rev: m.Rev, Rooms: make(map[chat.RoomID]int64)}
		for room := range m.List {
			known.Rooms[room] = m.Rooms[room].Rev
		}
		auth["known"] = known
	}
	client, err := sioclient.Dial(m.url, sioclient.Options{Auth: auth})
	if err != nil {
		return err
	}
	m.client = client
	raw, err := client.Await("ready")
	if err != nil {
		return err
	}
	m.Ready = wire.Ready{}
	if err := json.Unmarshal(raw, &m.Ready); err != nil {
		return err
	}
	return m.begin(m.Ready)
}

// Close cuts the connection.
func (m *Mirror) Close() {
	if m.client != nil {
		m.client.Close()
		m.client = nil
	}
}

// begin takes in what the server greets with.
func (m *Mirror) begin(ready wire.Ready) error {
	m.User, m.Rev = ready.User, max(m.Rev, ready.Rev)
	if !ready.Delta {
		m.Rev = ready.Rev
		clear(m.List)
		clear(m.Invitations) // all open ones follow
	}
	if ready.Next != "" {
		return errors.New("mirror: the list has more than a page")
	}
	m.Settings = wire.Settings{}
	if ready.Settings != nil {
		m.Settings = *ready.Settings
	}
	for _, gone := range ready.Gone {
		m.leave(gone)
	}
	for _, sub := range ready.Subscriptions {
		if err := m.put(sub); err != nil {
			return err
		}
	}
	return nil
}

// Command sends a command and returns its acknowledgement.
func (m *Mirror) Command(name string, argument any) (json.RawMessage, error) {
	return m.client.Command(name, argument)
}

// Settle takes in everything that the server has sent so far. The end of the
// connection is an error unless the session has ended.
func (m *Mirror) Settle() error {
	_, lost := m.Command("room:unwatch", wire.RoomCommand{Room: chat.MainRoom})
	for e, more := m.client.Take(); more; e, more = m.client.Take() {
		if err := m.take(e); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	if m.Ended != "" {
		return nil
	}
	return lost
}

func (m *Mirror) take(e sioclient.Event) error {
	decode := func(into any) error { return json.Unmarshal(e.Args[0], into) }
	switch e.Name {
	case "message:put":
		var put wire.MessagePut
		if err := decode(&put); err != nil {
			return err
		}
		return m.change(put.Message.Room, put.Message.Rev, func(r *Room) { r.Messages[put.Message.Seq] = put.Message })
	case "reaction:put":
		var put wire.ReactionPut
		if err := decode(&put); err != nil {
			return err
		}
		return m.react(put)
	case "room:changed":
		var changed wire.RoomChanged
		if err := decode(&changed); err != nil {
			return err
		}
		return m.change(changed.Room.ID, changed.Rev, func(r *Room) { r.describe(changed.Room) })
	case "member:put":
		var put wire.MemberPut
		if err := decode(&put); err != nil {
			return err
		}
		return m.change(put.Room, put.Rev, func(r *Room) {
			r.Members[put.Member.User.ID] = Standing{Rev: put.Rev, There: true, Role: put.Member.Role}
		})
	case "member:gone":
		var gone wire.MemberGone
		if err := decode(&gone); err != nil {
			return err
		}
		return m.change(gone.Room, gone.Rev, func(r *Room) { r.Members[gone.User] = Standing{Rev: gone.Rev, Reason: gone.Reason} })
	case "room:put":
		var put wire.RoomPut
		if err := decode(&put); err != nil || put.Rev <= m.Rev {
			return err
		}
		m.Rev = put.Rev
		return m.put(put.Subscription)
	case "room:gone":
		var gone wire.RoomGone
		if err := decode(&gone); err != nil || gone.Rev <= m.Rev {
			return err
		}
		m.Rev = gone.Rev
		m.leave(gone)
	case "user:put":
		var put wire.UserPut
		if err := decode(&put); err != nil || put.Rev <= m.Rev {
			return err
		}
		m.Rev, m.User = put.Rev, put.User
	case "settings:put":
		var put wire.SettingsPut
		if err := decode(&put); err != nil || put.Rev <= m.Rev {
			return err
		}
		m.Rev, m.Settings = put.Rev, put.Settings
	case "session:ended":
		var ended wire.SessionEnded
		if err := decode(&ended); err != nil {
			return err
		}
		m.Ended = ended.Reason
	case "invitation":
		var e wire.Invited
		if err := decode(&e); err != nil {
			return err
		}
		m.Rev, m.Invitations[e.ID] = max(m.Rev, e.Rev), e // those that follow ready are not in the order of rev
	case "invitation:gone":
		var e wire.InvitationGone
		if err := decode(&e); err != nil {
			return err
		}
		if e.Rev > m.Invitations[e.ID].Rev {
			delete(m.Invitations, e.ID)
		}
		m.Rev = max(m.Rev, e.Rev)
	}
	return nil
}

// put takes in a room of the list.
func (m *Mirror) put(sub wire.Subscription) error {
	m.List[sub.ID] = sub
	delete(m.Gone, sub.ID)
	room := m.Rooms[sub.ID]
	if room == nil {
		m.Rooms[sub.ID] = begun(sub.Room)
		return nil
	}
	if room.Rev < sub.Rev {
		return m.sync(sub.ID)
	}
	return nil
}

// begun is a room of which the newest page has just been loaded.
func begun(room wire.Room) *Room {
	return &Room{
		Rev: room.Rev, Name: room.Name, Topic: room.Topic, Archived: room.ArchivedAt != nil,
		Messages: make(map[int64]wire.Message), Members: make(map[chat.UserID]Standing),
	}
}

// describe takes in what a room has become.
func (r *Room) describe(now wire.Room) {
	r.Name, r.Topic, r.Archived = now.Name, now.Topic, now.ArchivedAt != nil
}

func (m *Mirror) leave(gone wire.RoomGone) {
	m.Gone[gone.Room] = gone
	delete(m.List, gone.Room)
	delete(m.Rooms, gone.Room)
}

// change takes in an event of a room, in the order of rev.
func (m *Mirror) change(id chat.RoomID, rev int64, apply func(*Room)) error {
	room := m.Rooms[id]
	switch {
	case room == nil || rev <= room.Rev:
		return nil
	case rev > room.Rev+1:
		return m.sync(id)
	}
	apply(room)
	room.Rev = rev
	return nil
}

// sync fills a hole. A room that the client may not read any more is told of by the
// user's stream.
func (m *Mirror) sync(id chat.RoomID) error {
	room := m.Rooms[id]
	for {
		raw, err := m.client.Command("room:sync", wire.SyncCommand{Room: id, Since: room.Rev})
		if err != nil {
			return err
		}
		var answer struct {
			wire.SyncAnswer
			Error wire.ErrorInfo
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return err
		}
		switch {
		case answer.Error.Code == chat.CodeNotFound, answer.Error.Code == chat.CodeForbidden:
			return nil
		case !answer.OK:
			return fmt.Errorf("mirror: room:sync: %+v", answer.Error)
		case answer.StartOver:
			return errors.New("mirror: room:sync: start over")
		}
		for _, message := range answer.Messages {
			room.Messages[message.Seq] = message
		}
		for _, change := range answer.Members {
			standing := Standing{Rev: change.Rev, Reason: change.Reason}
			if change.Member != nil {
				standing.There, standing.Role = true, change.Member.Role
			}
			room.Members[change.User] = standing
		}
		if answer.Room != nil {
			room.describe(*answer.Room)
		}
		room.Rev = max(room.Rev, answer.Rev)
		if !answer.More {
			return nil
		}
	}
}
