package httpapi

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

// folderPolicy is the Content-Security-Policy of the files of a Folder. These are
// pages that somebody else has written: they may have scripts and styles inside, and
// load more from elsewhere. No other site may show them in a frame.
const folderPolicy = "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; frame-ancestors 'none'"

// Folder serves a folder of somebody's own pages beside the web client.
type Folder struct {
	root *os.Root
}

// OpenFolder opens the folder. Its errors are sentences for the operator.
func OpenFolder(name string) (*Folder, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("cannot serve the folder of pages: %w", err)
	}
	return &Folder{root}, nil
}

// Close releases the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Before serves the files of the folder, and leaves every other request to next, also
// those that the web client and the API need: its files, which own tells, and what
// isReserved tells. A folder's address shows
// its index.html. What is above the folder, or led to from there by a symbolic link,
// and names that begin with a dot are not served.
func (f *Folder) Before(own func(path string) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isReserved(r.URL.Path) || own(r.URL.Path) || r.Method != http.MethodGet && r.Method != http.MethodHead || isServiceWorker(r) {
			next.ServeHTTP(w, r)
			return
		}
		file, info, err := f.open(r.URL.Path)
		switch {
		case errors.Is(err, errNoSlash):
			to := *r.URL
			to.Path, to.RawPath = "/"+strings.Trim(r.URL.Path, "/")+"/", ""
			redirect(w, r, to.RequestURI())
			return
		case err != nil:
			next.ServeHTTP(w, r)
			return
		}
		defer file.Close()
		h := w.Header()
		h.Set("Content-Security-Policy", folderPolicy)
		h.Set("Content-Type", contentType(info.Name()))
		h.Set("Cache-Control", "no-cache") // what is edited is seen at the next reload
		http.ServeContent(w, r, info.Name(), info.ModTime(), file)
	})
}

// isReserved tells which addresses stay those of the web client and the API.
func isReserved(address string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(address, "/"), "/")
	switch first {
	case "socket.io", "api", "home", "join", "login", "register", "healthz", "readyz":
		return true
	default:
		return false
	}
}

// isServiceWorker tells whether a page wants to install a service worker (Service
// Workers section 4.4). It would stand between browsers and the web client, and remain
// when the folder is served no more.
func isServiceWorker(r *http.Request) bool { return r.Header.Get("Service-Worker") != "" }

// errNoSlash is a folder whose address lacks the slash behind it, without which its
// pages would look for their files beside it.
var errNoSlash = errors.New("httpapi: the address of a folder ends in a slash")

// open opens the file of an address.
func (f *Folder) open(address string) (io.ReadSeekCloser, fs.FileInfo, error) {
	name, err := nameOf(address)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.root.Stat(name)
	if err == nil && info.IsDir() {
		name = path.Join(name, indexPage)
		info, err = f.root.Stat(name)
		if err == nil && !strings.HasSuffix(address, "/") {
			return nil, nil, errNoSlash
		}
	}
	switch {
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular(): // opening a pipe would wait for who writes
		return nil, nil, fs.ErrNotExist
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return file, info, nil
}

// nameOf gives the name of an address within the folder.
func nameOf(address string) (string, error) {
	name := strings.Trim(path.Clean("/"+address), "/")
	if name == "" {
		return ".", nil
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return "", fs.ErrNotExist
		}
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return "", fs.ErrNotExist
	}
	return name, nil
}
