package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"partychat/internal/chat"
)

const (
	roomColumns = `r.id, r.kind, r.name, r.topic, r.created_at, r.members, r.seq, r.rev`

	sqlInsertRoom = `
INSERT INTO rooms (id, kind, name, folded_name, topic, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (folded_name) WHERE kind = 'public' DO NOTHING`

	sqlRoomByID = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.id = ?1`

	sqlPublicRoomNamed = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.kind = 'public' AND r.folded_name = ?1`

	sqlRoomsByID = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.id IN (SELECT value FROM json_each(?1))`

	sqlHeads = `SELECT id, seq, rev FROM rooms WHERE id IN (SELECT value FROM json_each(?1))`

	sqlChangeRoom = `
UPDATE rooms
SET name = ifnull(?2, name), folded_name = ifnull(?3, folded_name), topic = ifnull(?4, topic), rev = rev + 1, changed_rev = rev + 1
WHERE id = ?1
RETURNING id, kind, name, topic, created_at, members, seq, rev` // roomColumns; RETURNING knows no alias
)

// CreateRoom is specified by chat.RoomStore.
func (s roomStore) CreateRoom(ctx context.Context, act *chat.Act, room chat.NewRoom) (chat.Subscription, error) {
	var sub chat.Subscription
	err := s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{}); err != nil {
			return err
		}
		at := millis(room.CreatedAt)
		made, err := tx.exec(sqlInsertRoom, room.ID, room.Kind, room.Name, room.FoldedName, room.Topic, at)
		if err != nil {
			return err
		}
		if made == 0 {
			return roomNameTaken()
		}
		if room.Kind == chat.RoomPublic {
			free, err := namedRooms.put(tx, int64(room.ID), room.Name)
			if err != nil {
				return err
			}
			if !free {
				return roomNameAlike()
			}
		}
		added, err := s.addMember(tx, room.ID, room.CreatedBy, chat.RoleAdmin, room.CreatedAt, false)
		if err != nil {
			return err
		}
		if !added {
			return noUser()
		}
		sub, err = subscription(tx, room.ID, room.CreatedBy)
		return err
	})
	if err != nil {
		return chat.Subscription{}, err
	}
	return sub, nil
}

// RoomByID is specified by chat.RoomStore.
func (s roomStore) RoomByID(ctx context.Context, id chat.RoomID) (chat.Room, error) {
	var row roomRow
	err := s.readRow(ctx, sqlRoomByID, []any{id}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Room{}, noRoom()
	}
	return row.room(), err
}

// PublicRoomNamed is specified by chat.RoomStore.
func (s roomStore) PublicRoomNamed(ctx context.Context, foldedName string) (chat.Room, error) {
	var row roomRow
	err := s.readRow(ctx, sqlPublicRoomNamed, []any{foldedName}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Room{}, noRoom()
	}
	return row.room(), err
}

// RoomsByID is specified by chat.RoomStore.
func (s roomStore) RoomsByID(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rooms := make([]chat.Room, 0, len(ids))
	err = s.readEach(ctx, sqlRoomsByID, []any{string(list)}, func(r scanner) error {
		var row roomRow
		err := r.Scan(row.dest()...)
		rooms = append(rooms, row.room())
		return err
	})
	return rooms, err
}

// Heads is specified by chat.RoomStore.
func (s roomStore) Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error) {
	list, err := json.Marshal(rooms)
	if err != nil {
		return nil, err
	}
	heads := make([]chat.Head, 0, len(rooms))
	err = s.readEach(ctx, sqlHeads, []any{string(list)}, func(r scanner) error {
		var head chat.Head
		err := r.Scan(&head.Room, &head.Seq, &head.Rev)
		heads = append(heads, head)
		return err
	})
	return heads, err
}

// ChangeRoom is specified by chat.RoomStore.
func (s roomStore) ChangeRoom(
	ctx context.Context, act *chat.Act, id chat.RoomID, change chat.RoomChange,
) (room chat.Room, changed bool, err error) {
	var row roomRow
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{room: id}); err != nil {
			return err
		}
		err := tx.row(sqlRoomByID, []any{id}, row.dest()...)
		if errors.Is(err, sql.ErrNoRows) {
			return noRoom()
		}
		if changed = err == nil && change.Changes(row.r); !changed {
			return err
		}
		err = tx.row(sqlChangeRoom, []any{id, change.Name, change.FoldedName, change.Topic}, row.dest()...)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noRoom()
		case isUnique(err):
			return roomNameTaken()
		case err != nil:
			return err
		case change.Name == nil || row.r.Kind != chat.RoomPublic:
			return nil
		}
		free, err := namedRooms.put(tx, int64(id), *change.Name)
		if err == nil && !free {
			err = roomNameAlike()
		}
		return err
	})
	if err != nil {
		return chat.Room{}, false, err
	}
	return row.room(), changed, nil
}

func roomNameTaken() error {
	return chat.ErrorIn("name", chat.CodeTaken, "A room with this name already exists. Try another one.")
}

func roomNameAlike() error {
	return chat.ErrorIn("name", chat.CodeTaken, "A room with a name that looks the same already exists. Try another one.")
}

// roomRow receives roomColumns.
type roomRow struct {
	r         chat.Room
	createdAt int64
}

func (r *roomRow) dest() []any {
	return []any{
		&r.r.ID, &r.r.Kind, &r.r.Name, &r.r.Topic, &r.createdAt, &r.r.Members, &r.r.Seq, &r.r.Rev,
	}
}

func (r *roomRow) there() bool { return r.r.ID != 0 }

func (r *roomRow) room() chat.Room {
	r.r.CreatedAt = fromMillis(r.createdAt)
	return r.r
}
