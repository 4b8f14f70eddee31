// Package web carries the built web client inside the binary.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist is the built client: index.html, assets/ with names that contain their
// hash, and client/ with the Socket.IO client files that bare pages load. What
// gains by it is there compressed only, with .br, .zst and .gz behind its name.
// It holds only a placeholder when the client has not been built.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}
