package peers

import (
	"fmt"
	"strings"

	"partychat/bench/profile"
)

// All returns all peers, PartyChat's first.
func All() []Peer {
	const (
		install = "run `npm ci` in bench/peers/node"
		ready   = "PartyChat is ready at http://"
	)
	// Raise the limits on each user's requests, because they are not what is
	// measured.
	serve := []string{"serve", "--host", "127.0.0.1", "--port", "0", "--send-rate", "100000", "--read-rate", "100000", "--write-rate", "100000", "--log-level", "warn"}
	return []Peer{
		{
			Name:  "partychat",
			Title: "PartyChat's socketio",
			Suite: profile.Sockets,
			Build: "servers/partychat",
		},
		{
			Name:    "node-ws",
			Title:   "Node socket.io, ws",
			Suite:   profile.Sockets,
			Dir:     "peers/node",
			Command: []string{"node", "server.js", "ws"},
			Needs:   "node_modules/socket.io",
			Remedy:  install,
		},
		{
			Name:    "node-eiows",
			Title:   "Node socket.io, eiows",
			Suite:   profile.Sockets,
			Dir:     "peers/node",
			Command: []string{"node", "server.js", "eiows"},
			Needs:   "node_modules/eiows",
			Remedy:  install + " where its native part can be built",
		},
		{
			Name:      "bare",
			Title:     "bare Go (the limit)",
			Suite:     profile.Sockets,
			Build:     "peers/bare",
			NoPolling: true,
		},
		{
			Name:  "chat",
			Title: "PartyChat",
			Suite: profile.Chat,
			Build: "../cmd/partychat",
			Args:  serve,
			Ready: ready,
		},
		{
			Name:     "nodes",
			Title:    "PartyChat",
			Suite:    profile.Spread,
			Build:    "../cmd/partychat",
			Args:     serve,
			Ready:    ready,
			Database: true,
		},
		{
			Name:    "node-redis",
			Title:   "Node socket.io, Redis adapter",
			Suite:   profile.Spread,
			Dir:     "peers/node",
			Command: []string{"node", "server.js", "ws"},
			Needs:   "node_modules/@socket.io/redis-adapter",
			Remedy:  install,
		},
		{
			Name:  "store",
			Title: "PartyChat's SQLite store",
			Suite: profile.Alone,
		},
	}
}

// Select returns the peers in a comma-separated list of names.
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
