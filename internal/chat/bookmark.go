package chat

import (
	"context"
	"time"
)

// Bookmark is a message that a user has marked to find it again. Nobody else knows of
// it. (User, Room, Seq) identifies it.
type Bookmark struct {
	User UserID
	Room RoomID
	Seq  int64
	At   time.Time
	Rev  int64 // rev of the user's stream at which it was set
}

// BookmarkPut tells all of a user's devices that a bookmark is set or, unless On, gone.
type BookmarkPut struct {
	User UserID
	Rev  int64
	Room RoomID
	Seq  int64
	On   bool
}

// Topic returns the bookmark's user.
func (e BookmarkPut) Topic() Topic { return Topic{User: e.User} }

// Revision returns a rev of the user's stream.
func (e BookmarkPut) Revision() int64 { return e.Rev }

// FoundBookmark is a bookmark in a list, with what the reader may know of it.
type FoundBookmark struct {
	Bookmark
	Room *Room // nil: the reader may not see the room, and Message is nil
	// Peer is the other user, in a conversation.
	Peer    *User
	Message *Message // as Message.Preview
	// Access is what Room and Message may be shown on. Stores set it; the service
	// decides.
	Access Access
}

// BookmarkPage selects a page of a user's bookmarks.
type BookmarkPage struct {
	Before int64 // Bookmark.Rev to continue before; 0: from the last one set
	Limit  int
}

// BookmarkStore stores bookmarks.
type BookmarkStore interface {
	// PutBookmark sets the bookmark durably or, unless on, removes it. If that changes
	// something, it takes the next rev of the user's stream; otherwise rev is that of
	// the previous change, or 0. Setting fails with CodeNotFound if there is no such
	// message or it has been deleted, and with CodeTooLarge if the user has max bookmarks.
	PutBookmark(ctx context.Context, act *Act, b Bookmark, on bool, max int) (rev int64, changed bool, err error)
	// Bookmarks returns a page of the user's bookmarks, the last one set first, whether
	// or not the user may still see the rooms: Access says what the user is in each.
	Bookmarks(ctx context.Context, user UserID, page BookmarkPage) ([]FoundBookmark, error)
	// BookmarksIn returns the seqs of the user's bookmarks in the room, in their order.
	BookmarksIn(ctx context.Context, user UserID, room RoomID) ([]int64, error)
}

// Bookmark sets a bookmark of the user on a message or, unless on, removes it, and tells
// the user's devices. What is so already changes nothing, so that it can be retried.
// Errors: for setting it, CodeNotFound for rooms that the user may not see and for
// messages that don't exist or have been deleted, and CodeTooLarge if the user has too
// many bookmarks; CodeRateLimited.
func (m *Messages) Bookmark(ctx context.Context, by User, room RoomID, seq int64, on bool) (rev int64, err error) {
	if err := m.sends.Take(by.ID); err != nil {
		return 0, err
	}
	may := Access.bookmarks
	if !on { // also in a room that the user cannot see any more
		may = nil
	}
	b := Bookmark{User: by.ID, Room: room, Seq: seq, At: m.now()}
	rev, changed, err := m.store.PutBookmark(ctx, actOf(by, may), b, on, m.rules.limits.Bookmarks)
	if !changed {
		m.sends.GiveBack(by.ID)
		return rev, err
	}
	m.events.publish(context.WithoutCancel(ctx), BookmarkPut{User: by.ID, Rev: rev, Room: room, Seq: seq, On: on})
	return rev, nil
}

// BookmarkList is a page of a user's bookmarks.
type BookmarkList struct {
	Bookmarks []FoundBookmark
	Next      int64 // pass it as before to continue the list; 0: this is the last page
}

// Bookmarks returns a page of the user's bookmarks, the last one set first. Of messages
// in rooms that the user may not see now, it tells nothing. CodeInvalid on "before" or
// "limit".
func (m *Messages) Bookmarks(ctx context.Context, by User, before int64, limit int) (BookmarkList, error) {
	limit, err := m.rules.limits.pageSize(limit, m.rules.limits.EntriesPerPage)
	if err != nil {
		return BookmarkList{}, err
	}
	if before < 0 {
		return BookmarkList{}, ErrorIn("before", CodeInvalid, "The rev must not be negative.")
	}
	found, err := m.store.Bookmarks(ctx, by.ID, BookmarkPage{Before: before, Limit: limit + 1})
	if err != nil {
		return BookmarkList{}, err
	}
	list := BookmarkList{Bookmarks: found}
	if len(found) > limit {
		list.Bookmarks, list.Next = found[:limit], found[limit-1].Rev
	}
	for i := range list.Bookmarks {
		b := &list.Bookmarks[i]
		if b.Access.sees() != nil {
			b.Room, b.Peer, b.Message = nil, nil, nil
		}
	}
	return list, nil
}

// BookmarksIn returns the seqs of the messages of the room that the user has bookmarked,
// in their order.
func (m *Messages) BookmarksIn(ctx context.Context, by User, room RoomID) ([]int64, error) {
	return m.store.BookmarksIn(ctx, by.ID, room)
}
