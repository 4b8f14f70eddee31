package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"partychat/internal/chat"
)

const (
	folderMode = 0o700
	// temporary is the name of the folder of what is being written.
	temporary = "tmp"
	// shardLength is how many characters of a key name its folder, so that none has too many entries.
	shardLength = 2
)

// Disk keeps blobs in a folder, each in a file of its own that only its owner can read.
type Disk struct{ dir string }

// OpenDisk opens the folder, which it creates if necessary, and removes what an earlier
// process has left half-written. Only one process may use the folder.
func OpenDisk(dir string) (*Disk, error) {
	work := filepath.Join(dir, temporary)
	if err := os.RemoveAll(work); err != nil {
		return nil, fmt.Errorf("clear the folder of unfinished files: %w", err)
	}
	if err := os.MkdirAll(work, folderMode); err != nil {
		return nil, fmt.Errorf("create the folder for files: %w", err)
	}
	return &Disk{dir}, syncFolder(filepath.Dir(dir))
}

// ReadDisk opens the folder beside a server that uses it.
func ReadDisk(dir string) *Disk { return &Disk{dir} }

// Temporary is a folder for files that need not survive a restart. It is on the disk of
// the blobs.
func (d *Disk) Temporary() string { return filepath.Join(d.dir, temporary) }

// Path returns the name of the file of a blob.
func (d *Disk) Path(key string) string { return filepath.Join(d.dir, key[:shardLength], key) }

// Put is specified by chat.BlobStore.
func (d *Disk) Put(ctx context.Context, key string, size int64, from io.Reader) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := d.put(ctx, key, size, from); err != nil {
		return diskError(err)
	}
	return nil
}

func (d *Disk) put(ctx context.Context, key string, size int64, from io.Reader) (err error) {
	file, err := os.CreateTemp(d.Temporary(), key[:shardLength]+"-*") // with the mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the next start would remove it, too
		}
	}()
	n, err := io.Copy(file, io.LimitReader(readerOf(ctx, from), size+1))
	if err == nil && n != size {
		err = errSize
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	path := d.Path(key)
	if err := d.makeShard(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// makeShard creates the folder durably, unless it is there.
func (d *Disk) makeShard(dir string) error {
	err := os.Mkdir(dir, folderMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncFolder(d.dir)
}

// Open is specified by chat.BlobStore.
func (d *Disk) Open(_ context.Context, key string) (chat.Blob, error) {
	if checkKey(key) != nil {
		return nil, errNotFound(key)
	}
	file, err := os.Open(d.Path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotFound(key)
	}
	if err != nil {
		return nil, diskError(err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(diskError(err), file.Close())
	}
	return diskBlob{file, info.Size()}, nil
}

// diskBlob is an open file. It embeds the file so that answers can be sent by the
// kernel.
type diskBlob struct {
	*os.File
	size int64
}

// Size is specified by chat.Blob.
func (b diskBlob) Size() int64 { return b.size }

// Delete is specified by chat.BlobStore.
func (d *Disk) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := os.Remove(d.Path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskError(err)
	}
	return nil
}

// Each is specified by chat.BlobStore.
func (d *Disk) Each(ctx context.Context, each func(chat.StoredBlob) error) error {
	return filepath.WalkDir(d.dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile, or nothing was ever stored
		}
		if err != nil {
			return diskError(err)
		}
		if entry.IsDir() {
			if path == d.Temporary() {
				return fs.SkipDir
			}
			return ctx.Err()
		}
		ours := checkKey(entry.Name()) == nil && strings.HasPrefix(entry.Name(), filepath.Base(filepath.Dir(path)))
		if !ours {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return diskError(err)
		}
		return each(chat.StoredBlob{Key: entry.Name(), Size: info.Size(), At: info.ModTime()})
	})
}

// diskError marks what may pass: a full disk is cleared, a hanging one comes back.
func diskError(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if errors.As(err, &path) || errors.As(err, &link) {
		return errUnavailable(err)
	}
	return err
}

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// readerOf ends with the context.
func readerOf(ctx context.Context, from io.Reader) io.Reader { return contextReader{ctx, from} }

type contextReader struct {
	ctx  context.Context
	from io.Reader
}

// Read is specified by io.Reader.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}
