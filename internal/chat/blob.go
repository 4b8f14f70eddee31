package chat

import (
	"context"
	"io"
	"time"
)

// BlobStore keeps the bytes of files under keys. A key is 3 to 100 of the characters
// a–z, 0–9 and “-”. All methods are safe for concurrent use. Errors: CodeUnavailable
// for failures that may pass.
type BlobStore interface {
	// Put stores exactly size bytes under the key, and replaces what was there. When it
	// returns, they are durable; before, Open shows nothing or what was there. It fails
	// if from has fewer or more bytes.
	Put(ctx context.Context, key string, size int64, from io.Reader) error
	// Open opens the bytes for reading. It fails with CodeNotFound.
	Open(ctx context.Context, key string) (Blob, error)
	// Delete removes the key. A key that is not there is no error.
	Delete(ctx context.Context, key string) error
	// Each calls each for every key that was there all the time, in any order, until each fails.
	Each(ctx context.Context, each func(StoredBlob) error) error
}

// Blob is open for reading.
type Blob interface {
	io.ReadSeekCloser
	Size() int64 // in bytes
}

// StoredBlob is an entry of a BlobStore.
type StoredBlob struct {
	Key  string
	Size int64     // in bytes
	At   time.Time // when it was stored
}
