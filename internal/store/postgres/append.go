package postgres

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// appendStore is the part that stores new messages.
type appendStore struct {
	*core
	shared sqlstore.Store
}

// AppendMessage is specified by chat.MessageStore.
func (s appendStore) AppendMessage(ctx context.Context, m *chat.NewMessage) (message *chat.Message, created bool, err error) {
	if sqlstore.Apart(m) {
		return s.shared.AppendAnswer(ctx, m)
	}
	clientID, err := sqlstore.ParseUUID(m.ClientID)
	if err != nil {
		return nil, false, err
	}
	job := &appending{input: m, clientID: uuid.UUID(clientID), done: make(chan struct{})}
	if err := s.appender.do(ctx, job); err != nil {
		return nil, false, translate(err)
	}
	return job.message, job.created, nil
}

// appending is a message to be appended, and its result.
type appending struct {
	input    *chat.NewMessage
	clientID uuid.UUID
	done     chan struct{}

	// Valid once done is closed.
	message *chat.Message
	created bool
	err     error
}

// sqlAppend numbers those of the messages that are not there yet, moves the
// room's head by as many, and the authors' read positions to their latest. It is
// one statement, and so one transaction without a round trip inside, in which
// the room's row is locked from the moment its head is known. A message that
// another node has stored since the statement began breaks messages_by_client_id
// and undoes it all; run again, the statement sees it.
//
// It decides who may write on what it saw when it began. Behind the lock of the
// room it makes sure that this still holds, by what it writes anyway: a membership
// that has ended, or whose user is banned from the server by now, has no read
// position that could be moved; and the row of the room says whether it is archived. Then it divides by zero, which undoes it all; run
// again, the statement sees what has happened.
const sqlAppend = `
WITH sent AS (
    SELECT n.i, n.client_id, n.kind, n.body, n.created_at, n.mentions, n.member, n.unbanned, n.open, u.id AS author,
        (NOT n.member OR m.room IS NOT NULL) AND NOT (n.unbanned AND u.banned) AND NOT (n.open AND coalesce(r.archived_at, 0) <> 0) AS allowed,
        coalesce(m.peer, 0) AS peer, coalesce(m.hidden_until, 0) AS hidden, coalesce(p.hidden_until, 0) AS peers_side,
        (SELECT t.seq FROM messages t WHERE t.room = r.id AND t.author = n.author AND t.client_id = n.client_id) AS original
    FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::boolean[], $9::text[], $10::boolean[])
        WITH ORDINALITY AS n (author, client_id, kind, body, created_at, member, unbanned, mentions, open, i)
    JOIN users u ON u.id = n.author
    LEFT JOIN rooms r ON r.id = $1 AND r.kind <> 'deleted'
    LEFT JOIN memberships m ON m.room = $1 AND m."user" = n.author
    LEFT JOIN memberships p ON p.room = $1 AND p."user" = m.peer
), fresh AS (
    SELECT *, row_number() OVER (ORDER BY i) AS place FROM sent WHERE original IS NULL AND allowed
), total AS (
    SELECT count(*) AS n FROM fresh
), head AS (
    UPDATE rooms r SET seq = r.seq + total.n, rev = r.rev + total.n FROM total WHERE r.id = $1 AND r.kind <> 'deleted' AND total.n > 0
    RETURNING r.seq - total.n AS seq, r.rev - total.n AS rev, r.archived_at <> 0 AS archived
), stored AS (
    INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at, mentions)
    SELECT $1, head.seq + f.place, head.rev + f.place, f.author, f.client_id, f.kind, f.body, f.created_at, f.mentions
    FROM head, fresh f
), read AS (
    UPDATE memberships m SET read_seq = head.seq + a.place
    FROM head, (SELECT author, max(place) AS place, bool_or(unbanned) AS unbanned FROM fresh GROUP BY author) a
    WHERE m.room = $1 AND m."user" = a.author AND NOT (a.unbanned AND m.banned)
    RETURNING m."user"
), ended AS (
    SELECT count(*) AS n FROM fresh f, head
    WHERE f.member AND f.author NOT IN (SELECT "user" FROM read) OR f.open AND head.archived
)
SELECT s.i, s.allowed, coalesce(s.original, 0), head.seq + f.place, head.rev + f.place, ` + sqlstore.AuthorColumns + `,
    s.peer, s.hidden, s.peers_side, 1 / (ended.n = 0)::int
FROM sent s JOIN users u ON u.id = s.author LEFT JOIN fresh f ON f.i = s.i LEFT JOIN head ON true CROSS JOIN ended`

// key identifies a message within its room.
type key struct {
	author   chat.UserID
	clientID uuid.UUID
}

// appendAll stores the messages and sets their results. If it returns an error,
// none is stored, or the outcome is unknown. Again is true if an earlier attempt
// may have stored them: then existing messages count as new, because an extra event
// does no harm.
func (a *appender) appendAll(ctx context.Context, conn *pgx.Conn, room chat.RoomID, jobs []*appending, again bool) error {
	first := make(map[key]*appending, len(jobs))
	var distinct, repeated []*appending
	var authors, times []int64
	var clientIDs []pgtype.UUID
	var kinds, bodies []string
	var member, unbanned, open []bool
	var mentions []*string
	for _, job := range jobs {
		job.message, job.created, job.err = nil, false, sqlstore.NoUser()
		in, k := job.input, key{job.input.Author, job.clientID}
		if first[k] != nil {
			repeated = append(repeated, job)
			continue
		}
		first[k] = job
		distinct = append(distinct, job)
		authors, times = append(authors, int64(in.Author)), append(times, sqlstore.Millis(in.CreatedAt))
		clientIDs = append(clientIDs, pgtype.UUID{Bytes: job.clientID, Valid: true})
		kinds, bodies = append(kinds, string(in.Kind)), append(bodies, in.Body)
		mentions = append(mentions, sqlstore.Mentioned(in.Mentions, in.MentionsRoom))
		var needs chat.Standing
		if in.Act != nil {
			needs = in.Act.Needs
		}
		member, unbanned, open = append(member, needs.Member), append(unbanned, needs.Unbanned), append(open, needs.Open)
	}
	var known []*appending
	args := []any{room, authors, clientIDs, kinds, bodies, times, member, unbanned, mentions, open}
	on := queries{ctx, conn}
	err := on.Each(sqlAppend, args, func(rows sqlstore.Scanner) error {
		var i, held int
		var allowed bool
		var original int64
		var seq, rev *int64
		var author chat.Author
		var talk talk
		dest := slices.Concat([]any{&i, &allowed, &original, &seq, &rev}, sqlstore.AuthorDest(&author),
			[]any{&talk.peer, &talk.hidden, &talk.peersSide, &held})
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		job := distinct[i-1]
		switch {
		case original > 0:
			known = append(known, job)
			talk.shows(job, original)
		case !allowed:
			job.err = chat.ErrNoStanding()
		case seq == nil:
			job.err = sqlstore.NoRoom()
		default:
			job.stored(*seq, *rev, author)
			talk.shows(job, *seq)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, job := range known {
		job.message = new(chat.Message)
		found, err := a.extras.Message(on, job.message, statements.MessageByClientID, room, job.input.Author, job.clientID)
		if job.err = err; err == nil && !found {
			job.err = sqlstore.NoMessage()
		}
		job.created = job.err == nil && again
	}
	for _, job := range repeated {
		original := first[key{job.input.Author, job.clientID}]
		job.message, job.err = original.message, original.err
	}
	return nil
}

// stored sets the result of a new message.
func (a *appending) stored(seq, rev int64, author chat.Author) {
	in := a.input
	a.err, a.created = nil, true
	a.message = &chat.Message{
		Room: in.Room, Seq: seq, Rev: rev, ClientID: a.clientID.String(), Author: author,
		Kind: in.Kind, Body: in.Body, Mentions: in.Mentions, MentionsRoom: in.MentionsRoom, CreatedAt: sqlstore.FromMillis(sqlstore.Millis(in.CreatedAt)),
	}
	a.message.SetDetail()
}
