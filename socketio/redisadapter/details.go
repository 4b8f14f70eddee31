package redisadapter

import (
	"encoding/json"
	"strings"

	"partychat/socketio"
)

// socketDetails are details of a socket, possibly written by a Node server, where header and query
// values can be lists.
type socketDetails struct{ socketio.SocketDetails }

// UnmarshalJSON implements json.Unmarshaler.
func (d *socketDetails) UnmarshalJSON(raw []byte) error {
	var wire struct {
		ID        string          `json:"id"`
		Rooms     roomNames       `json:"rooms"`
		Data      json.RawMessage `json:"data"`
		Handshake struct {
			Headers map[string]texts `json:"headers"`
			Time    string           `json:"time"`
			Address string           `json:"address"`
			XDomain flag             `json:"xdomain"`
			Secure  flag             `json:"secure"`
			Issued  float64          `json:"issued"`
			URL     string           `json:"url"`
			Query   map[string]texts `json:"query"`
			Auth    json.RawMessage  `json:"auth"`
		} `json:"handshake"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	h := wire.Handshake
	if h.Auth == nil {
		h.Auth = json.RawMessage("{}")
	}
	if wire.Data == nil {
		wire.Data = json.RawMessage("null")
	}
	d.SocketDetails = socketio.SocketDetails{
		ID: wire.ID, Rooms: wire.Rooms, Data: wire.Data,
		Handshake: socketio.HandshakeDetails{
			Headers: joined(h.Headers, ", "), Time: h.Time, Address: h.Address, XDomain: bool(h.XDomain),
			Secure: bool(h.Secure), Issued: int64(h.Issued), URL: h.URL, Query: joined(h.Query, ","), Auth: h.Auth,
		},
	}
	return nil
}

// texts is a string or a list of strings; other values stay JSON.
type texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = texts{one}
		return nil
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		*t = list
		return nil
	}
	*t = texts{string(raw)}
	return nil
}

func joined(values map[string]texts, separator string) map[string]string {
	all := make(map[string]string, len(values))
	for name, list := range values {
		all[name] = strings.Join(list, separator)
	}
	return all
}
