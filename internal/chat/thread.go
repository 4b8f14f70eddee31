package chat

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// ThreadState is what a user is to a thread.
type ThreadState struct {
	User    UserID
	Room    RoomID
	Root    int64 // the seq of its root
	Follows bool
	ReadSeq int64 // while the user follows: everything in it up to this seq is read
	Rev     int64 // rev of the user's stream at its last change; 0: it has never been followed
}

// ThreadPut tells all of a user's devices that the user follows a thread or does not
// any more, or has read on in it.
type ThreadPut struct {
	User    UserID
	Rev     int64
	Room    RoomID
	Root    int64
	Follows bool
	ReadSeq int64
}

// Topic returns the user who follows.
func (e ThreadPut) Topic() Topic { return Topic{User: e.User} }

// Revision returns a rev of the user's stream.
func (e ThreadPut) Revision() int64 { return e.Rev }

// Put returns the event with the present state.
func (s ThreadState) Put() ThreadPut {
	return ThreadPut{User: s.User, Rev: s.Rev, Room: s.Room, Root: s.Root, Follows: s.Follows, ReadSeq: s.ReadSeq}
}

// ThreadChange changes what a user is to a thread.
type ThreadChange struct {
	User   UserID
	Room   RoomID
	Root   int64
	Follow *bool // start or stop following; nil: as it is
	// ReadSeq moves the read position forward, at most to the room's head, if the user
	// follows the thread.
	ReadSeq int64
}

// FoundThread is a thread in the list of those that a user follows.
type FoundThread struct {
	ThreadState
	Unread  int64     // undeleted messages of others behind the read position
	At      time.Time // when the latest reply, or without one the root, was written
	Message Message   // the root as Message.Preview, with Replies, which name no authors
}

// ThreadPage selects a page of the threads that a user follows, those with the latest
// replies first.
type ThreadPage struct {
	After ThreadPlace // the place of the last one of the previous page; zero: from the start
	Limit int
}

// ThreadPlace is the place of a thread in the list.
type ThreadPlace struct {
	At   time.Time
	Room RoomID
	Root int64
}

// Place returns the thread's place.
func (t FoundThread) Place() ThreadPlace { return ThreadPlace{t.At, t.Room, t.Root} }

// String is the cursor of a place.
func (p ThreadPlace) String() string {
	parts := []int64{p.At.UnixMilli(), int64(p.Room), p.Root}
	text := make([]string, len(parts))
	for i, part := range parts {
		text[i] = strconv.FormatInt(part, 36)
	}
	return strings.Join(text, ".")
}

// parseThreadPlace undoes ThreadPlace.String; "" is the zero place.
func parseThreadPlace(cursor string) (p ThreadPlace, err error) {
	if cursor == "" {
		return ThreadPlace{}, nil
	}
	parts := strings.Split(cursor, ".")
	numbers := make([]int64, 3)
	for i := range numbers {
		if len(parts) == len(numbers) {
			numbers[i], err = strconv.ParseInt(parts[i], 36, 64)
		}
		if err != nil || len(parts) != len(numbers) {
			return ThreadPlace{}, ErrorIn("after", CodeInvalid, "after must be the next of the previous page.")
		}
	}
	return ThreadPlace{time.UnixMilli(numbers[0]).UTC(), RoomID(numbers[1]), numbers[2]}, nil
}

// ThreadStore stores who follows which threads. MessageStore.AppendMessage makes the
// author of a reply, the author of the root, and those whom the reply mentions follow
// the thread; the author of the root only if that is the first that the store knows of
// them in this thread.
type ThreadStore interface {
	// PutThread applies the change durably. If it changes something, that takes the next
	// rev of the user's stream. At first, everything so far counts as read. It
	// fails with CodeNotFound if there is no such message.
	PutThread(ctx context.Context, act *Act, change ThreadChange) (state ThreadState, changed bool, err error)
	// Thread returns what the user is to a thread, and how much of it is unread for them.
	Thread(ctx context.Context, user UserID, room RoomID, root int64) (ThreadState, int64, error)
	// Threads returns a page of the threads that the user follows in rooms that the user
	// is a member of.
	Threads(ctx context.Context, user UserID, page ThreadPage) ([]FoundThread, error)
	// UnreadThreads counts those of Threads with Unread above 0.
	UnreadThreads(ctx context.Context, user UserID) (int, error)
}

// Threads is the service for the threads that people follow.
type Threads struct{ *core }

// Follow makes the user follow a thread or, unless on, stops that, and tells the user's
// devices. What is so already changes nothing, so that it can be retried. Errors: for
// following, CodeNotFound for rooms that the user may not see and for messages that don't
// exist, and CodeForbidden for other rooms that the user isn't a member of.
func (t *Threads) Follow(ctx context.Context, by User, room RoomID, root int64, on bool) (ThreadState, error) {
	may := Access.follows
	if !on { // also in a room that the user cannot see any more
		may = nil
	}
	return t.change(ctx, actOf(by, may), ThreadChange{User: by.ID, Room: room, Root: root, Follow: &on})
}

// MarkRead moves the user's read position in a thread forward to seq. In a thread that
// the user does not follow, it changes nothing. CodeInvalid on "seq".
func (t *Threads) MarkRead(ctx context.Context, by User, room RoomID, root, seq int64) (ThreadState, error) {
	if seq < 0 {
		return ThreadState{}, ErrorIn("seq", CodeInvalid, "The seq must not be negative.")
	}
	return t.change(ctx, actOf(by, nil), ThreadChange{User: by.ID, Room: room, Root: root, ReadSeq: seq})
}

func (t *Threads) change(ctx context.Context, act *Act, change ThreadChange) (ThreadState, error) {
	state, changed, err := t.store.PutThread(ctx, act, change)
	if err == nil && changed {
		t.events.publish(context.WithoutCancel(ctx), state.Put())
	}
	return state, err
}

// State returns what the user is to a thread, and how much of it is unread.
func (t *Threads) State(ctx context.Context, user User, room RoomID, root int64) (ThreadState, int64, error) {
	if _, err := t.seen(ctx, user, room); err != nil {
		return ThreadState{}, 0, err
	}
	return t.store.Thread(ctx, user.ID, room, root)
}

// ThreadList is a page of the threads that a user follows.
type ThreadList struct {
	Threads []FoundThread
	Next    string // pass it as after to continue the list; "": this is the last page
	Unread  int    // threads of the whole list that have unread messages
}

// List returns a page of the threads that the user follows, those with the latest
// replies first. CodeInvalid on "after" or "limit".
func (t *Threads) List(ctx context.Context, user User, after string, limit int) (list ThreadList, err error) {
	page := ThreadPage{}
	if limit, err = t.rules.limits.pageSize(limit, t.rules.limits.EntriesPerPage); err != nil {
		return ThreadList{}, err
	}
	if page.After, err = parseThreadPlace(after); err != nil {
		return ThreadList{}, err
	}
	page.Limit = limit + 1
	if list.Threads, err = t.store.Threads(ctx, user.ID, page); err != nil {
		return ThreadList{}, err
	}
	if len(list.Threads) > limit {
		list.Threads = list.Threads[:limit]
		list.Next = list.Threads[limit-1].Place().String()
	}
	list.Unread, err = t.store.UnreadThreads(ctx, user.ID)
	return list, err
}
