package adminui

import (
	"context"
	"sync/atomic"
	"time"

	"partychat/socketio"
)

// pageEvent announces to the other processes that a page has connected to this one.
const pageEvent = "admin_page"

// audience tracks whether a page is connected, to this process or to another one that the namespace's
// adapter reaches. Without a page, no reports are made.
//
// A page of another process that runs this package is noticed at once. A page of a Node server is
// noticed at the next check.
type audience struct {
	ns       *socketio.Namespace
	interval time.Duration // between two checks

	here      atomic.Int32 // pages connected to this process
	elsewhere atomic.Int64 // until when pages of other processes are assumed, in Unix nanoseconds
}

// register starts counting the pages of a namespace.
func (a *audience) register(ns *socketio.Namespace, interval time.Duration) {
	a.ns, a.interval = ns, interval
	ns.OnConnect(func(*socketio.Socket) {
		a.here.Add(1)
		if !ns.Node().Alone() {
			_ = ns.ServerSide().Emit(pageEvent) // fails if the adapter cannot; the next check finds the page then
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

// look checks for pages of other processes and returns present. Processes that do not answer are
// assumed to have one.
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

// extend assumes pages of other processes for the next few checks.
func (a *audience) extend() { a.elsewhere.Store(time.Now().Add(3 * a.interval).UnixNano()) }
