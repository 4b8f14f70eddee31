package httpapi

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// folderPolicy is the Content-Security-Policy of the files of a Folder. Somebody else
// has written these pages: they may contain scripts and styles, and load more from
// other sites. No other site may show them in a frame.
const folderPolicy = "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; frame-ancestors 'none'"

// Folder serves pages that somebody else has written. Serve it from an origin of its
// own: scripts of its pages can do whatever its origin can do.
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

// ServeHTTP serves the files of the folder. The address of a folder shows its
// index.html. So does any other address that a browser navigates to, if there is no
// such file: many pages keep their state in the path. Files outside of the folder and
// names that begin with a dot are not served, nor are symbolic links that lead to them.
func (f *Folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	toLookAt(http.HandlerFunc(f.serve)).ServeHTTP(w, r)
}

func (f *Folder) serve(w http.ResponseWriter, r *http.Request) {
	if isServiceWorker(r) {
		http.NotFound(w, r)
		return
	}
	file, info, err := f.open(r.URL.Path)
	if errors.Is(err, fs.ErrNotExist) && isNavigation(r) {
		file, info, err = f.open("/")
	}
	switch {
	case errors.Is(err, errNoSlash):
		to := *r.URL
		to.Path, to.RawPath = "/"+strings.Trim(r.URL.Path, "/")+"/", ""
		redirect(w, r, to.RequestURI())
		return
	case err != nil:
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Security-Policy", folderPolicy)
	h.Set("Content-Type", contentType(info.Name()))
	h.Set("Cache-Control", "no-cache") // an edited file must show at the next reload
	http.ServeContent(w, r, info.Name(), info.ModTime(), file)
}

// isNavigation reports whether a browser asks for a page rather than for a file that
// a page contains.
func isNavigation(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.Contains(r.URL.Path, ".")
}

// isServiceWorker reports whether a page wants to install a service worker (Service
// Workers section 4.4), which would remain in browsers when the folder is no longer
// served.
func isServiceWorker(r *http.Request) bool { return r.Header.Get("Service-Worker") != "" }

// errNoSlash is returned for a folder whose address lacks the final slash: a browser
// would look for the files of its page beside the folder.
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
	case !info.Mode().IsRegular(): // opening a pipe would block until there is a writer
		return nil, nil, fs.ErrNotExist
	case f.leadsToHidden(name):
		return nil, nil, fs.ErrNotExist
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return file, info, nil
}

// linksMax is the maximum number of symbolic links on the way to a file.
const linksMax = 40

// leadsToHidden reports whether the way to a file, over symbolic links, has a name that begins with a
// dot, leaves the folder, or has too many links.
func (f *Folder) leadsToHidden(name string) bool {
	var resolved []string // without links
	links := 0
	for ahead := strings.Split(name, "/"); len(ahead) > 0; {
		part := ahead[0]
		ahead = ahead[1:]
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && len(resolved) > 0:
			resolved = resolved[:len(resolved)-1]
			continue
		case strings.HasPrefix(part, "."):
			return true
		}
		resolved = append(resolved, part)
		target, err := f.root.Readlink(path.Join(resolved...))
		if err != nil {
			continue // no link
		}
		if links++; links > linksMax || filepath.IsAbs(target) {
			return true
		}
		resolved = resolved[:len(resolved)-1]
		ahead = slices.Concat(strings.Split(filepath.ToSlash(target), "/"), ahead)
	}
	return false
}

// nameOf returns the name of an address within the folder.
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
