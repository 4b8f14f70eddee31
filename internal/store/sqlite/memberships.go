package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"partychat/internal/chat"
)

const (
	sqlSubscribe = `
INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at)
SELECT r.id, u.id, u.folded_name, ?3, r.seq, ?4 FROM rooms r, users u WHERE r.id = ?1 AND u.id = ?2
ON CONFLICT (room, user) DO NOTHING`

	sqlUnsubscribe = `DELETE FROM memberships WHERE room = ?1 AND user = ?2`

	membershipColumns = `m.role, m.read_seq, m.joined_at, m.rev, m.room_rev, ifnull(m.peer, 0), m.hidden_until,
    m.hidden_until > (SELECT seq FROM rooms WHERE id = m.room)`

	sqlMembership = `
SELECT ` + membershipColumns + ` FROM memberships m WHERE m.room = ?1 AND m.user = ?2`

	// The trigger membership_stamped moves the head of the user's stream.
	sqlMoveRead = `
UPDATE memberships SET read_seq = min(?3, (SELECT seq FROM rooms WHERE id = ?1)),
    rev = ifnull((SELECT rev FROM user_heads WHERE user = ?2), 0) + 1
WHERE room = ?1 AND user = ?2 AND read_seq < min(?3, (SELECT seq FROM rooms WHERE id = ?1))
RETURNING role, read_seq, joined_at, rev, room_rev, ifnull(peer, 0), hidden_until,
    hidden_until > (SELECT seq FROM rooms WHERE id = ?1)` // membershipColumns; RETURNING knows no alias

	sqlMembers = `
SELECT ` + userColumns + `, m.role FROM memberships m CROSS JOIN users u ON u.id = m.user
WHERE m.room = ?1 AND m.folded_name > ?2
ORDER BY m.folded_name LIMIT ?3`
)

// previewColumns are messageColumns with as much of the body as Message.Preview
// needs.
var previewColumns = strings.Replace(messageColumns, "t.body", "substr(t.body, 1, "+strconv.Itoa(chat.PreviewMax+1)+")", 1)

var (
	selectSubscription = `
SELECT ` + roomColumns + `, ` + membershipColumns + `, ` + previewColumns + `, ` + peerColumns + `,
    (SELECT count(*) FROM uncounted n WHERE n.room = r.id AND n.seq > m.read_seq AND n.seq < (m.read_seq / 4096 + 1) * 4096)
        + (SELECT coalesce(sum(b.n), 0) FROM uncounted_blocks b WHERE b.room = r.id AND b.block > m.read_seq / 4096), r.folded_name
FROM memberships m CROSS JOIN rooms r ON r.id = m.room
LEFT JOIN users p ON p.id = m.peer
LEFT JOIN messages t ON t.room = r.id AND t.seq = r.seq
LEFT JOIN users u ON u.id = t.author
WHERE `

	sqlSubscription = selectSubscription + `m.room = ?1 AND m.user = ?2`

	inOrder = ` ORDER BY r.folded_name, r.id`

	sqlSubscriptions = selectSubscription + `m.user = ?1 AND m.hidden_until <= r.seq` + inOrder

	// With a limit, the sorter holds no more than a page.
	sqlSubscriptionPage = selectSubscription +
		`m.user = ?1 AND m.hidden_until <= r.seq AND (r.folded_name, r.id) > (?2, ?3)` + inOrder + ` LIMIT ?4`
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
		if created, err = s.subscribe(tx, room, user, role, at); err != nil {
			return err
		}
		sub, err = subscription(tx, room, user)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return noRoom() // or no user; there would be a membership by now
		}
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, err
	}
	return sub, created, nil
}

// subscribe makes the user a member, unless banned from the room. Added is false
// if the user is one already, and if one of the two is not there.
func (s *core) subscribe(tx *tx, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time) (added bool, err error) {
	var banned bool
	if err := tx.row(sqlIsBanned, []any{room, user}, &banned); err != nil {
		return false, err
	}
	if banned {
		return false, chat.ErrBannedFromRoom()
	}
	return s.addMember(tx, room, user, role, at, true)
}

// addMember makes the user a member. Added is false if the user is one already, and
// if one of the two is not there. It is not on the stream of a room that is new.
func (s *core) addMember(
	tx *tx, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time, onRoom bool,
) (added bool, err error) {
	n, err := tx.exec(sqlSubscribe, room, user, role, millis(at))
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.streams.MemberCame(tx, room, user, onRoom)
}

// Unsubscribe is specified by chat.MembershipStore.
func (s membershipStore) Unsubscribe(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (gone chat.Gone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{room: room})
		if err == nil {
			gone, err = s.endMembership(tx, room, user, chat.GoneLeft)
		}
		return err
	})
	if err != nil {
		return chat.Gone{}, err
	}
	return gone, nil
}

// endMembership ends a membership, and the links that the user has made into the
// room: a trigger deletes those that are for nobody in particular.
func (s *core) endMembership(tx *tx, room chat.RoomID, user chat.UserID, reason chat.GoneReason) (gone chat.Gone, err error) {
	var withdrawn []chat.InvitationGone
	if withdrawn, err = withdraw(tx, sqlWithdrawInto, room, user); err != nil {
		return chat.Gone{}, err
	}
	n, err := tx.exec(sqlUnsubscribe, room, user)
	if err != nil {
		return chat.Gone{}, err
	}
	if n == 0 {
		return s.streams.NotMember(tx, room, user)
	}
	gone, err = s.streams.MemberGone(tx, room, user, reason, withdrawn)
	gone.Removed = true
	return gone, err
}

// Membership is specified by chat.MembershipStore.
func (s membershipStore) Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error) {
	m, known, commits := s.members.find(position{room, user})
	if known {
		return m, translate(ctx.Err())
	}
	row := membershipRow{m: chat.Membership{Room: room, User: user}}
	err := s.readRow(ctx, sqlMembership, []any{room, user}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Membership{}, noMember()
	}
	if err == nil {
		s.members.keep(row.membership(), commits)
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
	row := membershipRow{m: chat.Membership{Room: room, User: user}}
	move := func(tx *tx) error {
		err := tx.row(sqlMoveRead, []any{room, user, seq}, row.dest()...)
		if !errors.Is(err, sql.ErrNoRows) {
			moved = err == nil
			return err
		}
		err = tx.row(sqlMembership, []any{room, user}, row.dest()...)
		if errors.Is(err, sql.ErrNoRows) {
			return noMember()
		}
		return err
	}
	only := &position{room, user}
	if err := s.writer.do(ctx, &write{run: move, single: true, only: only, done: make(chan struct{})}); err != nil {
		return chat.Membership{}, false, translate(err)
	}
	return row.membership(), moved, nil
}

// Members is specified by chat.MembershipStore.
func (s membershipStore) Members(ctx context.Context, room chat.RoomID, page chat.MemberPage) ([]chat.Member, error) {
	members := []chat.Member{}
	err := s.readEach(ctx, sqlMembers, []any{room, page.After, page.Limit}, func(r scanner) error {
		var row userRow
		var role chat.Role
		err := r.Scan(append(row.dest(), &role)...)
		members = append(members, chat.Member{User: row.user(), Role: role})
		return err
	})
	return members, err
}

// Subscriptions is specified by chat.MembershipStore.
func (s membershipStore) Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error) {
	return s.subscriptions(ctx, user, sqlSubscriptions, user)
}

func (s *core) subscriptions(ctx context.Context, user chat.UserID, query string, args ...any) ([]chat.Subscription, error) {
	subs := []chat.Subscription{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		row := newSubscriptionRow(user)
		err := r.Scan(row.dest()...)
		subs = append(subs, row.subscription())
		return err
	})
	return subs, err
}

// SubscriptionPage is specified by chat.MembershipStore.
func (s membershipStore) SubscriptionPage(
	ctx context.Context, user chat.UserID, page chat.ListPage,
) (subs []chat.Subscription, next string, err error) {
	subs = []chat.Subscription{}
	space, last := chat.NewPageSpace(page.Limit, page.Bytes), searchPlace{}
	after, err := parseSearchPlace(page.After)
	if err != nil {
		return nil, "", err
	}
	args := []any{user, after.key, after.id, page.Limit + 1}
	err = s.readEach(ctx, sqlSubscriptionPage, args, func(r scanner) error {
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
	return subs, next, err
}

// Subscription is specified by chat.MembershipStore.
func (s membershipStore) Subscription(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	row := newSubscriptionRow(user)
	err := s.readRow(ctx, sqlSubscription, []any{room, user}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Subscription{}, noMember()
	}
	return row.subscription(), err
}

// subscription is Subscription as the transaction sees it.
func subscription(tx *tx, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	row := newSubscriptionRow(user)
	err := tx.row(sqlSubscription, []any{room, user}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
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
