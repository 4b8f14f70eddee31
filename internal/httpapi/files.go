package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

const (
	indexPage = "index.html"
	// socketClient holds the scripts that bare pages load from /socket.io/.
	socketClient = "client"
)

// file is a static file in all encodings that the build has produced.
type file struct {
	contentType string
	cache       string
	anywhere    bool      // pages of other origins may load it
	variants    []variant // the preferred one first
}

// variant is a file in one encoding. It is read on the first request, so that
// start-up takes no time for unused files.
type variant struct {
	coding string
	load   func() (content, error)
}

// content is the data to send, with its own ETag for each encoding.
type content struct {
	body []byte
	etag string
}

// files maps paths to files: "/assets/app-1a2b3c.js".
type files struct {
	byPath map[string]*file
	index  *translations // nil if there is none
}

func loadFiles(from fs.FS) (*files, error) {
	all := &files{byPath: map[string]*file{}}
	names, err := namesIn(from)
	if err != nil {
		return nil, err
	}
	pages := map[string]*file{}
	for name, endings := range names {
		if strings.HasPrefix(name, socketClient+"/") {
			continue
		}
		f := newFile(from, name, endings)
		if name == indexPage || translatedPage.MatchString(name) {
			pages[name] = f
		} else {
			all.byPath["/"+name] = f
		}
	}
	all.index = newTranslations(pages)
	return all, nil
}

// SocketClient serves the scripts of the Socket.IO client to pages of every
// origin, and passes all other requests to next.
func SocketClient(from fs.FS, next http.Handler) (http.Handler, error) {
	names, err := namesIn(from)
	if err != nil {
		return nil, err
	}
	scripts := &files{byPath: map[string]*file{}}
	for name, endings := range names {
		if base, found := strings.CutPrefix(name, socketClient+"/"); found {
			f := newFile(from, name, endings)
			f.cache, f.anywhere = "public, max-age=0", true
			scripts.byPath["/socket.io/"+base] = f
		}
	}
	serve := toLookAt(scripts)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, found := scripts.byPath[r.URL.Path]; found {
			serve.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

// namesIn returns the names of the files in a folder as clients request them,
// each with its encodings.
func namesIn(from fs.FS) (map[string]map[string]bool, error) {
	all := map[string]map[string]bool{}
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		for _, c := range codings {
			if base, found := strings.CutSuffix(name, c.ending); found {
				if all[base] == nil {
					all[base] = map[string]bool{}
				}
				all[base][c.name] = true
				break
			}
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	return all, err
}

func newFile(from fs.FS, name string, there map[string]bool) *file {
	f := &file{
		contentType: contentType(name),
		cache:       "no-cache", // revalidate the ETag each time
	}
	if strings.HasPrefix(name, "assets/") { // their names contain a hash of the content
		f.cache = "public, max-age=31536000, immutable"
	}
	for _, c := range codings {
		read := func() ([]byte, error) { return fs.ReadFile(from, name+c.ending) }
		switch {
		case there[c.name]:
		case c.name == "identity": // the build keeps only the compressed forms
			read = func() ([]byte, error) { return unzipped(from, name+".gz") }
		default:
			continue
		}
		f.variants = append(f.variants, variant{c.name, sync.OnceValues(func() (content, error) {
			body, err := read()
			sum := sha256.Sum256(body)
			return content{body, `"` + hex.EncodeToString(sum[:12]) + `"`}, err
		})})
	}
	return f
}

func unzipped(from fs.FS, name string) ([]byte, error) {
	packed, err := fs.ReadFile(from, name)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// contentTypes are the types that matter here; the types of the system differ
// from machine to machine.
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

// ServeHTTP serves the file of the path, or a short 404, because programs request
// files, not people.
func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.or(http.NotFoundHandler()).ServeHTTP(w, r)
}

// or serves the file of the path, or calls other if there is none.
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
	if len(f.variants) > 1 {
		h.Add("Vary", "Accept-Encoding")
	}
	chosen := f.choose(acceptedCodings(r.Header))
	c, err := chosen.load()
	if err != nil { // the build is broken
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", c.etag)
	if f.anywhere {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if status == http.StatusOK && matches(r.Header.Values("If-None-Match"), c.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if chosen.coding != "identity" {
		h.Set("Content-Encoding", chosen.coding)
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(c.body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(c.body) // the client may have disconnected
	}
}

// choose returns the variant that the client prefers. If the client accepts none,
// it returns the plain one, which is the last.
func (f *file) choose(a accepted) variant {
	best := f.variants[len(f.variants)-1]
	most := 0.0
	for _, v := range f.variants {
		if w := a.of(v.coding); w > most {
			best, most = v, w
		}
	}
	return best
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
