package sqlstore

import (
	"context"
	"slices"
	"strings"

	"partychat/internal/chat"
)

type banStatements struct {
	BanFromRoom, BanFromServer, UnbanFromRoom, UnbanFromServer string
	IsBanned, MarkUser                                         string
	RoomBan, RoomBans, ServerBan, ServerBans                   string
}

func (d Dialect) bans() banStatements {
	from := func(table string) string {
		return `
SELECT ` + UserColumns + `, ` + strings.ReplaceAll(AuthorColumns, "u.", "m.") + `, b.made_at
FROM ` + table + ` b ` + d.Join + ` users u ON u.id = b."user" ` + d.Join + ` users m ON m.id = b.made_by
WHERE `
	}
	return banStatements{
		BanFromRoom: `
INSERT INTO room_bans (room, "user", folded_name, made_by, made_at)
SELECT $1, id, folded_name, $3, $4 FROM users WHERE id = $2
ON CONFLICT (room, "user") DO NOTHING`,

		BanFromServer: `
INSERT INTO server_bans ("user", folded_name, made_by, made_at) SELECT id, folded_name, $2, $3 FROM users WHERE id = $1
ON CONFLICT ("user") DO NOTHING`,

		UnbanFromRoom:   `DELETE FROM room_bans WHERE room = $1 AND "user" = $2`,
		UnbanFromServer: `DELETE FROM server_bans WHERE "user" = $1`,

		IsBanned: `SELECT EXISTS (SELECT 1 FROM room_bans WHERE room = $1 AND "user" = $2)`,
		MarkUser: `UPDATE users SET banned = $2 WHERE id = $1`,

		RoomBan:    from("room_bans") + `b.room = $1 AND b."user" = $2`,
		RoomBans:   from("room_bans") + `b.room = $1 AND b.folded_name > $2 ORDER BY b.folded_name LIMIT $3`,
		ServerBan:  from("server_bans") + `b."user" = $1`,
		ServerBans: from("server_bans") + `b.folded_name > $1 ORDER BY b.folded_name LIMIT $2`,
	}
}

// RemoveMember is specified by chat.BanStore.
func (s banStore) RemoveMember(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return s.end(ctx, act, room, user, chat.GoneRemoved)
}

// Ban is specified by chat.BanStore.
func (s banStore) Ban(ctx context.Context, act *chat.Act, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		gone = chat.Gone{}
		withdrawn, err := s.allow(tx, act, object{room: ban.Room, target: ban.User, links: ban.Room != 0})
		if err != nil {
			return err
		}
		if ban.Room == 0 {
			stored, created, gone, err = s.banFromServer(tx, ban)
		} else {
			stored, created, gone, err = s.banFromRoom(tx, ban, withdrawn)
		}
		return err
	})
	if err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	return stored, created, gone, nil
}

func (s banStore) banFromRoom(
	tx Tx, ban chat.NewBan, withdrawn []chat.InvitationGone,
) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	gone, withdrawn, err = s.endMembership(tx, ban.Room, ban.User, chat.GoneBanned, withdrawn)
	if err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	stored, created, err = s.putBan(tx, ban, s.sql.BanFromRoom, s.sql.RoomBan, ban.Room, ban.User)
	if err == nil && created && !gone.Removed {
		gone, err = s.streams.MemberGone(tx, ban.Room, ban.User, chat.GoneBanned, withdrawn)
	}
	return stored, created, gone, err
}

func (s banStore) banFromServer(tx Tx, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	if err := s.markUser(tx, ban.User, true); err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	withdrawn, err := withdraw(tx, s.sql.DeleteInvitationsBy, ban.User)
	if err != nil {
		return chat.Ban{}, false, chat.Gone{}, err
	}
	stored, created, err = s.putBan(tx, ban, s.sql.BanFromServer, s.sql.ServerBan, ban.User)
	switch {
	case err != nil:
	case created:
		gone.Rev, gone.Withdrawn, err = s.streams.AccountChanged(tx, ban.User, withdrawn)
	default:
		gone.Rev, err = s.streams.AccountRev(tx, ban.User)
	}
	return stored, created, gone, err
}

// markUser notes whether the user is banned from the server, and keeps all others
// from changing that until the end of the transaction.
func (s banStore) markUser(tx Tx, user chat.UserID, banned bool) error {
	n, err := tx.Exec(s.sql.MarkUser, user, banned)
	if err == nil && n == 0 {
		return NoUser()
	}
	return err
}

// putBan stores the ban unless there is one, and returns the one that there is by
// now, which a lock keeps from being lifted meanwhile. The place is what read asks for
// and insert begins with.
func (s banStore) putBan(tx Tx, ban chat.NewBan, insert, read string, place ...any) (stored chat.Ban, created bool, err error) {
	made, err := tx.Exec(insert, slices.Concat(place, []any{ban.By, Millis(ban.At)})...)
	if s.dialect.IsForeignKey(err) {
		return chat.Ban{}, false, NoUser() // the one who bans
	}
	if err != nil {
		return chat.Ban{}, false, err
	}
	var row banRow
	found, err := tx.Row(read, place, row.dest()...)
	if err == nil && !found {
		err = NoUser() // the one to be banned
	}
	if err != nil {
		return chat.Ban{}, false, err
	}
	return row.ban(), made > 0, nil
}

// Unban is specified by chat.BanStore.
func (s banStore) Unban(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (lifted bool, rev int64, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		rev = 0
		_, err := s.allow(tx, act, object{room: room, target: user})
		if err != nil {
			return err
		}
		if lifted, err = s.unban(tx, room, user); err == nil && lifted && room == 0 {
			rev, _, err = s.streams.AccountChanged(tx, user, nil)
		}
		return err
	})
	if err != nil {
		return false, 0, err
	}
	return lifted, rev, nil
}

func (s banStore) unban(tx Tx, room chat.RoomID, user chat.UserID) (lifted bool, err error) {
	query, args := s.sql.UnbanFromRoom, []any{room, user}
	if room != 0 {
		_, err = s.lockRoom(tx, room)
	} else {
		query, args = s.sql.UnbanFromServer, []any{user}
		err = s.markUser(tx, user, false)
	}
	if chat.CodeOf(err) == chat.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(query, args...)
	return n > 0, err
}

// IsBanned is specified by chat.BanStore.
func (s banStore) IsBanned(ctx context.Context, room chat.RoomID, user chat.UserID) (banned bool, err error) {
	_, err = s.row(ctx, s.sql.IsBanned, []any{room, user}, &banned)
	return banned, err
}

// Bans is specified by chat.BanStore.
func (s banStore) Bans(ctx context.Context, room chat.RoomID, page chat.BanPage) ([]chat.Ban, error) {
	if !storable(page.After) {
		return nil, NoPlace()
	}
	query, args := s.sql.RoomBans, []any{room, page.After, page.Limit}
	if room == 0 {
		query, args = s.sql.ServerBans, []any{page.After, page.Limit}
	}
	return all(ctx, s.Core, query, args, func(r Scanner) (chat.Ban, error) {
		var row banRow
		err := r.Scan(row.dest()...)
		return row.ban(), err
	})
}

// banRow receives a ban.
type banRow struct {
	banned UserRow
	by     chat.Author
	at     int64
}

func (r *banRow) dest() []any {
	return append(append(r.banned.Dest(), AuthorDest(&r.by)...), &r.at)
}

func (r *banRow) ban() chat.Ban {
	return chat.Ban{User: r.banned.User(), By: r.by, At: FromMillis(r.at)}
}
