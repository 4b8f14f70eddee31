package sqlstore

import (
	"context"
	"slices"

	"partychat/internal/chat"
)

const (
	// previewMax is how many characters of a body Message.Preview needs.
	previewMax = chat.PreviewMax + 1

	// unreadBlock is how many seqs a row of uncounted_blocks covers, as in the triggers
	// that keep them.
	unreadBlock = "4096"

	inOrder = ` ORDER BY r.folded_name, r.id`
)

type subscriptionStatements struct {
	Subscription, Subscriptions, SubscriptionPage, SubscriptionsIn string
}

func (d Dialect) subscriptions() subscriptionStatements {
	// The messages behind the read position that do not count as unread are counted
	// one by one within its block, and by blocks after it.
	from := `
SELECT ` + RoomColumns + `, ` + MembershipColumns + `, ` + previewColumns + `, ` + peerColumns + `,
    (SELECT count(*) FROM uncounted n WHERE n.room = r.id AND n.seq > m.read_seq AND n.seq < (m.read_seq / ` + unreadBlock + ` + 1) * ` + unreadBlock + `)
        + (SELECT CAST(coalesce(sum(b.n), 0) AS bigint) FROM uncounted_blocks b WHERE b.room = r.id AND b.block > m.read_seq / ` + unreadBlock + `),
    r.folded_name,` + mentionColumns + `
FROM memberships m ` + d.Join + ` rooms r ON r.id = m.room
LEFT JOIN users p ON p.id = m.peer
LEFT JOIN messages t ON t.room = r.id AND t.seq = r.seq
LEFT JOIN users u ON u.id = t.author
WHERE `
	inList := from + `m."user" = $1 AND m.hidden_until <= r.seq`
	return subscriptionStatements{
		Subscription:  from + `m.room = $1 AND m."user" = $2`,
		Subscriptions: inList + inOrder,
		// With a limit, the sorter holds no more than a page.
		SubscriptionPage: inList + ` AND (r.folded_name, r.id) > ($2, $3)` + inOrder + ` LIMIT $4`,
		SubscriptionsIn:  inList + ` AND ` + d.Any("m.room", "$2") + inOrder,
	}
}

// Subscriptions is specified by chat.MembershipStore.
func (s membershipStore) Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error) {
	return all(ctx, s.Core, s.sql.Subscriptions, []any{user}, scanSubscription(user))
}

// SubscriptionsIn is specified by chat.StreamStore.
func (s streamStore) SubscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error) {
	return s.subscriptionsIn(ctx, user, rooms)
}

func (c *Core) subscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error) {
	return allOf(ctx, c, c.sql.SubscriptionsIn, rooms, scanSubscription(user), user)
}

// SubscriptionPage is specified by chat.MembershipStore.
func (s membershipStore) SubscriptionPage(
	ctx context.Context, user chat.UserID, page chat.ListPage,
) (subs []chat.Subscription, next string, err error) {
	after, err := ParsePlace(page.After)
	if err != nil {
		return nil, "", err
	}
	args := []any{user, after.Key, after.ID, page.Limit + 1}
	err = s.db.Read(ctx, func(q Queries) error {
		subs, next = []chat.Subscription{}, ""
		space, last := chat.NewPageSpace(page.Limit, page.Bytes), Place{}
		return q.Each(s.sql.SubscriptionPage, args, func(r Scanner) error {
			row := newSubscriptionRow(user)
			if err := r.Scan(row.dest()...); err != nil {
				return err
			}
			sub := row.subscription()
			if !space.Take(sub.Size()) {
				next = last.String()
				return ErrEnough
			}
			subs = append(subs, sub)
			last = Place{ID: int64(sub.ID), Key: row.folded}
			return nil
		})
	})
	return subs, next, err
}

// Subscription is specified by chat.MembershipStore.
func (s membershipStore) Subscription(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	row := newSubscriptionRow(user)
	if err := s.one(ctx, s.sql.Subscription, []any{room, user}, NoMember, row.dest()...); err != nil {
		return chat.Subscription{}, err
	}
	return row.subscription(), nil
}

// subscription is Subscription as the transaction sees it.
func (c *Core) subscription(tx Tx, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	row := newSubscriptionRow(user)
	found, err := tx.Row(c.sql.Subscription, []any{room, user}, row.dest()...)
	if err == nil && !found {
		err = NoMember()
	}
	if err != nil {
		return chat.Subscription{}, err
	}
	return row.subscription(), nil
}

// subscriptionRow receives a row of a user's list.
type subscriptionRow struct {
	room       RoomRow
	membership MembershipRow
	last       MessageRow
	peer       UserRow
	uncounted  int64 // messages behind the read position that are not unread
	folded     string
	mentions   [2]string // seqs of messages that mention the user, and of those that mention everyone
}

func newSubscriptionRow(user chat.UserID) *subscriptionRow {
	return &subscriptionRow{membership: MembershipRow{m: chat.Membership{User: user}}}
}

func (r *subscriptionRow) dest() []any {
	return slices.Concat(r.room.Dest(), r.membership.Dest(), r.last.Dest(), r.peer.Dest(), []any{&r.uncounted, &r.folded, &r.mentions[0], &r.mentions[1]})
}

func (r *subscriptionRow) subscription() chat.Subscription {
	sub := chat.Subscription{Room: r.room.Room(), Membership: r.membership.Membership()}
	sub.Membership.Room = sub.ID
	sub.Unread = sub.Seq - sub.Membership.ReadSeq - r.uncounted
	sub.Mentions = seqsOf(r.mentions[:]...)
	if r.peer.Found() {
		peer := r.peer.User()
		sub.Peer = &peer
	}
	if r.last.Found() {
		last := r.last.Message(sub.ID).Preview()
		sub.Last = &last
	}
	return sub
}

func scanSubscription(user chat.UserID) func(Scanner) (chat.Subscription, error) {
	return func(r Scanner) (chat.Subscription, error) {
		row := newSubscriptionRow(user)
		err := r.Scan(row.dest()...)
		return row.subscription(), err
	}
}
