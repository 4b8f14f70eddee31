package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"partychat/internal/chat"
)

type roomAdminStatements struct {
	CloseRoom, EmptyRoom, MembersOf            string
	GiveRole, HasOtherAdmin, Heir, DeletedRoom string
	FirstMessages, FilesUpTo, IndexedWhole     string
	RemoveFrom, RemoveMessages                 []string
}

func roomAdmin(d Dialect) roomAdminStatements {
	s := roomAdminStatements{
		CloseRoom: `UPDATE rooms SET kind = 'deleted' WHERE id = $1`,
		EmptyRoom: `
UPDATE rooms SET name = '', folded_name = '', topic = '', archived_at = 0, members = 0, rev = rev + 1, changed_rev = rev + 1
WHERE id = $1 RETURNING rev`,
		MembersOf: `SELECT "user" FROM memberships WHERE room = $1 ORDER BY "user"`,

		GiveRole:      `UPDATE memberships SET role = $3 WHERE room = $1 AND "user" = $2 AND role <> $3`,
		HasOtherAdmin: `SELECT EXISTS (SELECT 1 FROM memberships WHERE room = $1 AND "user" <> $2 AND role = 'admin')`,
		Heir: `
SELECT m."user" FROM memberships m JOIN users u ON u.id = m."user"
WHERE m.room = $1 AND m.peer IS NULL AND NOT EXISTS (SELECT 1 FROM memberships a WHERE a.room = $1 AND a.role = 'admin')
ORDER BY u.banned, u.kind = 'guest', m.joined_at, m."user" LIMIT 1`,

		DeletedRoom: `SELECT EXISTS (SELECT 1 FROM rooms WHERE id = $1 AND kind = 'deleted')`,
		FirstMessages: `
SELECT ` + MessageColumns + ` FROM messages t JOIN users u ON u.id = t.author WHERE t.room = $1 ORDER BY t.seq LIMIT $2`,
		FilesUpTo: `SELECT ` + fileColumns + ` FROM files f WHERE f.room = $1 AND f.seq <= $2 ORDER BY f.id` + d.Lock("f"),

		// The index has come up to everything: nobody adds what is being removed.
		IndexedWhole: `
INSERT INTO search_rooms (room, rev) VALUES ($1, $2) ON CONFLICT (room) DO UPDATE SET rev = excluded.rev`,
	}
	for _, table := range []string{"room_bans", "room_log", "room_parts", "room_looks", "push_rooms"} {
		s.RemoveFrom = append(s.RemoveFrom, `DELETE FROM `+table+` WHERE room = $1`)
	}
	s.RemoveFrom = append(s.RemoveFrom, `DELETE FROM memberships WHERE room = $1`)
	// What refers to messages goes with them.
	for _, condition := range []string{
		`mentions WHERE room = $1 AND seq <= $2`,
		`uncounted WHERE room = $1 AND seq <= $2`,
		`uncounted_blocks WHERE room = $1 AND block <= $2 / ` + unreadBlock,
		`threads WHERE room = $1 AND root <= $2`,
		`messages WHERE room = $1 AND seq <= $2`,
	} {
		s.RemoveMessages = append(s.RemoveMessages, `DELETE FROM `+condition)
	}
	return s
}

// DeleteRoom is specified by chat.RoomAdminStore.
func (s roomAdminStore) DeleteRoom(
	ctx context.Context, act *chat.Act, room chat.RoomID, job chat.NewJob,
) (deletion chat.RoomDeletion, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		deletion = chat.RoomDeletion{}
		if _, err := s.allow(tx, act, object{room: room}); err != nil {
			return err
		}
		if _, err := s.lockRoom(tx, room); err != nil {
			return err
		}
		if err := s.deleteRoom(tx, room, &deletion); err != nil {
			return err
		}
		return s.sql.put(tx, []chat.NewJob{job})
	})
	if err != nil {
		return chat.RoomDeletion{}, err
	}
	return deletion, nil
}

// deleteRoom ends everything in the room that anybody can see, behind its lock.
func (s roomAdminStore) deleteRoom(tx Tx, room chat.RoomID, deletion *chat.RoomDeletion) error {
	var members []chat.UserID
	err := tx.Each(s.sql.MembersOf, []any{room}, func(r Scanner) error {
		var user chat.UserID
		err := r.Scan((*int64)(&user))
		members = append(members, user)
		return err
	})
	if err != nil {
		return err
	}
	// All others lock invitations before the room. So those that somebody has locked are left
	// to PurgeRoom: waiting for them would be a deadlock.
	withdrawn, err := withdraw(tx, s.sql.DeleteFreeInvitationsOf, room)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(s.sql.CloseRoom, room); err != nil {
		return err
	}
	for _, remove := range s.sql.RemoveFrom {
		if _, err := tx.Exec(remove, room); err != nil {
			return err
		}
	}
	if _, err := tx.Row(s.sql.EmptyRoom, []any{room}, &deletion.Rev); err != nil {
		return err
	}
	if _, err := tx.Exec(s.sql.IndexedWhole, room, deletion.Rev); err != nil {
		return err
	}
	deletion.Deleted = true
	deletion.Members, deletion.Withdrawn, err = s.streams.RoomDeleted(tx, room, members, withdrawn)
	return err
}

// PurgeRoom is specified by chat.RoomAdminStore.
func (s roomAdminStore) PurgeRoom(ctx context.Context, room chat.RoomID, limit int) (more bool, err error) {
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		more = false
		var deleted bool
		if _, err := tx.Row(s.sql.DeletedRoom, []any{room}, &deleted); err != nil || !deleted {
			return err
		}
		withdrawn, err := withdraw(tx, s.sql.DeleteInvitationsOf, room)
		if err != nil {
			return err
		}
		if _, err := s.streams.InvitationsGone(tx, withdrawn); err != nil {
			return err
		}
		var docs []SearchDoc
		var last int64
		err = tx.Each(s.sql.FirstMessages, []any{room, limit}, func(r Scanner) error {
			var row MessageRow
			err := r.Scan(row.Dest()...)
			last = row.seq
			docs = append(docs, SearchDoc{Doc: docOf(FromMillis(row.createdAt), room, row.seq), Room: room, Seq: row.seq})
			return err
		})
		if err != nil || len(docs) == 0 {
			return err
		}
		more = len(docs) == limit
		return s.purge(tx, room, last, docs)
	})
	return more, err
}

// purge removes the messages of a room up to a seq.
func (s roomAdminStore) purge(tx Tx, room chat.RoomID, last int64, docs []SearchDoc) error {
	var files []chat.File
	err := tx.Each(s.sql.FilesUpTo, []any{room, last}, func(r Scanner) error {
		var row fileRow
		err := r.Scan(row.dest()...)
		files = append(files, row.file())
		return err
	})
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := s.dropFile(tx, file); err != nil {
			return err
		}
	}
	slices.SortFunc(docs, func(a, b SearchDoc) int { return cmp.Or(cmp.Compare(a.Doc, b.Doc), cmp.Compare(a.Seq, b.Seq)) })
	if err := s.search.Index.Put(tx, docs); err != nil {
		return err
	}
	for _, remove := range s.sql.RemoveMessages {
		if _, err := tx.Exec(remove, room, last); err != nil {
			return err
		}
	}
	return nil
}

// SetMemberRole is specified by chat.RoomAdminStore.
func (s roomAdminStore) SetMemberRole(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, role chat.Role,
) (member chat.Appointed, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{room: room, target: user}); err != nil {
			return err
		}
		if _, err := s.lockRoom(tx, room); err != nil {
			return err
		}
		before, err := s.appointed(tx, room, user)
		if err != nil {
			return err
		}
		member = before
		if changed = before.Member.Role != role; !changed {
			return nil
		}
		if role != chat.RoleAdmin && room != chat.MainRoom {
			var others bool
			if _, err := tx.Row(s.sql.HasOtherAdmin, []any{room, user}, &others); err != nil {
				return err
			}
			if !others {
				return chat.ErrLastAdmin()
			}
		}
		member, err = s.appoint(tx, room, user, role)
		return err
	})
	if err != nil {
		return chat.Appointed{}, false, err
	}
	return member, changed, nil
}

// heirOf returns who becomes the room's admin when that member has gone; 0: nobody needs
// to.
func (s roomAdminStore) heirOf(tx Tx, gone chat.Membership) (heir chat.UserID, err error) {
	if gone.Role != chat.RoleAdmin || gone.Room == chat.MainRoom {
		return 0, nil
	}
	_, err = tx.Row(s.sql.Heir, []any{gone.Room}, (*int64)(&heir))
	return heir, err
}

// appoint gives a member a role, behind the lock of the room.
func (s roomAdminStore) appoint(tx Tx, room chat.RoomID, user chat.UserID, role chat.Role) (chat.Appointed, error) {
	if _, err := tx.Exec(s.sql.GiveRole, room, user, role); err != nil {
		return chat.Appointed{}, err
	}
	if err := s.streams.RoleChanged(tx, room, user); err != nil {
		return chat.Appointed{}, err
	}
	return s.appointed(tx, room, user)
}

// appointed reads a member as the transaction sees it; CodeNotFound on "user".
func (s roomAdminStore) appointed(tx Tx, room chat.RoomID, user chat.UserID) (a chat.Appointed, err error) {
	a.Subscription, err = s.subscription(tx, room, user)
	if chat.CodeOf(err) == chat.CodeNotFound {
		return chat.Appointed{}, NoUser()
	}
	if err != nil {
		return chat.Appointed{}, err
	}
	a.Member.Role = a.Subscription.Membership.Role
	var row UserRow
	_, err = tx.Row(s.sql.UserByID, []any{user}, row.Dest()...)
	a.Member.User = row.User()
	return a, err
}
