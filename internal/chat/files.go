package chat

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Files is the service for files: uploading, reading and removing them. Messages.Send
// sends them.
type Files struct {
	*core
	keeper FileKeeper
	work   tries[FileID] // on uploads: one request at a time
}

// blobGrace is how long a blob is kept that is about to be used. Storing one takes less.
const blobGrace = time.Hour

// sweepBatch is how many rows the sweeper takes at once.
const sweepBatch = 100

// errNoFiles answers everything while files are off.
func errNoFiles() *Error {
	return Errorf(CodeNotFound, "This server does not keep files.")
}

// errNoFile is the error both for files that don't exist and for those that the user
// may not read.
func errNoFile() *Error {
	return Errorf(CodeNotFound, "There is no such file.")
}

// Enabled reports whether the server keeps files.
func (f *Files) Enabled() bool { return f.keeper != nil }

// NewFileInput describes a file to upload.
type NewFileInput struct {
	ClientID string // a UUID, the idempotency key: a retry sends the same one again
	Name     string
	Size     int64 // in bytes
}

// Create announces an upload. A retry returns the same file. Errors: CodeInvalid on
// "clientId", "name" or "size"; CodeTooLarge on "size", also if the user's or the
// server's files would have too many bytes; CodeNotFound if the server keeps no files.
func (f *Files) Create(ctx context.Context, by User, input NewFileInput) (file File, created bool, err error) {
	if !f.Enabled() {
		return File{}, false, errNoFiles()
	}
	if input.ClientID, err = f.rules.clientID(input.ClientID); err != nil {
		return File{}, false, err
	}
	name, err := f.rules.fileName(input.Name)
	if err != nil {
		return File{}, false, err
	}
	l := f.rules.limits
	switch {
	case input.Size <= 0:
		return File{}, false, ErrorIn("size", CodeInvalid, "The file is empty.")
	case input.Size > l.FileSize:
		return File{}, false, ErrorIn("size", CodeTooLarge, "A file may have at most %s.", bytesText(l.FileSize))
	}
	return f.store.CreateFile(ctx, NewFile{
		ID: FileID(newID()), Owner: by.ID, ClientID: input.ClientID, Name: name, Size: input.Size, CreatedAt: f.now(),
		OfUser: l.FilesOfUser, OfServer: l.FilesOfServer,
	})
}

// bytesText returns a size for people.
func bytesText(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size {
			return fmt.Sprintf("%.4g %s", float64(n)/float64(unit.size), unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// own returns an upload of the user.
func (f *Files) own(ctx context.Context, by User, id FileID) (File, error) {
	if !f.Enabled() {
		return File{}, errNoFiles()
	}
	file, err := f.store.File(ctx, id)
	if CodeOf(err) == CodeNotFound || err == nil && !mayUpload(by, file) {
		return File{}, errNoFile()
	}
	return file, err
}

// Upload returns how far an upload of the user has come. If all has arrived, it
// finishes it first. CodeNotFound for files of others.
func (f *Files) Upload(ctx context.Context, by User, id FileID) (File, error) {
	end, err := f.work.begin(ctx, id)
	if err != nil {
		return File{}, err
	}
	defer end()
	file, err := f.own(ctx, by, id)
	if err != nil {
		return File{}, err
	}
	return f.finish(ctx, file)
}

// Append adds what arrives to an upload of the user, from the offset on, which must be
// what has arrived until now; otherwise CodeTaken on "offset". If the source fails, what
// has arrived is kept, and the error is CodeUnavailable. Once all has arrived, the file
// is finished. Other errors: CodeNotFound for files of others.
func (f *Files) Append(ctx context.Context, by User, id FileID, offset int64, from io.Reader) (File, error) {
	end, err := f.work.begin(ctx, id)
	if err != nil {
		return File{}, err
	}
	defer end()
	file, err := f.own(ctx, by, id)
	switch {
	case err != nil:
		return File{}, err
	case offset != file.Received:
		return File{}, ErrorIn("offset", CodeTaken, "The upload goes on at byte %d.", file.Received)
	case file.Received == file.Size:
		return f.finish(ctx, file)
	}
	part := FileBlob{Role: BlobPart, Offset: offset, Key: fmt.Sprintf("part-%d-%d-%d", id, offset, newID())}
	n, cause, err := f.keeper.Receive(ctx, part.Key, file.Size-offset, from, func(size int64) error {
		part.Size = size
		return f.store.IntendBlobs(context.WithoutCancel(ctx), []FileBlob{part}, f.now())
	})
	if err != nil {
		return File{}, err
	}
	if n > 0 {
		// The client may have gone; what it has sent is kept.
		if file, err = f.store.AddPart(context.WithoutCancel(ctx), id, part, f.now()); err != nil {
			return File{}, err
		}
	}
	if cause != nil {
		return File{}, &Error{Code: CodeUnavailable, Message: "The upload broke off. It can go on where it ended.", Err: cause}
	}
	return f.finish(ctx, file)
}

// finish makes a file ready whose bytes have all arrived. The caller holds f.work. It
// goes on when the client leaves.
func (f *Files) finish(ctx context.Context, file File) (File, error) {
	if file.Ready || file.Received < file.Size {
		return file, nil
	}
	ctx = context.WithoutCancel(ctx)
	p, err := f.keeper.Finish(ctx, file.Blobs, func(blobs []FileBlob) error {
		return f.store.IntendBlobs(ctx, blobs, f.now())
	})
	if CodeOf(err) == CodeNotFound {
		// Another node has finished it, and its parts are gone.
		return f.store.File(ctx, file.ID)
	}
	if err != nil {
		return File{}, err
	}
	return f.store.FinishFile(ctx, file.ID, p)
}

// Cancel deletes an upload of the user that is in no message. One that does not exist is
// no error.
func (f *Files) Cancel(ctx context.Context, by User, id FileID) error {
	file, err := f.own(ctx, by, id)
	if err == nil && file.Room == 0 {
		err = f.store.DeleteFile(ctx, id)
	}
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	return err
}

// Open opens a file, or one of its thumbnails, for readers of its message. Before it is
// sent, only its owner may open it. Everybody else gets CodeNotFound.
func (f *Files) Open(ctx context.Context, viewer User, id FileID, role BlobRole) (File, FileBlob, Blob, error) {
	fail := func(err error) (File, FileBlob, Blob, error) {
		if code := CodeOf(err); code == CodeNotFound || code == CodeForbidden {
			err = errNoFile()
		}
		return File{}, FileBlob{}, nil, err
	}
	if !f.Enabled() {
		return fail(errNoFiles())
	}
	file, err := f.store.File(ctx, id)
	if err != nil {
		return fail(err)
	}
	blob, ok := file.Blob(role)
	switch {
	case !ok || !file.Ready:
		return fail(errNoFile())
	case file.Room != 0:
		if _, err := f.seen(ctx, viewer, file.Room); err != nil {
			return fail(err)
		}
	case !mayUpload(viewer, file):
		return fail(errNoFile())
	}
	open, err := f.keeper.BlobStore().Open(ctx, blob.Key)
	if CodeOf(err) == CodeNotFound {
		f.events.log.Error("the bytes of a file are missing", "file", id, "blob", blob.Key)
	}
	if err != nil {
		return fail(err)
	}
	return file, blob, open, nil
}

// In returns the files of a room's messages, those of the latest messages first, from
// below a seq on (0: from the latest on), of at most limit messages. More tells whether
// there are older ones. CodeNotFound for rooms that the viewer may not see.
func (f *Files) In(ctx context.Context, viewer User, room RoomID, before int64, limit int) (files []SentFile, more bool, err error) {
	limit, err = f.rules.limits.pageSize(limit, f.rules.limits.EntriesPerPage)
	if err != nil {
		return nil, false, err
	}
	if before < 0 {
		return nil, false, ErrorIn("before", CodeInvalid, "The seq must not be negative.")
	}
	if _, err := f.seen(ctx, viewer, room); err != nil {
		return nil, false, err
	}
	files, err = f.store.FilesIn(ctx, room, before, limit+1)
	if err != nil {
		return nil, false, err
	}
	messages, last := 0, int64(0)
	for i, file := range files {
		if file.Seq != last {
			messages, last = messages+1, file.Seq
		}
		if messages > limit {
			return files[:i], true, nil
		}
	}
	return files, false, nil
}

// Sweep removes uploads that were never sent, and the bytes of what was deleted.
func (f *Files) Sweep(ctx context.Context) error {
	if !f.Enabled() {
		return nil
	}
	for n := sweepBatch; n == sweepBatch; {
		var err error
		if n, err = f.store.DeleteStale(ctx, f.now().Add(-f.rules.limits.UploadAge), sweepBatch); err != nil {
			return err
		}
	}
	for checked := sweepBatch; checked == sweepBatch; {
		keys, n, err := f.store.TakeUnused(ctx, f.now().Add(-blobGrace), sweepBatch)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := f.keeper.BlobStore().Delete(ctx, key); err != nil {
				return err
			}
		}
		if err := f.store.ForgetBlobs(ctx, keys); err != nil {
			return err
		}
		checked = n
	}
	return nil
}
