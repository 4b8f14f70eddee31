package wire

import (
	"encoding/json"
	"strconv"

	"partychat/internal/chat"
)

const (
	// Protocol is the latest version of the events that this server speaks.
	Protocol = 2
	// OldestProtocol is the first version that it still speaks.
	OldestProtocol = 1
)

// Auth is what a client gives in its Socket.IO handshake.
type Auth struct {
	Protocol *int   `json:"protocol,omitempty"` // 2, or 1
	Token    string `json:"token,omitempty"`    // where there is no cookie
	Known    *Known `json:"known,omitempty"`    // in protocol 2, to come back
}

// Known is how far a returning client knows its streams (docs/PROTOCOL.md,
// "Reconnecting").
type Known struct {
	User  chat.UserID           `json:"user"`            // whose streams these are; those of another user count as unknown
	Epoch string                `json:"epoch,omitempty"` // as in ready; absent: clients of an earlier version
	Rev   int64                 `json:"rev"`             // of the user's stream
	Rooms map[chat.RoomID]int64 `json:"rooms"`           // the rev of each room in the client's list
}

// Handshake is an Auth as it has arrived: Known is decoded only once the client has
// been authenticated, because it may be large.
type Handshake struct {
	Protocol int // 0: the client has named none
	Token    string
	known    json.RawMessage
}

// ParseAuth reads the auth of a handshake. Its numbers and objects may be strings,
// because the auth of the Java client is a map of strings. Errors: CodeInvalid, on
// "protocol" for a version that the server doesn't speak.
func ParseAuth(raw json.RawMessage) (Handshake, error) {
	if len(raw) == 0 {
		return Handshake{}, nil
	}
	var given struct {
		Protocol json.RawMessage `json:"protocol"`
		Token    string          `json:"token"`
		Known    json.RawMessage `json:"known"`
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return Handshake{}, BadArgument(err)
	}
	h := Handshake{Token: given.Token, known: given.Known}
	if len(given.Protocol) == 0 {
		return h, nil
	}
	var protocol *json.Number // accepts a number in a string, too
	if err := json.Unmarshal(given.Protocol, &protocol); err != nil {
		return Handshake{}, chat.ErrorIn("protocol", chat.CodeInvalid, "The protocol must be a number, or a number in a string.")
	}
	if protocol == nil {
		return h, nil
	}
	n, err := strconv.Atoi(protocol.String())
	if err != nil || n < OldestProtocol || n > Protocol {
		return Handshake{}, chat.ErrorIn("protocol", chat.CodeInvalid, "This server speaks the protocols %d to %d.", OldestProtocol, Protocol)
	}
	h.Protocol = n
	return h, nil
}

// Known returns how far a client of protocol 2 knows its streams; nil if it doesn't
// say. Errors: CodeInvalid on "known".
func (h Handshake) Known() (*Known, error) {
	raw := h.known
	if h.Protocol < 2 || len(raw) == 0 {
		return nil, nil //nolint:nilnil // knowing nothing is not an error
	}
	var inString string
	if raw[0] == '"' && json.Unmarshal(raw, &inString) == nil {
		raw = json.RawMessage(inString)
	}
	var known *Known
	if err := json.Unmarshal(raw, &known); err != nil {
		return nil, chat.ErrorIn("known", chat.CodeInvalid, "known must be an object with rev and rooms.")
	}
	return known, nil
}
