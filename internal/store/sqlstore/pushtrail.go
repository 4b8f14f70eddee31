package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partychat/internal/chat"
)

// pushMarks are the rooms with messages, and the users with read positions, that the
// trail of pushes has yet to process, as far as this node knows. They are off while
// nobody has a device.
type pushMarks struct {
	on    atomic.Bool
	rooms *Changed

	mu    sync.Mutex
	users map[chat.UserID]struct{}
	all   bool // all users, because of those that other nodes have noted
}

// maxReaders is how many users are noted before all of them are.
const maxReaders = 1000

func (m *pushMarks) noteRead(user chat.UserID) {
	m.mu.Lock()
	if m.all = m.all || len(m.users) >= maxReaders; !m.all {
		m.users[user] = struct{}{}
	}
	m.mu.Unlock()
	m.rooms.rouse()
}

func (m *pushMarks) noteAllRead() {
	m.mu.Lock()
	m.all = true
	m.mu.Unlock()
	m.rooms.rouse()
}

// takeReaders returns the noted users, and forgets them.
func (m *pushMarks) takeReaders() (users []chat.UserID, all bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	users, all = make([]chat.UserID, 0, len(m.users)), m.all
	for user := range m.users {
		users = append(users, user)
	}
	clear(m.users)
	m.all = false
	return users, all
}

// roomsPerBatch is how many rooms one transaction takes at most.
const roomsPerBatch = 64

// pushTrailStore is the part that writes the jobs of pushes. It trails the messages:
// push_rooms has the seq up to which each room's jobs are written.
type pushTrailStore struct{ *Core }

func (s pushTrailStore) marks() *pushMarks { return s.search.Changed.pushes }

// Unpushed is specified by chat.PushTrailStore.
func (s pushTrailStore) Unpushed() <-chan struct{} { return s.marks().rooms.wake }

// NoteRead is specified by chat.PushTrailStore.
func (s pushTrailStore) NoteRead(user chat.UserID) {
	if s.marks().on.Load() {
		s.marks().noteRead(user)
	}
}

// ComparePushes is specified by chat.PushTrailStore.
func (s pushTrailStore) ComparePushes(ctx context.Context) error {
	var has bool
	if _, err := s.row(ctx, s.sql.HasPushSubscriptions, nil, &has); err != nil {
		return err
	}
	if s.marks().on.Store(has); !has {
		return nil
	}
	rooms, err := all(ctx, s.Core, s.sql.PushLagging, nil, scanRoomID)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		s.marks().rooms.Mark(room, 0)
	}
	s.marks().noteAllRead()
	return nil
}

// PlanPushes is specified by chat.PushTrailStore.
func (s pushTrailStore) PlanPushes(ctx context.Context, plan chat.PushPlan) (n int, err error) {
	if n, err = s.planWithdrawals(ctx, plan); err != nil || n > 0 {
		return n, err
	}
	for n == 0 {
		changed := s.marks().rooms.some(roomsPerBatch)
		if len(changed) == 0 {
			return 0, nil
		}
		slices.SortFunc(changed, func(a, b changedRoom) int { return cmp.Compare(a.room, b.room) }) // the order of locks
		var batches []pushBatch
		left := plan
		for i, c := range changed {
			batch, err := s.pushBatch(ctx, c.room, left)
			if err != nil {
				return 0, err
			}
			batches = append(batches, batch)
			n += batch.messages
			if left.Messages -= batch.messages; left.Messages <= 0 {
				changed = changed[:i+1]
				break
			}
		}
		if err := s.writePushes(ctx, batches); err != nil {
			return 0, err
		}
		for i, c := range changed {
			if batches[i].all {
				s.marks().rooms.done(c)
			}
		}
	}
	return n, nil
}

// pushBatch is what some messages of a room cause.
type pushBatch struct {
	room     chat.RoomID
	from, to int64 // the cursor, before and after
	messages int
	jobs     []chat.NewJob
	all      bool // there are no more messages
}

// pushBatch reads messages without jobs, and decides.
func (s pushTrailStore) pushBatch(ctx context.Context, room chat.RoomID, plan chat.PushPlan) (b pushBatch, err error) {
	b = pushBatch{room: room, all: true}
	members, err := all(ctx, s.Core, s.sql.PushMembers, []any{room}, func(r Scanner) (m chat.PushMember, err error) {
		var user UserRow
		var settings settingsRow
		var since int64
		dest := slices.Concat([]any{&m.Subscription}, user.Dest(), settings.dest(), []any{(*string)(&m.Level), (*int64)(&m.Peer), &m.ReadSeq, &since})
		err = r.Scan(dest...)
		m.User, m.Settings, m.Room, m.Since = user.User(), settings.settings(), room, FromMillis(since)
		return m, err
	})
	if err != nil || len(members) == 0 {
		return b, err
	}
	var head int64
	found, err := s.row(ctx, s.sql.PushCursor, []any{room}, &head, &b.from)
	if err != nil || !found || head <= b.from {
		return b, err
	}
	begin, err := s.firstToPush(ctx, b, head, members, plan.Messages)
	if err != nil {
		return b, err
	}
	page, err := messageStore(s).Messages(ctx, room, chat.MessagePage{Direction: chat.PageAfter, Seq: begin, Limit: plan.Messages})
	if chat.CodeOf(err) == chat.CodeNotFound {
		return b, nil
	}
	if err != nil || len(page.Messages) == 0 {
		return b, err
	}
	b.messages, b.all = len(page.Messages), !page.More
	b.to = page.Messages[len(page.Messages)-1].Seq
	followers, err := s.followers(ctx, room, page.Messages)
	if err != nil {
		return b, err
	}
	b.jobs = jobsOf(members, followers, page.Messages, plan)
	for _, m := range page.Messages {
		s.marks().noteRead(m.Author.ID) // a message moves its author's read position
	}
	return b, nil
}

// follower is a user who follows the thread of that root.
type follower struct {
	root int64
	user chat.UserID
}

// followers reads who follows the threads that the messages are in.
func (s pushTrailStore) followers(ctx context.Context, room chat.RoomID, messages []chat.Message) (map[follower]bool, error) {
	var roots []int64
	for _, m := range messages {
		if m.Thread != 0 && !slices.Contains(roots, m.Thread) {
			roots = append(roots, m.Thread)
		}
	}
	list, err := allOf(ctx, s.Core, s.sql.Followers, roots, func(r Scanner) (f follower, err error) {
		err = r.Scan(&f.root, (*int64)(&f.user))
		return f, err
	}, room)
	followers := make(map[follower]bool, len(list))
	for _, f := range list {
		followers[f] = true
	}
	return followers, err
}

// firstToPush returns the seq after which to begin: the cursor, unless it was left
// behind while no member had a device. Messages from before that need not be read.
func (s pushTrailStore) firstToPush(ctx context.Context, b pushBatch, head int64, members []chat.PushMember, near int) (int64, error) {
	// Clocks of nodes may differ, and times need not be in the order of seq.
	const tolerance = time.Minute
	since := members[0].Since
	for _, m := range members {
		if m.Since.Before(since) {
			since = m.Since
		}
	}
	from := b.from
	for head-from > int64(near) {
		middle := from + (head-from)/2
		var sent int64
		if _, err := s.row(ctx, s.sql.SentAt, []any{b.room, middle}, &sent); err != nil {
			return 0, err
		}
		if !FromMillis(sent).Before(since.Add(-tolerance)) {
			head = middle
			continue
		}
		from = middle
	}
	return from, nil
}

// jobsOf makes a job for each device that must show something new. The job is about the
// latest of the messages.
func jobsOf(members []chat.PushMember, followers map[follower]bool, messages []chat.Message, plan chat.PushPlan) (jobs []chat.NewJob) {
	for _, member := range members {
		for _, m := range slices.Backward(messages) {
			isNews := m.Seq > member.ReadSeq && m.Author.ID != member.User.ID && !m.CreatedAt.Before(member.Since)
			if !isNews || !plan.Notifies(member, followers[follower{m.Thread, member.User.ID}], m) {
				continue
			}
			jobs = append(jobs, pushJob(chat.PushTarget{Subscription: member.Subscription, Room: m.Room, Seq: m.Seq}, plan, plan.Delay))
			break
		}
	}
	return jobs
}

func pushJob(target chat.PushTarget, plan chat.PushPlan, delay time.Duration) chat.NewJob {
	return chat.NewJob{
		Kind: chat.KindPush, Key: target.Subscription + ":" + subject(target.Room), Payload: target.Payload(),
		DueAt: plan.Now.Add(delay), ExpiresAt: plan.Now.Add(plan.Keep), CreatedAt: plan.Now,
	}
}

// writePushes moves the cursors and writes the jobs, in one transaction. What another
// node has processed meanwhile is left out.
func (s pushTrailStore) writePushes(ctx context.Context, batches []pushBatch) error {
	batches = slices.DeleteFunc(slices.Clone(batches), func(b pushBatch) bool { return b.messages == 0 })
	if len(batches) == 0 {
		return nil
	}
	return s.db.WriteBeside(ctx, func(tx Tx) error {
		for _, b := range batches {
			query, args := s.sql.AdvancePushes, []any{b.room, b.from, b.to}
			if b.from == 0 {
				query, args = s.sql.BeginPushes, []any{b.room, b.to}
			}
			advanced, err := tx.Exec(query, args...)
			if err != nil {
				return err
			}
			if advanced == 0 {
				continue
			}
			if err := s.sql.put(tx, b.jobs); err != nil {
				return err
			}
		}
		return nil
	})
}

// planWithdrawals writes jobs for devices that show what was read elsewhere.
func (s pushTrailStore) planWithdrawals(ctx context.Context, plan chat.PushPlan) (n int, err error) {
	users, everybody := s.marks().takeReaders()
	var jobs []chat.NewJob
	scan := func(r Scanner) (target chat.PushTarget, err error) {
		err = r.Scan(&target.Subscription, (*int64)(&target.Room), &target.Seq)
		return target, err
	}
	defer func() {
		if err != nil {
			s.marks().noteAllRead()
		}
	}()
	var read []chat.PushTarget
	if everybody {
		read, err = all(ctx, s.Core, s.sql.ReadShown, nil, scan)
	} else {
		read, err = allOf(ctx, s.Core, s.sql.ReadShownOf, users, scan)
	}
	if err != nil || len(read) == 0 {
		return 0, err
	}
	for _, target := range read {
		job := pushJob(target, plan, 0)
		job.KeepPayload = true
		jobs = append(jobs, job)
	}
	return len(jobs), s.db.WriteBeside(ctx, func(tx Tx) error { return s.sql.put(tx, jobs) })
}

// PushState is specified by chat.PushTrailStore.
func (s pushTrailStore) PushState(ctx context.Context, subscription string, room chat.RoomID) (state chat.PushState, err error) {
	var row pushRow
	var user UserRow
	var activeUntil int64
	dest := append(append(row.dest(), user.Dest()...), &state.Member, (*int64)(&state.Peer), &state.ReadSeq, &state.ShownSeq, &activeUntil)
	err = s.one(ctx, s.sql.PushState, []any{subscription, room}, noPushSubscription, dest...)
	if err != nil {
		return chat.PushState{}, err
	}
	state.Subscription, state.User, state.ActiveUntil = row.subscription(), user.User(), fromMillisOrZero(activeUntil)
	return state, nil
}

func noPushSubscription() error {
	return chat.Errorf(chat.CodeNotFound, "There is no such push subscription.")
}

// PushShown is specified by chat.PushTrailStore.
func (s pushTrailStore) PushShown(ctx context.Context, subscription string, room chat.RoomID, seq int64) (err error) {
	if seq == 0 {
		_, err = s.db.Exec(ctx, s.sql.PushNotShown, subscription, room)
		return err
	}
	_, err = s.db.Exec(ctx, s.sql.PushShown, subscription, room, seq)
	return err
}
