package app

import (
	"errors"
	"io/fs"

	"partychat/web"
)

// clientFiles are the files of Socket.IO's browser client for bare pages; nil
// if the web client has not been built, and then nothing is served there.
func clientFiles() (fs.FS, error) {
	files, err := fs.Sub(web.Dist(), "client")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(files, "."); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return files, nil
}
