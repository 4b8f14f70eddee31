package chat

import (
	"context"
	"io"
)

// ThumbSize is one of the sizes in which pictures are kept beside the original.
type ThumbSize string

// The sizes. The longest side of each is in package picture.
const (
	ThumbSmall  ThumbSize = "small"
	ThumbMedium ThumbSize = "medium"
	ThumbLarge  ThumbSize = "large"
)

// BlobRole is what a blob is to a file.
type BlobRole string

// The roles. Thumbnails have the name of their size.
const (
	BlobContent BlobRole = "content" // what others download
	BlobPart    BlobRole = "part"    // what has arrived of an upload
)

// FileBlob is a blob of a file.
type FileBlob struct {
	Role   BlobRole
	Offset int64 // of a part, in bytes
	Key    string
	Size   int64 // in bytes
}

// Prepared is what a complete upload turned out to be.
type Prepared struct {
	Type          string // media type, found in the content
	Width, Height int    // of a picture as it is shown, in pixels; 0 if unknown
	Blobs         []FileBlob
}

// FileKeeper receives uploads and turns them into what others download.
type FileKeeper interface {
	// Receive stores what arrives, at most max bytes, under the key. If the source
	// fails, what has arrived until then is stored, and cause says why it failed. Before
	// storing, it calls intend, whose error ends it.
	Receive(ctx context.Context, key string, max int64, from io.Reader, intend func(size int64) error) (n int64, cause, err error)
	// Finish joins the parts, removes from pictures what says where and with what they
	// were taken, makes thumbnails, and stores all of it. Before storing, it calls
	// intend. It fails with CodeNotFound if a part is missing.
	Finish(ctx context.Context, parts []FileBlob, intend func([]FileBlob) error) (Prepared, error)
	BlobStore() BlobStore
}
