package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	roomColumns = `r.id, r.kind, r.name, r.topic, r.created_at, r.members, r.seq, r.rev`

	sqlInsertRoom = `
INSERT INTO rooms (id, kind, name, folded_name, topic, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (folded_name) WHERE kind = 'public' DO NOTHING`

	sqlRoomByID = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.id = $1`

	sqlPublicRoomNamed = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.kind = 'public' AND r.folded_name = $1`

	sqlRoomsByID = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.id = ANY ($1)`

	sqlHeads = `SELECT id, seq, rev FROM rooms WHERE id = ANY ($1)`

	// Those who only refer to the room are not kept out.
	sqlLockRoom = `SELECT seq, rev FROM rooms WHERE id = $1 FOR NO KEY UPDATE`

	sqlChangeRoom = `
UPDATE rooms r
SET name = coalesce($2, name), folded_name = coalesce($3, folded_name), topic = coalesce($4, topic), rev = rev + 1, changed_rev = rev + 1
WHERE r.id = $1
RETURNING ` + roomColumns
)

// CreateRoom is specified by chat.RoomStore.
func (s roomStore) CreateRoom(ctx context.Context, act *chat.Act, room chat.NewRoom) (sub chat.Subscription, err error) {
	err = s.write(ctx, func(tx *tx) error {
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
		added, err := s.addMember(tx, chat.Head{Room: room.ID}, room.CreatedBy, chat.RoleAdmin, at, false)
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
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Room{}, noRoom()
	}
	return row.room(), err
}

// PublicRoomNamed is specified by chat.RoomStore.
func (s roomStore) PublicRoomNamed(ctx context.Context, foldedName string) (chat.Room, error) {
	var row roomRow
	err := s.readRow(ctx, sqlPublicRoomNamed, []any{foldedName}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Room{}, noRoom()
	}
	return row.room(), err
}

// RoomsByID is specified by chat.RoomStore.
func (s roomStore) RoomsByID(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error) {
	if len(ids) == 0 {
		return []chat.Room{}, nil
	}
	return readAll(ctx, s.core, sqlRoomsByID, []any{ids}, func(r pgx.Rows) (chat.Room, error) {
		var row roomRow
		err := r.Scan(row.dest()...)
		return row.room(), err
	})
}

// Heads is specified by chat.RoomStore.
func (s roomStore) Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error) {
	if len(rooms) == 0 {
		return []chat.Head{}, nil
	}
	return readAll(ctx, s.core, sqlHeads, []any{rooms}, func(r pgx.Rows) (head chat.Head, err error) {
		return head, r.Scan(&head.Room, &head.Seq, &head.Rev)
	})
}

// lockRoom keeps all others from the room's counters and members until the end
// of the transaction.
func lockRoom(tx *tx, id chat.RoomID) (chat.Head, error) {
	head := chat.Head{Room: id}
	err := tx.row(sqlLockRoom, []any{id}, &head.Seq, &head.Rev)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Head{}, noRoom()
	}
	return head, err
}

// ChangeRoom is specified by chat.RoomStore.
func (s roomStore) ChangeRoom(ctx context.Context, act *chat.Act, id chat.RoomID, change chat.RoomChange) (room chat.Room, changed bool, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{room: id}); err != nil {
			return err
		}
		var row roomRow
		err := tx.row(sqlLockRoomRow, []any{id}, row.dest()...)
		if errors.Is(err, pgx.ErrNoRows) {
			return noRoom()
		}
		room = row.room()
		if changed = err == nil && change.Changes(room); !changed {
			return err
		}
		err = tx.row(sqlChangeRoom, []any{id, change.Name, change.FoldedName, change.Topic}, row.dest()...)
		room = row.room()
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return noRoom()
		case isUnique(err):
			return roomNameTaken()
		case err != nil:
			return err
		case change.Name == nil || room.Kind != chat.RoomPublic:
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
	return room, changed, nil
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

func (r *roomRow) room() chat.Room {
	r.r.CreatedAt = fromMillis(r.createdAt)
	return r.r
}
