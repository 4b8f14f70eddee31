package storetest

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// CreateFile asks one of the two.
func (p pairedFiles) CreateFile(ctx context.Context, file chat.NewFile) (stored chat.File, created bool, err error) {
	return p.next().CreateFile(ctx, file)
}

// File asks one of the two.
func (p pairedFiles) File(ctx context.Context, id chat.FileID) (chat.File, error) {
	return p.next().File(ctx, id)
}

// IntendBlobs asks one of the two.
func (p pairedFiles) IntendBlobs(ctx context.Context, blobs []chat.FileBlob, at time.Time) error {
	return p.next().IntendBlobs(ctx, blobs, at)
}

// AddPart asks one of the two.
func (p pairedFiles) AddPart(ctx context.Context, id chat.FileID, part chat.FileBlob, at time.Time) (chat.File, error) {
	return p.next().AddPart(ctx, id, part, at)
}

// FinishFile asks one of the two.
func (p pairedFiles) FinishFile(ctx context.Context, id chat.FileID, prepared chat.Prepared) (chat.File, error) {
	return p.next().FinishFile(ctx, id, prepared)
}

// DeleteFile asks one of the two.
func (p pairedFiles) DeleteFile(ctx context.Context, id chat.FileID) error {
	return p.next().DeleteFile(ctx, id)
}

// FilesIn asks one of the two.
func (p pairedFiles) FilesIn(ctx context.Context, room chat.RoomID, before int64, limit int) ([]chat.SentFile, error) {
	return p.next().FilesIn(ctx, room, before, limit)
}

// DeleteStale asks one of the two.
func (p pairedFiles) DeleteStale(ctx context.Context, before time.Time, limit int) (int, error) {
	return p.next().DeleteStale(ctx, before, limit)
}

// TakeUnused asks one of the two.
func (p pairedFiles) TakeUnused(ctx context.Context, before time.Time, limit int) (keys []string, checked int, err error) {
	return p.next().TakeUnused(ctx, before, limit)
}

// ForgetBlobs asks one of the two.
func (p pairedFiles) ForgetBlobs(ctx context.Context, keys []string) error {
	return p.next().ForgetBlobs(ctx, keys)
}

// Ping asks one of the two.
func (p *pair) Ping(ctx context.Context) error { return p.next().Ping(ctx) }
