package sqlstore

import (
	"context"
	"strings"

	"partychat/internal/chat"
)

// RoomColumns are what a RoomRow receives, of rooms r.
const RoomColumns = `r.id, r.kind, r.name, r.topic, r.created_at, r.members, r.seq, r.rev, r.archived_at`

// unqualified are columns as RETURNING takes them, which in SQLite knows no alias.
func unqualified(columns string) string {
	names := strings.Split(columns, ", ")
	for i, name := range names {
		_, names[i], _ = strings.Cut(name, ".")
	}
	return strings.Join(names, ", ")
}

type roomStatements struct {
	InsertRoom, RoomByID, PublicRoomNamed, RoomsByID, Heads string
	LockHead, LockRoom, CountMembers, ChangeRoom            string
	RoomArchived                                            string
}

func (d Dialect) rooms() roomStatements {
	return roomStatements{
		InsertRoom: `
INSERT INTO rooms (id, kind, name, folded_name, topic, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (folded_name) WHERE kind = 'public' DO NOTHING`,

		RoomByID:        `SELECT ` + RoomColumns + ` FROM rooms r WHERE r.id = $1 AND r.kind <> 'deleted'`,
		PublicRoomNamed: `SELECT ` + RoomColumns + ` FROM rooms r WHERE r.kind = 'public' AND r.folded_name = $1`,
		RoomsByID:       `SELECT ` + RoomColumns + ` FROM rooms r WHERE r.kind <> 'deleted' AND ` + d.Any("r.id", "$1"),
		Heads:           `SELECT id, seq, rev FROM rooms WHERE ` + d.Any("id", "$1"),

		LockHead: `SELECT r.seq, r.rev FROM rooms r WHERE r.id = $1 AND r.kind <> 'deleted'` + d.Lock("r"),
		LockRoom: `SELECT ` + RoomColumns + ` FROM rooms r WHERE r.id = $1` + d.Lock("r"),

		CountMembers: `UPDATE rooms SET members = members + $2 WHERE id = $1`,

		ChangeRoom: `
UPDATE rooms
SET name = coalesce($2, name), folded_name = coalesce($3, folded_name), topic = coalesce($4, topic),
    archived_at = coalesce($5, archived_at), rev = rev + 1, changed_rev = rev + 1
WHERE id = $1
RETURNING ` + unqualified(RoomColumns),

		RoomArchived: `SELECT archived_at <> 0 FROM rooms WHERE id = $1`,
	}
}

// CreateRoom is specified by chat.RoomStore.
func (s roomStore) CreateRoom(ctx context.Context, act *chat.Act, room chat.NewRoom) (sub chat.Subscription, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{}); err != nil {
			return err
		}
		if err := s.createRoom(tx, room); err != nil {
			return err
		}
		added, err := s.addMember(tx, chat.Head{Room: room.ID}, room.CreatedBy, chat.RoleAdmin, room.CreatedAt, false)
		if err != nil {
			return err
		}
		if !added {
			return NoUser()
		}
		if err := s.inviteByName(tx, room); err != nil {
			return err
		}
		sub, err = s.subscription(tx, room.ID, room.CreatedBy)
		return err
	})
	if err != nil {
		return chat.Subscription{}, err
	}
	return sub, nil
}

func (s roomStore) createRoom(tx Tx, room chat.NewRoom) error {
	made, err := tx.Exec(s.sql.InsertRoom, room.ID, room.Kind, room.Name, room.FoldedName, room.Topic, Millis(room.CreatedAt))
	if err != nil {
		return err
	}
	if made == 0 {
		return roomNameTaken()
	}
	if room.Kind != chat.RoomPublic {
		return nil
	}
	return s.nameRoom(tx, room.ID, room.Name)
}

// inviteByName stores the invitation by which the name of the room leads into it.
func (s roomStore) inviteByName(tx Tx, room chat.NewRoom) error {
	if room.Named == nil {
		return nil
	}
	_, err := tx.Exec(s.sql.InsertInvitation,
		room.Named.ID, room.Named.TokenHash, room.ID, room.CreatedBy, 0, false, 0, Millis(room.CreatedAt), nil, true)
	if s.dialect.IsUnique(err) {
		return roomNameTaken()
	}
	return err
}

// nameRoom derives what is derived from the name of a public room.
func (s roomStore) nameRoom(tx Tx, id chat.RoomID, name string) error {
	free, err := s.names.Rooms.put(tx, Named{ID: int64(id), Name: name})
	if err == nil && !free {
		err = roomNameAlike()
	}
	return err
}

// RoomByID is specified by chat.RoomStore.
func (s roomStore) RoomByID(ctx context.Context, id chat.RoomID) (chat.Room, error) {
	var row RoomRow
	if err := s.one(ctx, s.sql.RoomByID, []any{id}, NoRoom, row.Dest()...); err != nil {
		return chat.Room{}, err
	}
	return row.Room(), nil
}

// PublicRoomNamed is specified by chat.RoomStore.
func (s roomStore) PublicRoomNamed(ctx context.Context, foldedName string) (chat.Room, error) {
	var row RoomRow
	if err := s.one(ctx, s.sql.PublicRoomNamed, []any{foldedName}, NoRoom, row.Dest()...); err != nil {
		return chat.Room{}, err
	}
	return row.Room(), nil
}

// RoomsByID is specified by chat.RoomStore.
func (s roomStore) RoomsByID(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error) {
	return allOf(ctx, s.Core, s.sql.RoomsByID, ids, scanRoom)
}

// Heads is specified by chat.RoomStore.
func (s roomStore) Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error) {
	return allOf(ctx, s.Core, s.sql.Heads, rooms, func(r Scanner) (head chat.Head, err error) {
		err = r.Scan((*int64)(&head.Room), &head.Seq, &head.Rev)
		return head, err
	})
}

// lockRoom keeps all others from the room's counters and members until the end of the
// transaction. Others may still refer to the room.
func (c *Core) lockRoom(tx Tx, id chat.RoomID) (chat.Head, error) {
	head := chat.Head{Room: id}
	found, err := tx.Row(c.sql.LockHead, []any{id}, &head.Seq, &head.Rev)
	if err == nil && !found {
		err = NoRoom()
	}
	if err != nil {
		return chat.Head{}, err
	}
	return head, nil
}

// ChangeRoom is specified by chat.RoomStore.
func (s roomStore) ChangeRoom(
	ctx context.Context, act *chat.Act, id chat.RoomID, change chat.RoomChange,
) (room chat.Room, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{room: id}); err != nil {
			return err
		}
		var row RoomRow
		found, err := tx.Row(s.sql.LockRoom, []any{id}, row.Dest()...)
		if err == nil && (!found || row.r.Kind == chat.RoomDeleted) {
			err = NoRoom()
		}
		room = row.Room()
		if changed = err == nil && change.Changes(room); !changed {
			return err
		}
		_, err = tx.Row(s.sql.ChangeRoom, []any{id, change.Name, change.FoldedName, change.Topic, millisOrNull(change.ArchivedAt)}, row.Dest()...)
		room = row.Room()
		switch {
		case s.dialect.IsUnique(err):
			return roomNameTaken()
		case err != nil:
			return err
		case change.Name == nil || room.Kind != chat.RoomPublic:
			return nil
		}
		return s.nameRoom(tx, id, *change.Name)
	})
	if err != nil {
		return chat.Room{}, false, err
	}
	return room, changed, nil
}

// RoomRow receives RoomColumns.
type RoomRow struct {
	r          chat.Room
	createdAt  int64
	archivedAt int64
}

// Dest is where the row goes.
func (r *RoomRow) Dest() []any {
	return []any{
		(*int64)(&r.r.ID), (*string)(&r.r.Kind), &r.r.Name, &r.r.Topic, &r.createdAt, &r.r.Members, &r.r.Seq, &r.r.Rev, &r.archivedAt,
	}
}

// Room is what the row says.
func (r *RoomRow) Room() chat.Room {
	r.r.CreatedAt, r.r.ArchivedAt = FromMillis(r.createdAt), fromMillisOrZero(r.archivedAt)
	return r.r
}

func scanRoom(r Scanner) (chat.Room, error) {
	var row RoomRow
	err := r.Scan(row.Dest()...)
	return row.Room(), err
}
