package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"partychat/internal/chat"
)

const (
	sqlBanFromRoom = `
INSERT INTO room_bans (room, user, folded_name, made_by, made_at)
SELECT ?1, id, folded_name, ?3, ?4 FROM users WHERE id = ?2
ON CONFLICT (room, user) DO NOTHING`

	sqlBanFromServer = `
INSERT INTO server_bans (user, folded_name, made_by, made_at) SELECT id, folded_name, ?2, ?3 FROM users WHERE id = ?1
ON CONFLICT (user) DO NOTHING`

	sqlUnbanFromRoom = `DELETE FROM room_bans WHERE room = ?1 AND user = ?2`

	sqlUnbanFromServer = `DELETE FROM server_bans WHERE user = ?1`

	sqlIsBanned = `SELECT EXISTS (SELECT 1 FROM room_bans WHERE room = ?1 AND user = ?2)`

	sqlDeleteInvitationsBy = `DELETE FROM invitations WHERE made_by = ?1 AND named = 0` + returnWithdrawn

	banColumns = userColumns + `, m.id, m.username, m.kind, b.made_at`

	selectRoomBans = `
SELECT ` + banColumns + ` FROM room_bans b CROSS JOIN users u ON u.id = b.user CROSS JOIN users m ON m.id = b.made_by
WHERE b.room = ?1 AND `

	sqlRoomBan = selectRoomBans + `b.user = ?2`

	sqlRoomBans = selectRoomBans + `b.folded_name > ?2 ORDER BY b.folded_name LIMIT ?3`

	selectServerBans = `
SELECT ` + banColumns + ` FROM server_bans b CROSS JOIN users u ON u.id = b.user CROSS JOIN users m ON m.id = b.made_by
WHERE `

	sqlServerBan = selectServerBans + `b.user = ?1`

	sqlServerBans = selectServerBans + `b.folded_name > ?1 ORDER BY b.folded_name LIMIT ?2`
)

// RemoveMember is specified by chat.BanStore.
func (s banStore) RemoveMember(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (gone chat.Gone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: room, target: user})
		if err == nil {
			gone, err = s.endMembership(tx, room, user, chat.GoneRemoved)
		}
		return err
	})
	if err != nil {
		return chat.Gone{}, err
	}
	return gone, nil
}

// Ban is specified by chat.BanStore.
func (s banStore) Ban(ctx context.Context, act *chat.Act, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: ban.Room, target: ban.User})
		if err != nil {
			return err
		}
		if ban.Room == 0 {
			stored, created, gone, err = s.banFromServer(tx, ban)
		} else {
			stored, created, gone, err = s.banFromRoom(tx, ban)
		}
		return err
	})
	if err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	return stored, created, gone, nil
}

func (s banStore) banFromRoom(tx *tx, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	var room roomRow
	err = tx.row(sqlRoomByID, []any{ban.Room}, room.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = noRoom()
	}
	if err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	if gone, err = s.endMembership(tx, ban.Room, ban.User, chat.GoneBanned); err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	stored, created, err = putBan(tx, ban, sqlBanFromRoom, sqlRoomBan, ban.Room, ban.User)
	if err == nil && created && !gone.Removed {
		gone, err = s.streams.MemberGone(tx, ban.Room, ban.User, chat.GoneBanned, nil)
	}
	return stored, created, gone, err
}

func (s banStore) banFromServer(tx *tx, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	withdrawn, err := withdraw(tx, sqlDeleteInvitationsBy, ban.User)
	if err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	stored, created, err = putBan(tx, ban, sqlBanFromServer, sqlServerBan, ban.User)
	switch {
	case err != nil:
	case created:
		gone.Rev, gone.Withdrawn, err = s.streams.AccountChanged(tx, ban.User, withdrawn)
	default:
		gone.Rev, err = s.streams.AccountRev(tx, ban.User)
	}
	return stored, created, gone, err
}

// putBan stores the ban unless there is one, and gives the one that there is by
// now. The place is what read asks for and insert begins with.
func putBan(tx *tx, ban chat.NewBan, insert, read string, place ...any) (stored chat.Ban, created bool, err error) {
	made, err := tx.exec(insert, slices.Concat(place, []any{ban.By, millis(ban.At)})...)
	if isForeignKey(err) {
		return chat.Ban{}, false, noUser() // who bans
	}
	if err != nil {
		return chat.Ban{}, false, err
	}
	var row banRow
	err = tx.row(read, place, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Ban{}, false, noUser() // to be banned
	}
	return row.ban(), made > 0, err
}

// Unban is specified by chat.BanStore.
func (s banStore) Unban(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (lifted bool, rev int64, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{room: room, target: user}); err != nil {
			return err
		}
		query, args := sqlUnbanFromRoom, []any{room, user}
		if room == 0 {
			query, args = sqlUnbanFromServer, []any{user}
		}
		n, err := tx.exec(query, args...)
		if lifted = n > 0; err == nil && lifted && room == 0 {
			rev, _, err = s.streams.AccountChanged(tx, user, nil)
		}
		return err
	})
	if err != nil {
		return false, 0, err
	}
	return lifted, rev, nil
}

// IsBanned is specified by chat.BanStore.
func (s banStore) IsBanned(ctx context.Context, room chat.RoomID, user chat.UserID) (banned bool, err error) {
	err = s.readRow(ctx, sqlIsBanned, []any{room, user}, &banned)
	return banned, err
}

// Bans is specified by chat.BanStore.
func (s banStore) Bans(ctx context.Context, room chat.RoomID, page chat.BanPage) ([]chat.Ban, error) {
	query, args := sqlRoomBans, []any{room, page.After, page.Limit}
	if room == 0 {
		query, args = sqlServerBans, []any{page.After, page.Limit}
	}
	bans := []chat.Ban{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		var row banRow
		err := r.Scan(row.dest()...)
		bans = append(bans, row.ban())
		return err
	})
	return bans, err
}

// banRow receives banColumns.
type banRow struct {
	banned userRow
	by     chat.Author
	at     int64
}

func (r *banRow) dest() []any {
	return append(r.banned.dest(), &r.by.ID, &r.by.Username, &r.by.Kind, &r.at)
}

func (r *banRow) ban() chat.Ban {
	return chat.Ban{User: r.banned.user(), By: r.by, At: fromMillis(r.at)}
}
