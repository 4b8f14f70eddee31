package socketio

import "testing"

// linked is an adapter that passes packets on to other servers.
type linked struct {
	Adapter
	others *[]Adapter
}

func (l linked) Broadcast(sel Selection, p *Packet) {
	l.Adapter.Broadcast(sel, p)
	if sel.Local {
		return
	}
	for _, other := range *l.others {
		if other != l.Adapter {
			other.Broadcast(sel, NewPacket(p.Parts()))
		}
	}
}

func TestAdapterCanForwardPacketsToOtherServers(t *testing.T) {
	var all []Adapter
	newAdapter := func(n *Namespace) Adapter {
		local := NewMemoryAdapter(n)
		all = append(all, local)
		return linked{local, &all}
	}
	var peers []*peer
	var hosts []*host
	for range 2 {
		h := newHost(t, Options{NewAdapter: newAdapter})
		h.OnConnect(func(s *Socket) { s.Join("room") })
		p, _ := h.join("/")
		waitFor(t, "the socket to be in the room", func() bool { return len(h.Of("/").To("room").Sockets()) == 1 })
		hosts, peers = append(hosts, h), append(peers, p)
	}
	room := hosts[0].Of("/").To("room")
	for _, err := range []error{
		room.Emit("e", "text", []byte("binary")),
		room.Local().Emit("local"),
		room.Volatile().Emit("volatile"),
		room.Except(hosts[1].Of("/").Sockets()[0].ID()).Emit("not to the other"),
		room.Emit("last"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const binary = `51-["e","text",{"_placeholder":true,"num":0}]`
	peers[0].want(binary, "b:binary", `2["local"]`, `2["volatile"]`, `2["not to the other"]`, `2["last"]`)
	peers[1].want(binary, "b:binary", `2["volatile"]`, `2["last"]`)
}
