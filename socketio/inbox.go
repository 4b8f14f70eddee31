package socketio

import (
	"fmt"
	"runtime/debug"
)

// inbox queues the work of a socket's handlers. Socket.mu guards it; one goroutine of the server's crew
// at a time processes it.
type inbox struct {
	tasks []task
	bytes int64         // total size of the queued events
	space chan struct{} // closed when a waiting reader should check again
}

// task is an event to handle, or a function to run in order.
type task struct {
	event *Event
	run   func()
}

// pushEvent queues an event. If too many are queued, it blocks, which stops reading from this client.
// It fails if the socket is not connected.
func (s *Socket) pushEvent(e *Event) bool {
	opts := &s.ns.server.opts
	full := func() bool {
		return len(s.inbox.tasks) >= opts.MaxPending || s.inbox.bytes >= s.client.maxPacket()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.state == stateConnected && full() {
		if s.inbox.space == nil {
			s.inbox.space = make(chan struct{})
		}
		space := s.inbox.space
		s.mu.Unlock()
		<-space
		s.mu.Lock()
	}
	if s.state != stateConnected {
		return false
	}
	s.inbox.bytes += e.size
	s.pushLocked(task{event: e})
	return true
}

// push queues a function that does not count under MaxPending.
func (s *Socket) push(run func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pushLocked(task{run: run})
}

func (s *Socket) pushLocked(t task) {
	s.inbox.tasks = append(s.inbox.tasks, t)
	if !s.works {
		s.works = true
		s.ns.server.work.add()
		s.ns.server.crew.Run(s)
	}
}

// work runs the queued tasks.
func (s *Socket) work() {
	defer s.ns.server.work.done()
	for {
		s.mu.Lock()
		if len(s.inbox.tasks) == 0 {
			s.inbox.tasks, s.works = nil, false
			s.mu.Unlock()
			return
		}
		t := s.inbox.tasks[0]
		s.inbox.tasks[0] = task{}
		s.inbox.tasks = s.inbox.tasks[1:]
		if t.event != nil {
			s.inbox.bytes -= t.event.size
		}
		s.wakeReaderLocked()
		s.mu.Unlock()
		s.do(t)
	}
}

func (s *Socket) wakeReaderLocked() {
	if s.inbox.space != nil {
		close(s.inbox.space)
		s.inbox.space = nil
	}
}

func (s *Socket) do(t task) {
	if t.event == nil {
		s.guard(t.run)
		return
	}
	table := s.ns.events.table.Load()
	for _, h := range table.any {
		s.guard(func() { h(s.Context(), s, t.event) })
	}
	if !s.pass(table, t.event) {
		return
	}
	for _, h := range table.events[t.event.Name] {
		s.guard(func() { h(s.Context(), s, t.event) })
	}
}

// guard keeps a handler's panic from ending the process, like net/http.
func (s *Socket) guard(run func()) { s.ns.server.guard(s.ns.name, run) }

func (s *Server) guard(namespace string, run func()) {
	defer func() {
		if r := recover(); r != nil {
			s.opts.Logger.Error("socketio: handler panicked",
				"namespace", namespace, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	run()
}
