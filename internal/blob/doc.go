// Package blob keeps the bytes of files (chat.BlobStore): in a folder, or in a bucket
// of a server that speaks S3, which several nodes can share. Keeper receives uploads
// and turns them into what others download.
package blob

import (
	"errors"
	"fmt"
	"io"

	"partychat/internal/chat"
)

// keyMax is the maximum length of a key; keyMin leaves room for the name of a folder.
const keyMin, keyMax = 3, 100

// checkKey refuses keys that could name something outside of the store.
func checkKey(key string) error {
	if len(key) < keyMin || len(key) > keyMax {
		return fmt.Errorf("a key has %d to %d characters, not %d", keyMin, keyMax, len(key))
	}
	for _, c := range key {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("a key cannot contain %q", c)
		}
	}
	return nil
}

func errNotFound(key string) error {
	return &chat.Error{Code: chat.CodeNotFound, Message: "There is no such file.", Err: errors.New("no blob " + key)}
}

func errUnavailable(err error) error {
	return &chat.Error{Code: chat.CodeUnavailable, Message: "The server cannot reach its files now. Please try again.", Err: err}
}

var errSize = errors.New("the number of bytes differs from what was announced")

// counter counts what was read, and keeps how reading has failed.
type counter struct {
	from io.Reader
	n    int64
	err  error // also io.EOF
}

// Read is specified by io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	c.err = err
	return n, err
}
