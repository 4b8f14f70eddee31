package sqlstore

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"partychat/internal/chat"
)

type bookmarkStatements struct {
	Bookmarks, BookmarksIn, BookmarkRev, CountBookmarks, IsTombstone string
	SetBookmark, DropBookmark                                        string
}

func (d Dialect) bookmarks() bookmarkStatements {
	return bookmarkStatements{
		// With what the reader is in each room.
		Bookmarks: `
SELECT b.seq, b.at, b.rev, m.room IS NOT NULL, EXISTS (SELECT 1 FROM room_bans x WHERE x.room = b.room AND x."user" = b."user"),
    ` + RoomColumns + `, ` + previewColumns + `, ` + peerColumns + `
FROM bookmarks b ` + d.Join + ` rooms r ON r.id = b.room
` + d.Join + ` messages t ON t.room = b.room AND t.seq = b.seq
` + d.Join + ` users u ON u.id = t.author
LEFT JOIN memberships m ON m.room = b.room AND m."user" = b."user"
LEFT JOIN users p ON p.id = m.peer
WHERE b."user" = $1 AND b.rev < $2 ORDER BY b.rev DESC LIMIT $3`,

		BookmarksIn: `SELECT seq FROM bookmarks WHERE "user" = $1 AND room = $2 ORDER BY seq`,
		BookmarkRev: `SELECT rev FROM bookmarks WHERE "user" = $1 AND room = $2 AND seq = $3`,

		CountBookmarks: `SELECT count(*) FROM bookmarks WHERE "user" = $1`,
		IsTombstone:    `SELECT deleted FROM messages WHERE room = $1 AND seq = $2`,

		SetBookmark:  `INSERT INTO bookmarks ("user", room, seq, at, rev) VALUES ($1, $2, $3, $4, $5)`,
		DropBookmark: `DELETE FROM bookmarks WHERE "user" = $1 AND room = $2 AND seq = $3`,
	}
}

// bookmarkSubject names a message in the log of a user.
func bookmarkSubject(room chat.RoomID, seq int64) string { return subject(room) + "/" + subject(seq) }

// bookmarkPut is the event of a bookmark that has that subject.
func bookmarkPut(user chat.UserID, c changedThing) chat.Event {
	room, seq, _ := strings.Cut(c.Subject, "/")
	put := chat.BookmarkPut{User: user, Rev: c.Rev, On: !c.Gone}
	id, _ := strconv.ParseInt(room, 10, 64) // as they were written
	put.Room = chat.RoomID(id)
	put.Seq, _ = strconv.ParseInt(seq, 10, 64)
	return put
}

// PutBookmark is specified by chat.BookmarkStore.
func (s bookmarkStore) PutBookmark(
	ctx context.Context, act *chat.Act, b chat.Bookmark, on bool, max int,
) (rev int64, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		changed = false
		of := object{}
		if on {
			of = object{room: b.Room, message: b.Seq}
		}
		if _, err := s.allow(tx, act, of); err != nil {
			return err
		}
		if _, err := tx.Exec(lockHead, b.User); err != nil {
			if s.dialect.IsForeignKey(err) {
				return NoUser()
			}
			return err
		}
		there, err := tx.Row(s.sql.BookmarkRev, []any{b.User, b.Room, b.Seq}, &rev)
		switch {
		case err != nil || there && on:
			return err
		case on:
			changed = true
			rev, err = s.set(tx, b, max)
		case there:
			changed = true
			rev, err = s.drop(tx, b)
		default:
			_, err = tx.Row(loggedOfUser, []any{b.User, kindBookmark, bookmarkSubject(b.Room, b.Seq)}, &rev, new(string))
		}
		return err
	})
	if err != nil {
		return 0, false, err
	}
	return rev, changed, nil
}

// set adds a bookmark behind the lock of the user's stream.
func (s bookmarkStore) set(tx Tx, b chat.Bookmark, max int) (rev int64, err error) {
	deleted, n := false, 0
	found, err := tx.Row(s.sql.IsTombstone, []any{b.Room, b.Seq}, &deleted)
	if err == nil && (!found || deleted) {
		err = NoMessage()
	}
	if err != nil {
		return 0, err
	}
	if _, err := tx.Row(s.sql.CountBookmarks, []any{b.User}, &n); err != nil {
		return 0, err
	}
	if n >= max {
		return 0, chat.Errorf(chat.CodeTooLarge, "You have %d bookmarks, which is the maximum. Remove one first.", n)
	}
	if rev, err = take(tx, takeUserRev, b.User); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(s.sql.SetBookmark, b.User, b.Room, b.Seq, Millis(b.At), rev); err != nil {
		return 0, err
	}
	_, err = tx.Exec(unlogOfUser, b.User, kindBookmark, bookmarkSubject(b.Room, b.Seq))
	return rev, err
}

// drop removes a bookmark behind the lock of the user's stream.
func (s bookmarkStore) drop(tx Tx, b chat.Bookmark) (rev int64, err error) {
	if _, err := tx.Exec(s.sql.DropBookmark, b.User, b.Room, b.Seq); err != nil {
		return 0, err
	}
	if rev, err = take(tx, takeUserRev, b.User); err != nil {
		return 0, err
	}
	return rev, s.streams.log(tx, b.User, kindBookmark, bookmarkSubject(b.Room, b.Seq), rev, "")
}

// Bookmarks is specified by chat.BookmarkStore.
func (s bookmarkStore) Bookmarks(ctx context.Context, user chat.UserID, page chat.BookmarkPage) (list []chat.FoundBookmark, err error) {
	before := page.Before
	if before == 0 {
		before = math.MaxInt64
	}
	err = s.db.Read(ctx, func(q Queries) error {
		list = []chat.FoundBookmark{}
		var by UserRow
		if _, err := q.Row(s.sql.UserByID, []any{user}, by.Dest()...); err != nil {
			return err
		}
		return q.Each(s.sql.Bookmarks, []any{user, before, page.Limit}, func(r Scanner) error {
			b, err := scanBookmark(r, by.User())
			list = append(list, b)
			return err
		})
	})
	return list, err
}

// scanBookmark takes a row of Bookmarks.
func scanBookmark(r Scanner, by chat.User) (b chat.FoundBookmark, err error) {
	b.User = by.ID
	var at int64
	var isMember bool
	var inRoom RoomRow
	var message MessageRow
	var peer UserRow
	dest := []any{&b.Seq, &at, &b.Rev, &isMember, &b.Access.Banned}
	if err := r.Scan(slices.Concat(dest, inRoom.Dest(), message.Dest(), peer.Dest())...); err != nil {
		return b, err
	}
	room := inRoom.Room()
	preview := message.Message(room.ID).Preview()
	b.Bookmark.Room, b.At, b.Room, b.Message = room.ID, FromMillis(at), &room, &preview
	b.Access.By, b.Access.Room = by, room
	if isMember {
		b.Access.Membership = &chat.Membership{Room: room.ID, User: by.ID}
	}
	if peer.Found() {
		user := peer.User()
		b.Peer = &user
	}
	return b, nil
}

// BookmarksIn is specified by chat.BookmarkStore.
func (s bookmarkStore) BookmarksIn(ctx context.Context, user chat.UserID, room chat.RoomID) ([]int64, error) {
	return all(ctx, s.Core, s.sql.BookmarksIn, []any{user, room}, func(r Scanner) (seq int64, err error) {
		err = r.Scan(&seq)
		return seq, err
	})
}
