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

	"partychat/engineio"
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
// log; at the end, it writes a draft of a dialect to out. It stores nothing, lets
// pages of every origin and Socket.IO version connect, and acknowledges events with
// what the page's code seems to read, or with nothing.
func Listen(ctx context.Context, c config.Config, out, log io.Writer) (err error) {
	code := ""
	next := http.NotFoundHandler()
	if c.Pages != "" {
		pages, err := httpapi.OpenFolder(c.Pages)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, pages.Close()) }()
		next = pages
		if code, err = codeIn(c.Pages); err != nil {
			return err
		}
	}
	l := &listener{log: log, answers: dialect.ScanAnswers(code)}
	sockets := socketio.NewServer(socketio.Options{AllowEIO3: true, Engine: engineio.Options{AllowedOrigins: []string{"*"}, OnConnectionError: l.refused}})
	namespace := sockets.Of("/")
	namespace.OnConnect(func(s *socketio.Socket) { l.say("%s connects\n", l.name(s.ID())) })
	namespace.OnAny(l.hear)
	sockets.OfFunc(func(name string, _ json.RawMessage) bool {
		l.say("%s", printable("A page joins the namespace "+name+", which PartyChat does not have: let its code connect without it.")+"\n")
		return false
	})
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
	for _, address := range dialect.ScanAddresses(code) {
		l.say("%s", printable("The page's code connects to "+address+". If that is not the address above, change --port, or let the code say io().")+"\n")
	}
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
	_, failed := io.WriteString(out, dialect.Draft(l.heard, dialect.Scan(code), dialect.ScanSent(code)...))
	return errors.Join(err, failed)
}

// listener records the events that pages send.
type listener struct {
	log     io.Writer
	answers map[string][]string // of the acknowledgements, what the page's code reads

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

// refused reports why a page cannot connect. A session is unknown after a restart; the page then
// connects again.
func (l *listener) refused(e engineio.ConnectionError) {
	if e.Code != engineio.CodeUnknownSession {
		l.say("%s", printable("A page cannot connect: "+e.Message+" ("+e.Request.URL.RequestURI()+")")+"\n")
	}
}

func (l *listener) hear(_ context.Context, s *socketio.Socket, e *socketio.Event) {
	h, size := dialect.Heard{Event: e.Name, Ack: e.WantsAck(), Answer: l.answers[e.Name]}, len(e.Name)
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
		_ = e.Ack(dialect.GuessAnswer(h.Answer)...) // fails if the page has disconnected
	}
}

// printable replaces control characters, which a page's text may contain and a
// terminal would obey.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, line)
}

// note prints an event and records it, unless that would exceed the limits.
func (l *listener) note(h dialect.Heard, size int, from string) {
	l.say("%s\n", printable(fmt.Sprintf("%s → %s %s", from, h.Event, dialect.Shape(h))))
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.heard) < heardMax && l.bytes+size <= heardBytes {
		l.heard, l.bytes = append(l.heard, h), l.bytes+size
	}
}

// codeIn returns the code of a folder's pages, without that of their server.
func codeIn(folder string) (string, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
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
		if err == nil && code.Len()+len(content) <= codeMax && !dialect.IsServer(string(content)) {
			code.Write(content)
			code.WriteByte('\n')
		}
		return err
	})
	return code.String(), errors.Join(err, root.Close())
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
