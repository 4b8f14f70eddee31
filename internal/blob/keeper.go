package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"partychat/internal/chat"
	"partychat/internal/picture"
)

// Keeper is a chat.FileKeeper: it keeps everything durable in a BlobStore, and uses a
// folder for what it works on.
type Keeper struct {
	blobs chat.BlobStore
	pool  *picture.Pool
	dir   string
}

// NewKeeper returns a keeper. Dir is a folder for temporary files; "" is the system's.
func NewKeeper(blobs chat.BlobStore, pool *picture.Pool, dir string) *Keeper {
	return &Keeper{blobs, pool, dir}
}

// BlobStore is specified by chat.FileKeeper.
func (k *Keeper) BlobStore() chat.BlobStore { return k.blobs }

// temporary creates a file that has no name any more, where the system allows it. Call
// done when it is no longer needed.
func (k *Keeper) temporary() (file *os.File, done func(), err error) {
	file, err = os.CreateTemp(k.dir, "partychat-*")
	if err != nil {
		return nil, nil, errUnavailable(err)
	}
	named := os.Remove(file.Name()) != nil
	return file, func() {
		_ = file.Close() // nothing in it is needed
		if named {
			_ = os.Remove(file.Name()) // the next start removes it otherwise
		}
	}, nil
}

// Receive is specified by chat.FileKeeper.
func (k *Keeper) Receive(
	ctx context.Context, key string, limit int64, from io.Reader, intend func(size int64) error,
) (n int64, cause, err error) {
	file, done, err := k.temporary()
	if err != nil {
		return 0, nil, err
	}
	defer done()
	counted := &counter{from: from}
	n, err = io.Copy(file, io.LimitReader(counted, limit))
	switch {
	case counted.err != nil && !errors.Is(counted.err, io.EOF):
		cause = counted.err
	case err != nil:
		return 0, nil, errUnavailable(err) // of the disk
	}
	if n == 0 {
		return 0, cause, nil
	}
	if err := intend(n); err != nil {
		return 0, cause, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, cause, errUnavailable(err)
	}
	// The client may have gone; what it has sent is kept.
	return n, cause, k.blobs.Put(context.WithoutCancel(ctx), key, n, file)
}

// Finish is specified by chat.FileKeeper.
func (k *Keeper) Finish(
	ctx context.Context, parts []chat.FileBlob, intend func([]chat.FileBlob) error,
) (chat.Prepared, error) {
	whole, done, err := k.temporary()
	if err != nil {
		return chat.Prepared{}, err
	}
	defer done()
	for _, part := range parts {
		if err := k.join(ctx, whole, part); err != nil {
			return chat.Prepared{}, err
		}
	}
	cleaned, done, err := k.temporary()
	if err != nil {
		return chat.Prepared{}, err
	}
	defer done()
	if _, err := whole.Seek(0, io.SeekStart); err != nil {
		return chat.Prepared{}, errUnavailable(err)
	}
	result, err := k.pool.Prepare(ctx, whole, cleaned)
	if err != nil {
		return chat.Prepared{}, errUnavailable(err)
	}
	content := whole
	if result.Cleaned {
		content = cleaned
	}
	main, err := described(content)
	if err != nil {
		return chat.Prepared{}, errUnavailable(err)
	}
	p := chat.Prepared{Type: result.Type, Width: result.Width, Height: result.Height, Blobs: []chat.FileBlob{main}}
	for _, thumb := range result.Thumbs {
		p.Blobs = append(p.Blobs, chat.FileBlob{Role: chat.BlobRole(thumb.Size), Key: keyOf(thumb.Content), Size: int64(len(thumb.Content))})
	}
	if err := intend(p.Blobs); err != nil {
		return chat.Prepared{}, err
	}
	if err := k.blobs.Put(ctx, main.Key, main.Size, content); err != nil {
		return chat.Prepared{}, err
	}
	for i, thumb := range result.Thumbs {
		if err := k.blobs.Put(ctx, p.Blobs[i+1].Key, p.Blobs[i+1].Size, bytes.NewReader(thumb.Content)); err != nil {
			return chat.Prepared{}, err
		}
	}
	return p, nil
}

// join appends a part.
func (k *Keeper) join(ctx context.Context, to io.Writer, part chat.FileBlob) error {
	blob, err := k.blobs.Open(ctx, part.Key)
	if err != nil {
		return err
	}
	n, err := io.Copy(to, readerOf(ctx, blob))
	if err == nil && n != part.Size {
		err = errSize
	}
	if err = errors.Join(err, blob.Close()); err != nil {
		return errUnavailable(err)
	}
	return nil
}

// described returns the key and the size of the content, and rewinds it.
func described(content io.ReadSeeker) (chat.FileBlob, error) {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return chat.FileBlob{}, err
	}
	hash := sha256.New()
	n, err := io.Copy(hash, content)
	if err != nil {
		return chat.FileBlob{}, err
	}
	_, err = content.Seek(0, io.SeekStart)
	return chat.FileBlob{Role: chat.BlobContent, Key: hex.EncodeToString(hash.Sum(nil)), Size: n}, err
}

// keyOf returns the key of a content: equal contents share one blob.
func keyOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
