package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/httpapi"
	"partychat/socketio"
	"partychat/web"
)

const (
	// heardMax is the number of events recorded for a draft, and heardBytes their
	// size, in bytes.
	heardMax   = 1000
	heardBytes = 8 << 20
	// codeMax is how much of a page's code is scanned, in bytes.
	codeMax = 4 << 20
)

// Listen serves pages with an unknown dialect and writes the events they send to
// log; at the end, it writes a draft of a dialect to out. It stores nothing and
// answers every acknowledgement with nothing.
func Listen(ctx context.Context, c config.Config, out, log io.Writer) (err error) {
	var wanted []dialect.Wanted
	next := http.NotFoundHandler()
	if c.Pages != "" {
		pages, err := httpapi.OpenFolder(c.Pages)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, pages.Close()) }()
		next = pages
		if wanted, err = scanFolder(c.Pages); err != nil {
			return err
		}
	}
	l := &listener{log: log}
	sockets := socketio.NewServer(socketio.Options{})
	namespace := sockets.Of("/")
	namespace.OnConnect(func(s *socketio.Socket) { l.say("%s connects\n", l.name(s.ID())) })
	namespace.OnAny(l.hear)
	scripts, err := httpapi.SocketClient(web.Dist(), sockets)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", scripts)
	mux.Handle("/", next)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout}
	on, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Address())
	if err != nil {
		return listenError(c.Address(), "--port or PORT", err)
	}
	l.say("Open your page at %s, use all of it in two windows, and press Ctrl+C.\n", urlAt(c, on))
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	select {
	case err = <-served:
	case <-ctx.Done():
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = sockets.Shutdown(end) // pages that are still connected are closed below
		err = server.Close()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, failed := io.WriteString(out, dialect.Draft(l.heard, wanted))
	return errors.Join(err, failed)
}

// listener records the events that pages send.
type listener struct {
	log io.Writer

	mu    sync.Mutex
	heard []dialect.Heard
	bytes int      // of the recorded events
	ids   []string // of the sockets, in the order of their connections
}

// names are names for sockets, which make a draft's steps read like a story.
var names = []string{"ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal"}

// name returns the name for a socket. If there are more sockets than names, the
// rest share the last one.
func (l *listener) name(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.Index(l.ids, id)
	if at < 0 && len(l.ids) < len(names) {
		at = len(l.ids)
		l.ids = append(l.ids, id)
	}
	if at < 0 {
		at = len(names) - 1
	}
	return names[at]
}

func (l *listener) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.log, format, args...)
}

func (l *listener) hear(_ context.Context, s *socketio.Socket, e *socketio.Event) {
	h, size := dialect.Heard{Event: e.Name, Ack: e.WantsAck()}, len(e.Name)
	for _, arg := range e.Args {
		size += len(arg.Raw())
		var value any
		d := json.NewDecoder(bytes.NewReader(arg.Raw()))
		d.UseNumber()
		if d.Decode(&value) != nil {
			value = nil
		}
		h.Args = append(h.Args, value)
	}
	h.Who = l.name(s.ID())
	l.note(h, size, h.Who)
	if e.WantsAck() {
		_ = e.Ack() // fails if the page has disconnected
	}
}

// note prints an event and records it, unless that would exceed the limits. It
// escapes control characters, which a page's text may contain and a terminal would
// obey.
func (l *listener) note(h dialect.Heard, size int, from string) {
	line := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, fmt.Sprintf("%s → %s %s", from, h.Event, dialect.Shape(h)))
	l.say("%s\n", line)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.heard) < heardMax && l.bytes+size <= heardBytes {
		l.heard, l.bytes = append(l.heard, h), l.bytes+size
	}
}

// scanFolder finds the events that the code of a folder's pages listens for.
func scanFolder(folder string) ([]dialect.Wanted, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	var code strings.Builder
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(entry.Name(), "."), entry.Name() == "node_modules":
			return skipped(entry)
		case !entry.Type().IsRegular() || strings.Contains(name, ".min.") || !isCode(name):
			return nil
		}
		content, err := fs.ReadFile(root.FS(), name)
		if err == nil && code.Len()+len(content) <= codeMax {
			code.Write(content)
			code.WriteByte('\n')
		}
		return err
	})
	return dialect.Scan(code.String()), errors.Join(err, root.Close())
}

func skipped(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func isCode(name string) bool {
	switch path.Ext(name) {
	case ".html", ".htm", ".js", ".mjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte":
		return true
	default:
		return false
	}
}
