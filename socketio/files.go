package socketio

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"partychat/engineio"
)

// clientFileNames are the files of the browser client that may be served; each may have a source map
// beside it.
var clientFileNames = []string{
	"socket.io.js", "socket.io.min.js", "socket.io.esm.min.js",
	"socket.io.msgpack.min.js",
}

// clientFiles serves the browser client, read and compressed once.
type clientFiles struct {
	once  sync.Once
	fsys  fs.FS
	files map[string]clientFile
}

type clientFile struct {
	contentType string
	etag        string
	plain       []byte
	gzipped     []byte
}

func newClientFiles(fsys fs.FS) *clientFiles { return &clientFiles{fsys: fsys} }

// serve answers a request for one of the files and reports whether it did.
func (c *clientFiles) serve(w http.ResponseWriter, r *http.Request, name string) bool {
	if c.fsys == nil || name == "" {
		return false
	}
	c.once.Do(c.load)
	f, ok := c.files[name]
	if !ok {
		return false
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return true
	}
	h := w.Header()
	// Without this header, pages of other origins cannot load a module.
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "public, max-age=0")
	h.Set("Content-Type", f.contentType)
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	if matches(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	body := f.plain
	if engineio.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzipped
	}
	// Not http.ServeContent, whose ranges would refer to the wrong encoding.
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // fails only if the client has gone
	}
	return true
}

func (c *clientFiles) load() {
	c.files = make(map[string]clientFile)
	for _, name := range clientFileNames {
		for _, name := range []string{name, name + ".map"} {
			data, err := fs.ReadFile(c.fsys, name)
			if err != nil {
				continue // the application has left out this file
			}
			c.files[name] = newClientFile(name, data)
		}
	}
}

func newClientFile(name string, data []byte) clientFile {
	sum := sha256.Sum256(data)
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is valid
	_, _ = z.Write(data)                                       // writing to a buffer cannot fail
	_ = z.Close()
	contentType := "application/javascript; charset=utf-8"
	if path.Ext(name) == ".map" {
		contentType = "application/json; charset=utf-8"
	}
	return clientFile{
		contentType: contentType,
		// Weak, because it identifies both encodings.
		etag:    `W/"` + hex.EncodeToString(sum[:12]) + `"`,
		plain:   data,
		gzipped: zipped.Bytes(),
	}
}

func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}
