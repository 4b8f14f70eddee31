package peers

import (
	"fmt"
	"strings"
)

// All lists the peers, ours first.
func All() []Peer {
	const install = "run `npm ci` in bench/peers/node"
	return []Peer{
		{
			Name:  "partychat",
			Title: "PartyChat's socketio",
			Build: "servers/partychat",
		},
		{
			Name:    "node-ws",
			Title:   "Node socket.io, ws",
			Dir:     "peers/node",
			Command: []string{"node", "server.js", "ws"},
			Needs:   "node_modules/socket.io",
			Remedy:  install,
		},
		{
			Name:    "node-eiows",
			Title:   "Node socket.io, eiows",
			Dir:     "peers/node",
			Command: []string{"node", "server.js", "eiows"},
			Needs:   "node_modules/eiows",
			Remedy:  install + " where its native part can be built",
		},
		{
			Name:      "bare",
			Title:     "bare Go (the limit)",
			Build:     "peers/bare",
			NoPolling: true,
		},
	}
}

// Select returns the peers of a list of names with commas between them.
func Select(names string) ([]Peer, error) {
	var selected []Peer
	for name := range strings.SplitSeq(names, ",") {
		peer, ok := find(strings.TrimSpace(name))
		if !ok {
			return nil, fmt.Errorf("there is no peer %q", name)
		}
		selected = append(selected, peer)
	}
	return selected, nil
}

func find(name string) (Peer, bool) {
	for _, peer := range All() {
		if peer.Name == name {
			return peer, true
		}
	}
	return Peer{}, false
}
