package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	sqlInsertMember = `
INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at)
SELECT $1, u.id, u.folded_name, $3, $4, $5 FROM users u WHERE u.id = $2
ON CONFLICT (room, "user") DO NOTHING`

	sqlDeleteMember = `DELETE FROM memberships WHERE room = $1 AND "user" = $2`

	sqlCountMembers = `UPDATE rooms SET members = members + $2 WHERE id = $1`

	membershipColumns = `m.role, m.read_seq, m.joined_at, m.rev, m.room_rev, coalesce(m.peer, 0), m.hidden_until,
    m.hidden_until > (SELECT seq FROM rooms WHERE id = m.room)`

	sqlMembership = `
SELECT ` + membershipColumns + ` FROM memberships m WHERE m.room = $1 AND m."user" = $2`

	// The membership is locked before the head of its user's stream, which takes the
	// next rev only if the position moves.
	sqlMoveRead = `
WITH here AS (
    SELECT m.room, m."user", least($3, r.seq) AS seq FROM memberships m JOIN rooms r ON r.id = m.room
    WHERE m.room = $1 AND m."user" = $2 AND m.read_seq < least($3, r.seq) FOR NO KEY UPDATE OF m
), taken AS (
    INSERT INTO user_heads AS h ("user", rev) SELECT "user", 1 FROM here
    ON CONFLICT ("user") DO UPDATE SET rev = h.rev + 1
    RETURNING rev
)
UPDATE memberships m SET read_seq = here.seq, rev = taken.rev FROM here, taken
WHERE m.room = here.room AND m."user" = here."user"`

	sqlMembers = `
SELECT ` + userColumns + `, m.role FROM memberships m JOIN users u ON u.id = m."user"
WHERE m.room = $1 AND m.folded_name > $2
ORDER BY m.folded_name LIMIT $3`
)

// previewColumns are messageColumns with as much of the body as Message.Preview
// needs.
var previewColumns = strings.Replace(messageColumns, "t.body", "left(t.body, "+strconv.Itoa(chat.PreviewMax+1)+")", 1)

var (
	selectSubscription = `
SELECT ` + roomColumns + `, ` + membershipColumns + `, ` + previewColumns + `, ` + peerColumns + `,
    (SELECT count(*) FROM uncounted n WHERE n.room = r.id AND n.seq > m.read_seq AND n.seq < (m.read_seq / 4096 + 1) * 4096)
        + (SELECT coalesce(sum(b.n), 0)::bigint FROM uncounted_blocks b WHERE b.room = r.id AND b.block > m.read_seq / 4096), r.folded_name
FROM memberships m JOIN rooms r ON r.id = m.room
LEFT JOIN users p ON p.id = m.peer
LEFT JOIN messages t ON t.room = r.id AND t.seq = r.seq
LEFT JOIN users u ON u.id = t.author
WHERE `

	sqlSubscription = selectSubscription + `m.room = $1 AND m."user" = $2`

	inOrder = ` ORDER BY r.folded_name, r.id`

	sqlSubscriptions = selectSubscription + `m."user" = $1 AND m.hidden_until <= r.seq` + inOrder

	sqlSubscriptionPage = selectSubscription +
		`m."user" = $1 AND m.hidden_until <= r.seq AND (r.folded_name, r.id) > ($2, $3)` + inOrder + ` LIMIT $4`
)

// Subscribe is specified by chat.MembershipStore.
func (s membershipStore) Subscribe(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time,
) (sub chat.Subscription, created bool, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: room})
		if err != nil {
			return err
		}
		if created, err = s.subscribe(tx, room, user, role, millis(at)); err != nil {
			return err
		}
		sub, err = subscription(tx, room, user)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return noRoom() // no user, rather; there would be a membership by now
		}
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, err
	}
	return sub, created, nil
}

// subscribe makes the user a member who has read up to the head, unless banned
// from the room. Added is false if the user is one, or is not there.
func (s *core) subscribe(tx *tx, room chat.RoomID, user chat.UserID, role chat.Role, at int64) (added bool, err error) {
	head, err := lockRoom(tx, room)
	if err != nil {
		return false, err
	}
	var banned bool // behind the lock of the room, which whoever bans takes, too
	if err := tx.row(sqlIsBanned, []any{room, user}, &banned); err != nil {
		return false, err
	}
	if banned {
		return false, chat.ErrBannedFromRoom()
	}
	return s.addMember(tx, head, user, role, at, true)
}

// addMember makes the user a member, behind the lock of the room. Added is false if
// the user is one, or is not there. It is not on the stream of a room that is new.
func (s *core) addMember(
	tx *tx, room chat.Head, user chat.UserID, role chat.Role, at int64, onRoom bool,
) (added bool, err error) {
	n, err := tx.exec(sqlInsertMember, room.Room, user, role, room.Seq, at)
	if err != nil || n == 0 {
		return false, err
	}
	if _, err = tx.exec(sqlCountMembers, room.Room, 1); err != nil {
		return false, err
	}
	return true, s.streams.MemberCame(tx, room.Room, user, onRoom)
}

// Unsubscribe is specified by chat.MembershipStore.
func (s membershipStore) Unsubscribe(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return s.end(ctx, act, room, user, chat.GoneLeft)
}

// end ends a membership, in a transaction of its own.
func (s *core) end(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, reason chat.GoneReason,
) (gone chat.Gone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: room, target: user, links: true})
		if err != nil {
			return err
		}
		gone, err = s.endMembership(tx, room, user, reason)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return nil // there is no such room
		}
		return err
	})
	if err != nil {
		return chat.Gone{}, err
	}
	return gone, nil
}

// endMembership ends a membership, for whatever reason, and the links that go with
// it, behind allow. The transaction has the room locked afterwards; CodeNotFound if
// there is no such room.
func (s *core) endMembership(
	tx *tx, room chat.RoomID, user chat.UserID, reason chat.GoneReason,
) (gone chat.Gone, err error) {
	// Whoever comes into the room at the same moment has come before, or sees the ban.
	if _, err := lockRoom(tx, room); err != nil {
		return chat.Gone{}, err
	}
	// Whoever made one at the same moment has made it before, or is no member.
	if err := tx.withdraw(sqlDeleteInvitationsInto, room, user); err != nil {
		return chat.Gone{}, err
	}
	n, err := tx.exec(sqlDeleteMember, room, user)
	if err != nil {
		return chat.Gone{}, err
	}
	if n == 0 {
		return s.streams.NotMember(tx, room, user)
	}
	if _, err := tx.exec(sqlCountMembers, room, -1); err != nil {
		return chat.Gone{}, err
	}
	gone, err = s.streams.MemberGone(tx, room, user, reason, tx.withdrawn)
	gone.Removed = true
	return gone, err
}

// Membership is specified by chat.MembershipStore.
func (s membershipStore) Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error) {
	row := membershipRow{m: chat.Membership{Room: room, User: user}}
	err := s.readRow(ctx, sqlMembership, []any{room, user}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Membership{}, noMember()
	}
	return row.membership(), err
}

// MoveRead is specified by chat.MembershipStore.
func (s membershipStore) MoveRead(
	ctx context.Context, _ *chat.Act, room chat.RoomID, user chat.UserID, seq int64,
) (m chat.Membership, moved bool, err error) {
	m, err = s.Membership(ctx, room, user)
	if err != nil || m.ReadSeq >= seq {
		return m, false, err // the usual repetition costs no write
	}
	n, err := s.writeOne(ctx, sqlMoveRead, room, user, seq)
	if err != nil {
		return chat.Membership{}, false, err
	}
	m, err = s.Membership(ctx, room, user)
	return m, n > 0, err
}

// Members is specified by chat.MembershipStore.
func (s membershipStore) Members(ctx context.Context, room chat.RoomID, page chat.MemberPage) ([]chat.Member, error) {
	if !storable(page.After) {
		return nil, noPlace()
	}
	return readAll(ctx, s.core, sqlMembers, []any{room, page.After, page.Limit}, func(r pgx.Rows) (chat.Member, error) {
		var row userRow
		var role chat.Role
		err := r.Scan(append(row.dest(), &role)...)
		return chat.Member{User: row.user(), Role: role}, err
	})
}

// storable tells whether the database can hold the text, and so compare with it.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// Subscriptions is specified by chat.MembershipStore.
func (s membershipStore) Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error) {
	return s.subscriptions(ctx, user, sqlSubscriptions, user)
}

func (s *core) subscriptions(ctx context.Context, user chat.UserID, query string, args ...any) ([]chat.Subscription, error) {
	return readAll(ctx, s, query, args, func(r pgx.Rows) (chat.Subscription, error) {
		row := newSubscriptionRow(user)
		err := r.Scan(row.dest()...)
		return row.subscription(), err
	})
}

// SubscriptionPage is specified by chat.MembershipStore.
func (s membershipStore) SubscriptionPage(
	ctx context.Context, user chat.UserID, page chat.ListPage,
) (subs []chat.Subscription, next string, err error) {
	after, err := parseSearchPlace(page.After)
	if err != nil {
		return nil, "", err
	}
	args := []any{user, after.key, after.id, page.Limit + 1}
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		subs, next = []chat.Subscription{}, ""
		space, last := chat.NewPageSpace(page.Limit, page.Bytes), searchPlace{}
		return queryEach(ctx, conn, sqlSubscriptionPage, args, func(r pgx.Rows) error {
			row := newSubscriptionRow(user)
			if err := r.Scan(row.dest()...); err != nil {
				return err
			}
			sub := row.subscription()
			if !space.Take(sub.Size()) {
				next = last.String()
				return errEnough
			}
			subs = append(subs, sub)
			last = searchPlace{id: int64(sub.ID), key: row.folded}
			return nil
		})
	})
	return subs, next, err
}

// Subscription is specified by chat.MembershipStore.
func (s membershipStore) Subscription(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	row := newSubscriptionRow(user)
	err := s.readRow(ctx, sqlSubscription, []any{room, user}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Subscription{}, noMember()
	}
	return row.subscription(), err
}

// subscription is Subscription as the transaction sees it.
func subscription(tx *tx, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	row := newSubscriptionRow(user)
	err := tx.row(sqlSubscription, []any{room, user}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Subscription{}, noMember()
	}
	return row.subscription(), err
}

// membershipRow receives membershipColumns.
type membershipRow struct {
	m        chat.Membership
	joinedAt int64
}

func (r *membershipRow) dest() []any {
	return []any{&r.m.Role, &r.m.ReadSeq, &r.joinedAt, &r.m.Rev, &r.m.RoomRev, &r.m.Peer, &r.m.HiddenUntil, &r.m.Hidden}
}

func (r *membershipRow) membership() chat.Membership {
	r.m.JoinedAt = fromMillis(r.joinedAt)
	return r.m
}

// subscriptionRow receives what selectSubscription gives.
type subscriptionRow struct {
	room       roomRow
	membership membershipRow
	last       messageRow
	peer       peerRow
	uncounted  int64 // messages behind the read position that are not unread
	folded     string
}

func newSubscriptionRow(user chat.UserID) *subscriptionRow {
	return &subscriptionRow{membership: membershipRow{m: chat.Membership{User: user}}}
}

func (r *subscriptionRow) dest() []any {
	return slices.Concat(r.room.dest(), r.membership.dest(), r.last.dest(), r.peer.dest(), []any{&r.uncounted, &r.folded})
}

func (r *subscriptionRow) subscription() chat.Subscription {
	sub := chat.Subscription{Room: r.room.room(), Membership: r.membership.membership()}
	sub.Membership.Room = sub.ID
	sub.Unread = sub.Seq - sub.Membership.ReadSeq - r.uncounted
	sub.Peer = r.peer.user()
	if r.last.there() {
		last := r.last.message(sub.ID).Preview()
		sub.Last = &last
	}
	return sub
}
