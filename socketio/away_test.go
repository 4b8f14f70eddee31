package socketio

import "testing"

func TestClientDisconnectedWhileAwayDoesNotComeBack(t *testing.T) {
	for what, disconnect := range map[string]func(n *Namespace, id string){
		"by its room": func(n *Namespace, _ string) { n.To("room").Disconnect(false) },
		"by its id":   func(n *Namespace, id string) { n.To(id).Disconnect(true) },
		"with all":    func(n *Namespace, _ string) { n.Disconnect(false) },
	} {
		t.Run(what, func(t *testing.T) {
			h, c := recoverable(t, Recovery{SkipMiddlewares: true})
			id := c.id
			h.leave(c)
			h.Of("/").To("other").Disconnect(false)
			h.Of("/").Except("room").Disconnect(false)
			disconnect(h.Of("/"), id)
			c.join(h)
			if c.id == id {
				t.Error("it came back as the socket that was disconnected")
			}
			h.recovery.mu.Lock()
			defer h.recovery.mu.Unlock()
			kept := 0
			for _, k := range h.recovery.packets {
				kept += k.size
			}
			for _, k := range h.recovery.known {
				kept += k.size
			}
			wantEqual(t, h.recovery.bytes, kept)
		})
	}
}

func TestClientRemovedFromARoomWhileAwayComesBackWithoutIt(t *testing.T) {
	h, c := recoverable(t, Recovery{})
	n, id := h.Of("/"), c.id
	h.waitFor(id, true)
	n.To("room").Join("second")
	h.leave(c)
	emit(t, n.To("room"), "before it was taken out")
	n.To("room").Leave("room", "third")
	emit(t, n.To("room"), "after that")
	emit(t, n.To("second"), "to the other room")
	c.join(h)
	wantEqual(t, c.id, id)
	wantEqual(t, c.hear(), "to the other room")
	wantEqual(t, len(n.To("room").Sockets()), 0)
	wantEqual(t, len(n.To("second").Sockets()), 1)
}
