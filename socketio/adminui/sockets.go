package adminui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"partychat/engineio"
	"partychat/socketio"
)

// shownSocket is a socket in the page's format.
type shownSocket struct {
	ID        string                    `json:"id"`
	ClientID  string                    `json:"clientId"`
	Transport string                    `json:"transport"`
	Namespace string                    `json:"nsp"`
	Data      any                       `json:"data"`
	Handshake socketio.HandshakeDetails `json:"handshake"`
	Rooms     []string                  `json:"rooms"`
}

// shownHeaders are the headers that are shown. Any other may contain an application's token.
var shownHeaders = []string{
	"accept", "accept-encoding", "accept-language", "cf-connecting-ip", "connection", "forwarded", "host", "origin",
	"sec-websocket-extensions", "sec-websocket-version", "upgrade", "user-agent",
	"x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip",
}

// shownParameters are the query parameters whose values are shown: those of the protocol.
var shownParameters = []string{"EIO", "transport", "t", "b64"}

// hidden replaces a value that is not shown.
const hidden = "…"

// show describes a socket without its secrets.
func show(namespace string, d socketio.SocketDetails) shownSocket {
	d.Handshake = withoutSecrets(d.Handshake)
	shown := shownSocket{ID: d.ID, Namespace: namespace, Handshake: d.Handshake, Rooms: d.Rooms, Data: d.Data}
	// Node servers store the client and its transport in the data.
	var data map[string]any
	if json.Unmarshal(d.Data, &data) != nil || data == nil {
		return shown
	}
	if of, ok := data["_admin"].(map[string]any); ok {
		shown.ClientID, _ = of["clientId"].(string)
		shown.Transport, _ = of["transport"].(string)
		delete(data, "_admin")
	}
	shown.Data = data
	return shown
}

// withoutSecrets removes from a handshake whatever may be a token.
func withoutSecrets(h socketio.HandshakeDetails) socketio.HandshakeDetails {
	h.Auth = nil
	h.Headers, h.Query = maps.Clone(h.Headers), maps.Clone(h.Query)
	maps.DeleteFunc(h.Headers, func(name, _ string) bool { return !slices.Contains(shownHeaders, name) })
	for name := range h.Query {
		if !slices.Contains(shownParameters, name) {
			h.Query[name] = hidden
		}
	}
	path, query, found := strings.Cut(h.URL, "?")
	if !found {
		return h
	}
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		if name, _, _ := strings.Cut(parameter, "="); !slices.Contains(shownParameters, name) {
			parameters[i] = name + "=" + hidden
		}
	}
	h.URL = path + "?" + strings.Join(parameters, "&")
	return h
}

// showLocal describes a socket of this process.
func showLocal(s *socketio.Socket) shownSocket {
	n := s.Namespace()
	details := n.Node().Describe(s)
	shown := show(n.Name(), details)
	shown.ClientID, shown.Transport = clientID(s), s.Session().Transport()
	return shown
}

// clientID identifies a connection. Its own id is secret.
func clientID(s *socketio.Socket) string {
	sum := sha256.Sum256([]byte(s.Session().ID()))
	return hex.EncodeToString(sum[:6])
}

// fetchTimeout is how long other processes may take to describe their sockets.
const fetchTimeout = 5 * time.Second

// allSockets describes the sockets of all namespaces and processes.
func (a *Admin) allSockets(ctx context.Context) []shownSocket {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	shown := []shownSocket{}
	for _, n := range a.server.Namespaces() {
		local := make(map[string]bool)
		for _, s := range n.Sockets() {
			local[s.ID()] = true
			shown = append(shown, showLocal(s))
		}
		remote, _ := n.FetchSockets(ctx) // a partial answer is better than none
		for _, r := range remote {
			if !local[r.ID] {
				shown = append(shown, show(n.Name(), r.SocketDetails))
			}
		}
	}
	return shown
}

// watch reports a namespace's events to pages.
func (a *Admin) watch(n *socketio.Namespace) {
	tell := func(event string, args ...any) { _ = a.ns.Emit(event, append(args, now())...) } // encoding strings cannot fail
	present := a.audience.present
	n.OnConnect(func(s *socketio.Socket) {
		if s.Session().Transport() == engineio.Polling {
			a.mu.Lock()
			a.polling[s] = true
			a.mu.Unlock()
		}
		if present() {
			tell("socket_connected", showLocal(s))
		}
	})
	n.OnDisconnect(func(s *socketio.Socket, reason socketio.DisconnectReason) {
		a.mu.Lock()
		delete(a.polling, s)
		a.mu.Unlock()
		if present() {
			tell("socket_disconnected", s.Namespace().Name(), s.ID(), string(reason))
		}
	})
	n.OnRoom(func(s *socketio.Socket, room string, joined bool) {
		if present() {
			event := map[bool]string{true: "room_joined", false: "room_left"}[joined]
			tell(event, s.Namespace().Name(), room, s.ID())
		}
	})
	if n == a.ns {
		return // otherwise each report would be reported
	}
	n.OnAny(func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		if present() {
			tell("event_received", s.Namespace().Name(), s.ID(), append([]any{e.Name}, e.Args.Values()...))
		}
	})
	socketio.OnAnyOutgoingIf(n, present, func(s *socketio.Socket, event string, args socketio.Args) {
		tell("event_sent", s.Namespace().Name(), s.ID(), append([]any{event}, args.Values()...))
	})
}

// tellOfUpgrades reports sockets that have moved to WebSocket.
func (a *Admin) tellOfUpgrades() {
	a.mu.Lock()
	var moved []*socketio.Socket
	for s := range a.polling {
		if s.Session().Transport() != engineio.Polling {
			delete(a.polling, s)
			moved = append(moved, s)
		}
	}
	a.mu.Unlock()
	if !a.audience.present() {
		return
	}
	for _, s := range moved {
		_ = a.ns.Emit("socket_updated", map[string]string{ // strings always encode
			"id": s.ID(), "nsp": s.Namespace().Name(), "transport": s.Session().Transport(),
		})
	}
}

// now returns the time in the format of a JavaScript Date.
func now() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") }
