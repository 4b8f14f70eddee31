package storetest

import (
	"context"

	"partychat/internal/chat"
)

// Pins asks one of the two.
func (p pairedMarks) Pins(ctx context.Context, room chat.RoomID, limit int) ([]chat.Message, error) {
	return p.next().Pins(ctx, room, limit)
}

// PutBookmark asks one of the two.
func (p pairedMarks) PutBookmark(ctx context.Context, act *chat.Act, b chat.Bookmark, on bool, max int) (int64, bool, error) {
	return p.next().PutBookmark(ctx, act, b, on, max)
}

// Bookmarks asks one of the two.
func (p pairedMarks) Bookmarks(ctx context.Context, user chat.UserID, page chat.BookmarkPage) ([]chat.FoundBookmark, error) {
	return p.next().Bookmarks(ctx, user, page)
}

// BookmarksIn asks one of the two.
func (p pairedMarks) BookmarksIn(ctx context.Context, user chat.UserID, room chat.RoomID) ([]int64, error) {
	return p.next().BookmarksIn(ctx, user, room)
}

// PutThread asks one of the two.
func (p pairedMarks) PutThread(ctx context.Context, act *chat.Act, change chat.ThreadChange) (chat.ThreadState, bool, error) {
	return p.next().PutThread(ctx, act, change)
}

// Thread asks one of the two.
func (p pairedMarks) Thread(ctx context.Context, user chat.UserID, room chat.RoomID, root int64) (chat.ThreadState, int64, error) {
	return p.next().Thread(ctx, user, room, root)
}

// Threads asks one of the two.
func (p pairedMarks) Threads(ctx context.Context, user chat.UserID, page chat.ThreadPage) ([]chat.FoundThread, error) {
	return p.next().Threads(ctx, user, page)
}

// UnreadThreads asks one of the two.
func (p pairedMarks) UnreadThreads(ctx context.Context, user chat.UserID) (int, error) {
	return p.next().UnreadThreads(ctx, user)
}
