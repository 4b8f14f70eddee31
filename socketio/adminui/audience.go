package adminui

import (
	"context"
	"sync/atomic"
	"time"

	"partychat/socketio"
)

// pageEvent tells the other processes that a page has connected to this one.
const pageEvent = "admin_page"

// audience knows whether a page is connected, to this process or to another one that
// the namespace's adapter reaches. Without any, reports need not be made.
//
// A page of another process that runs this package counts at once. Pages of npm's
// server count from the next look.
type audience struct {
	ns       *socketio.Namespace
	interval time.Duration // between two looks

	here      atomic.Int32 // pages that are connected to this process
	elsewhere atomic.Int64 // until when pages of other processes count, in Unix nanoseconds
}

// register makes the audience count the pages of a namespace.
func (a *audience) register(ns *socketio.Namespace, interval time.Duration) {
	a.ns, a.interval = ns, interval
	ns.OnConnect(func(*socketio.Socket) {
		a.here.Add(1)
		if !ns.Node().Alone() {
			_ = ns.ServerSide().Emit(pageEvent) // fails if the adapter cannot; a look finds the page then
		}
	})
	ns.OnDisconnect(func(*socketio.Socket, socketio.DisconnectReason) { a.here.Add(-1) })
	ns.ServerSide().On(pageEvent, func(*socketio.ServerEvent) { a.extend() })
}

// present reports whether there may be a page.
func (a *audience) present() bool {
	if a.here.Load() > 0 {
		return true
	}
	until := a.elsewhere.Load()
	return until != 0 && time.Now().UnixNano() < until
}

// look looks for pages of other processes and returns present. Processes that do not
// answer may have one.
func (a *audience) look(ctx context.Context) bool {
	if a.here.Load() > 0 || a.ns.Node().Alone() {
		return a.here.Load() > 0
	}
	ctx, cancel := context.WithTimeout(ctx, a.interval)
	defer cancel()
	if pages, err := a.ns.FetchSockets(ctx); err != nil || len(pages) > 0 {
		a.extend()
	}
	return a.present()
}

// extend lets pages of other processes count until the looks after the next one.
func (a *audience) extend() { a.elsewhere.Store(time.Now().Add(3 * a.interval).UnixNano()) }
