package chat

import (
	"context"
	"strings"
	"time"
)

// FileID identifies a file permanently. It fits a JavaScript number.
type FileID int64

// FileInfo is the part of a file that a message contains.
type FileInfo struct {
	ID   FileID
	Name string
	Type string // media type; "" until it is ready
	// Size is the number of bytes that its owner has announced. Once it is ready, it is
	// the number that others download.
	Size          int64
	Width, Height int // of a picture as it is shown, in pixels; 0 if unknown
}

// isPicture reports whether the file is a picture of any format.
func (f FileInfo) isPicture() bool { return strings.HasPrefix(f.Type, "image/") }

// File is something that a user uploads, and then sends in a message.
type File struct {
	FileInfo
	Owner    UserID
	ClientID string // a UUID, the idempotency key of its creation
	// Room and Seq are the message that it is in; 0 before it is sent.
	Room      RoomID
	Seq       int64
	Received  int64 // bytes that have arrived
	Ready     bool  // all have arrived, and it can be sent
	CreatedAt time.Time
	Blobs     []FileBlob // what there is of it, by role and offset; only of File
}

// Blob returns the blob with the role. Thumbnails that do not exist, because the picture
// is not larger, are the content.
func (f File) Blob(role BlobRole) (blob FileBlob, ok bool) {
	for _, b := range f.Blobs {
		if b.Role == role || b.Role == BlobContent {
			blob, ok = b, true
			if b.Role == role {
				break
			}
		}
	}
	return blob, ok
}

// NewFile is a file about to be stored.
type NewFile struct {
	ID        FileID
	Owner     UserID
	ClientID  string
	Name      string
	Size      int64
	CreatedAt time.Time
	// OfUser and OfServer are how many bytes all files of the owner, and of everybody,
	// may have; 0: unlimited.
	OfUser, OfServer int64
}

// UploadStore stores what is known of uploads.
type UploadStore interface {
	// CreateFile stores the file and counts its size. If its owner has one with the same
	// ClientID, it returns that one with created false. Errors: CodeTooLarge on "size".
	CreateFile(ctx context.Context, file NewFile) (stored File, created bool, err error)
	// File fails with CodeNotFound.
	File(ctx context.Context, id FileID) (File, error)
	// IntendBlobs records that blobs are about to be stored, at that time. They can be
	// added to a file afterwards. CodeUnavailable if one of them is being deleted.
	IntendBlobs(ctx context.Context, blobs []FileBlob, at time.Time) error
	// AddPart adds a part, which must begin where the file ends until now; otherwise
	// CodeTaken on "offset". The errors of File, and of IntendBlobs.
	AddPart(ctx context.Context, id FileID, part FileBlob, at time.Time) (File, error)
	// FinishFile makes the file ready, and replaces its parts by the blobs. It changes
	// nothing if the file is ready. The errors of File, and of IntendBlobs.
	FinishFile(ctx context.Context, id FileID, p Prepared) (File, error)
	// DeleteFile deletes a file that is in no message; CodeNotFound for all others.
	DeleteFile(ctx context.Context, id FileID) error
}

// SentFileStore stores what is known of files in messages.
type SentFileStore interface {
	// FilesIn returns the files of a room's messages below a seq, the latest first, at
	// most limit messages.
	FilesIn(ctx context.Context, room RoomID, before int64, limit int) ([]SentFile, error)
}

// SentFile is a file in a message, with the message's author.
type SentFile struct {
	File
	Author Author
	SentAt time.Time
}

// BlobRecords know which blobs are in use.
type BlobRecords interface {
	// DeleteStale deletes files that are in no message and have not changed since
	// before, at most limit. It reports how many.
	DeleteStale(ctx context.Context, before time.Time, limit int) (int, error)
	// TakeUnused marks blobs that no file has, and that were not about to be stored
	// since before, as being deleted, and returns their keys, at most limit. A blob that
	// is marked already is returned again. Checked is how many blobs it has looked at.
	TakeUnused(ctx context.Context, before time.Time, limit int) (keys []string, checked int, err error)
	// ForgetBlobs removes the records of blobs that TakeUnused has returned.
	ForgetBlobs(ctx context.Context, keys []string) error
}
