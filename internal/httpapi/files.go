package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

const (
	indexPage = "index.html"
	// socketClient holds the scripts that bare pages load from /socket.io/.
	socketClient = "client"

	// Less than this fits one network packet anyway.
	worthCompressing = 1 << 10
)

// file is a static file, ready to be sent.
type file struct {
	contentType string
	cache       string
	etag        string // of the plain form; the compressed one has its own
	plain       []byte
	gzipped     []byte // nil if it gains nothing
}

// files is all of them by path: "/assets/app-1a2b3c.js". They are compressed
// once, here, and not on each request.
type files struct {
	byPath map[string]*file
	index  *file // nil if there is none
}

func loadFiles(from fs.FS) (*files, error) {
	all := &files{byPath: map[string]*file{}}
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name == socketClient:
			return fs.SkipDir
		case entry.IsDir(), strings.HasPrefix(path.Base(name), "."):
			return nil
		}
		body, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		f, err := newFile(name, body)
		if err != nil {
			return fmt.Errorf("static file %s: %w", name, err)
		}
		if name == indexPage {
			all.index = f
		} else {
			all.byPath["/"+name] = f
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return all, nil
}

func newFile(name string, body []byte) (*file, error) {
	sum := sha256.Sum256(body)
	f := &file{
		contentType: contentType(name),
		cache:       "no-cache", // ask each time whether the ETag still holds
		etag:        hex.EncodeToString(sum[:12]),
		plain:       body,
	}
	if strings.HasPrefix(name, "assets/") { // their names contain a hash of the content
		f.cache = "public, max-age=31536000, immutable"
	}
	if len(body) < worthCompressing {
		return f, nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() < len(body)*9/10 {
		f.gzipped = b.Bytes()
	}
	return f, nil
}

// contentTypes are the ones that matter; what the system says differs from
// machine to machine.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

func contentType(name string) string {
	extension := strings.ToLower(path.Ext(name))
	if t, ok := contentTypes[extension]; ok {
		return t
	}
	if t := mime.TypeByExtension(extension); t != "" {
		return t
	}
	return "application/octet-stream"
}

// ServeHTTP serves the file of the request's path, or a short 404: what asks
// for a file is no person.
func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.or(http.NotFoundHandler()).ServeHTTP(w, r)
}

// or serves the file of the request's path, else other.
func (f *files) or(other http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if found, ok := f.byPath[r.URL.Path]; ok {
			found.serve(w, r, http.StatusOK)
			return
		}
		other.ServeHTTP(w, r)
	})
}

func (f *file) serve(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	h.Set("Cache-Control", f.cache)
	body, etag := f.plain, `"`+f.etag+`"`
	if f.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header) {
			body, etag = f.gzipped, `"`+f.etag+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", etag)
	if status == http.StatusOK && matches(r.Header.Values("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) //nolint:gosec // a file of ours, with nothing of the request in it; the client may have gone
	}
}

func acceptsGzip(h http.Header) bool {
	for entry := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, parameters, _ := strings.Cut(entry, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !found || err == nil && q > 0
	}
	return false
}

func matches(ifNoneMatch []string, etag string) bool {
	for entry := range strings.SplitSeq(strings.Join(ifNoneMatch, ","), ",") {
		entry = strings.TrimPrefix(strings.TrimSpace(entry), "W/")
		if entry == etag || entry == "*" {
			return true
		}
	}
	return false
}
