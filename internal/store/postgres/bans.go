package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	sqlBanFromRoom = `
INSERT INTO room_bans (room, "user", folded_name, made_by, made_at)
SELECT $1, id, folded_name, $3, $4 FROM users WHERE id = $2
ON CONFLICT (room, "user") DO NOTHING`

	sqlBanFromServer = `
INSERT INTO server_bans ("user", folded_name, made_by, made_at) SELECT id, folded_name, $2, $3 FROM users WHERE id = $1
ON CONFLICT ("user") DO NOTHING`

	sqlUnbanFromRoom = `DELETE FROM room_bans WHERE room = $1 AND "user" = $2`

	sqlUnbanFromServer = `DELETE FROM server_bans WHERE "user" = $1`

	sqlIsBanned = `SELECT EXISTS (SELECT FROM room_bans WHERE room = $1 AND "user" = $2)`

	// Always in the same order, so that nobody waits in a circle.
	sqlDeleteInvitationsInto = `
DELETE FROM invitations WHERE id IN (
    SELECT id FROM invitations WHERE room = $1 AND made_by = $2 AND NOT named ORDER BY id FOR UPDATE)` + returnWithdrawn

	sqlDeleteInvitationsBy = `
DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE made_by = $1 AND NOT named ORDER BY id FOR UPDATE)` + returnWithdrawn

	sqlMarkUser = `UPDATE users SET banned = $2 WHERE id = $1`

	banColumns = userColumns + `, m.id, m.username, m.kind, b.made_at`

	selectRoomBans = `
SELECT ` + banColumns + ` FROM room_bans b JOIN users u ON u.id = b."user" JOIN users m ON m.id = b.made_by
WHERE b.room = $1 AND `

	sqlRoomBan = selectRoomBans + `b."user" = $2`

	sqlRoomBans = selectRoomBans + `b.folded_name > $2 ORDER BY b.folded_name LIMIT $3`

	selectServerBans = `
SELECT ` + banColumns + ` FROM server_bans b JOIN users u ON u.id = b."user" JOIN users m ON m.id = b.made_by
WHERE `

	sqlServerBan = selectServerBans + `b."user" = $1`

	sqlServerBans = selectServerBans + `b.folded_name > $1 ORDER BY b.folded_name LIMIT $2`
)

// RemoveMember is specified by chat.BanStore.
func (s banStore) RemoveMember(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return s.end(ctx, act, room, user, chat.GoneRemoved)
}

// Ban is specified by chat.BanStore.
func (s banStore) Ban(ctx context.Context, act *chat.Act, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: ban.Room, target: ban.User, links: ban.Room != 0})
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
	if gone, err = s.endMembership(tx, ban.Room, ban.User, chat.GoneBanned); err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	stored, created, err = putBan(tx, ban, sqlBanFromRoom, sqlRoomBan, ban.Room, ban.User)
	if err == nil && created && !gone.Removed {
		gone, err = s.streams.MemberGone(tx, ban.Room, ban.User, chat.GoneBanned, tx.withdrawn)
	}
	return stored, created, gone, err
}

func (s banStore) banFromServer(tx *tx, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	if err := markUser(tx, ban.User, true); err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	if err := tx.withdraw(sqlDeleteInvitationsBy, ban.User); err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	stored, created, err = putBan(tx, ban, sqlBanFromServer, sqlServerBan, ban.User)
	switch {
	case err != nil:
	case created:
		gone.Rev, gone.Withdrawn, err = s.streams.AccountChanged(tx, ban.User, tx.withdrawn)
	default:
		gone.Rev, err = s.streams.AccountRev(tx, ban.User)
	}
	return stored, created, gone, err
}

// markUser says whether the user is banned from the server, and keeps all others
// from changing that until the end of the transaction.
func markUser(tx *tx, user chat.UserID, banned bool) error {
	n, err := tx.exec(sqlMarkUser, user, banned)
	if err == nil && n == 0 {
		return noUser()
	}
	return err
}

// putBan stores the ban unless there is one, and gives the one that there is by
// now, which a lock keeps from being lifted meanwhile. The place is what read
// asks for and insert begins with.
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
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Ban{}, false, noUser() // to be banned
	}
	return row.ban(), made > 0, err
}

// Unban is specified by chat.BanStore.
func (s banStore) Unban(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (lifted bool, rev int64, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: room, target: user})
		if err != nil {
			return err
		}
		if lifted, err = unban(tx, room, user); err == nil && lifted && room == 0 {
			rev, _, err = s.streams.AccountChanged(tx, user, nil)
		}
		return err
	})
	if err != nil {
		return false, 0, err
	}
	return lifted, rev, nil
}

func unban(tx *tx, room chat.RoomID, user chat.UserID) (lifted bool, err error) {
	query, args := sqlUnbanFromRoom, []any{room, user}
	if room != 0 {
		_, err = lockRoom(tx, room)
	} else {
		query, args = sqlUnbanFromServer, []any{user}
		err = markUser(tx, user, false)
	}
	if chat.CodeOf(err) == chat.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := tx.exec(query, args...)
	return n > 0, err
}

// IsBanned is specified by chat.BanStore.
func (s banStore) IsBanned(ctx context.Context, room chat.RoomID, user chat.UserID) (banned bool, err error) {
	err = s.readRow(ctx, sqlIsBanned, []any{room, user}, &banned)
	return banned, err
}

// Bans is specified by chat.BanStore.
func (s banStore) Bans(ctx context.Context, room chat.RoomID, page chat.BanPage) ([]chat.Ban, error) {
	if !storable(page.After) {
		return nil, noPlace()
	}
	query, args := sqlRoomBans, []any{room, page.After, page.Limit}
	if room == 0 {
		query, args = sqlServerBans, []any{page.After, page.Limit}
	}
	return readAll(ctx, s.core, query, args, func(r pgx.Rows) (chat.Ban, error) {
		var row banRow
		err := r.Scan(row.dest()...)
		return row.ban(), err
	})
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
