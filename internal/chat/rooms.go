package chat

import (
	"context"
)

// Rooms is the service for rooms, their members and their visibility.
type Rooms struct{ *core }

// NewRoomInput describes a room to create.
type NewRoomInput struct {
	Name  string
	Topic string
	Kind  RoomKind // RoomPublic (default) or RoomPrivate
}

// Create creates a room with its creator as admin. Errors: CodeInvalid and
// CodeTooLarge on "name", "topic" or "kind"; CodeTaken on "name"; CodeForbidden for
// guests.
func (r *Rooms) Create(ctx context.Context, by User, input NewRoomInput) (Subscription, error) {
	if err := (Access{By: by}).makesRooms(); err != nil {
		return Subscription{}, err
	}
	name, err := r.rules.roomName(input.Name)
	if err != nil {
		return Subscription{}, err
	}
	topic, err := r.rules.topic(input.Topic)
	if err != nil {
		return Subscription{}, err
	}
	kind, err := r.rules.roomKind(input.Kind)
	if err != nil {
		return Subscription{}, err
	}
	if err := r.makes.Take(by.ID); err != nil {
		return Subscription{}, err
	}
	sub, err := r.store.CreateRoom(ctx, actOf(by, Access.makesRooms), NewRoom{
		ID:         RoomID(newID()),
		Kind:       kind,
		Name:       name,
		FoldedName: r.fold(name),
		Topic:      topic,
		CreatedAt:  r.now(),
		CreatedBy:  by.ID,
	})
	if err != nil {
		r.makes.GiveBack(by.ID)
		return Subscription{}, err
	}
	r.events.publish(ctx, subscriptionPut(by.ID, sub))
	return sub, nil
}

// Change changes the room's name or topic; nil keeps it. Errors: CodeNotFound,
// CodeForbidden, and those of Create.
func (r *Rooms) Change(ctx context.Context, by User, id RoomID, name, topic *string) (Room, error) {
	room, err := r.changeable(ctx, by, id)
	if err != nil {
		return Room{}, err
	}
	var change RoomChange
	// An unchanged name or topic may be older than the rules.
	if name != nil && *name != room.Name {
		checked, err := r.rules.roomName(*name)
		if err != nil {
			return Room{}, err
		}
		folded := r.fold(checked)
		change.Name, change.FoldedName = &checked, &folded
	}
	if topic != nil && *topic != room.Topic {
		checked, err := r.rules.topic(*topic)
		if err != nil {
			return Room{}, err
		}
		change.Topic = &checked
	}
	if change == (RoomChange{}) {
		return room, nil
	}
	room, changed, err := r.store.ChangeRoom(ctx, actOf(by, Access.alters), id, change)
	if err != nil {
		return Room{}, err
	}
	if changed {
		r.events.publish(ctx, RoomChanged{Rev: room.Rev, Room: room})
	}
	return room, nil
}

// Get returns a room that the viewer may see, and the viewer's subscription if
// there is one; CodeNotFound otherwise, and CodeForbidden if the viewer is banned
// from it.
func (r *Rooms) Get(ctx context.Context, viewer User, id RoomID) (Room, *Subscription, error) {
	sub, err := r.store.Subscription(ctx, id, viewer.ID)
	if err == nil {
		return sub.Room, &sub, nil
	}
	if CodeOf(err) != CodeNotFound {
		return Room{}, nil, err
	}
	room, err := r.store.RoomByID(ctx, id)
	if err != nil && CodeOf(err) != CodeNotFound {
		return Room{}, nil, err
	}
	if err != nil || !maySee(viewer, room, nil) {
		return Room{}, nil, errNoRoom()
	}
	if err := r.notBanned(ctx, viewer, id); err != nil {
		return Room{}, nil, err
	}
	return room, nil, nil
}

func membershipOf(sub *Subscription) *Membership {
	if sub == nil {
		return nil
	}
	return &sub.Membership
}
