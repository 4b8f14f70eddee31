package push

import (
	"encoding/json"
	"unicode/utf8"

	"partychat/internal/chat"
)

// payload is what a device receives: docs/PROTOCOL.md, “Pushes”.
type payload struct {
	Kind    string           `json:"kind"` // message, or read: stop showing the room
	Room    chat.RoomID      `json:"room"`
	Seq     int64            `json:"seq"`
	Name    string           `json:"name,omitempty"` // of the room; absent in conversations
	Author  string           `json:"author,omitempty"`
	Message chat.MessageKind `json:"message,omitempty"` // the kind of the message
	Text    string           `json:"text,omitempty"`    // its beginning; absent if there is none, or if the user wants none
	At      int64            `json:"at,omitempty"`      // when it was sent, in Unix milliseconds
}

const (
	payloadMessage = "message"
	payloadRead    = "read"
)

// maxPayload is how many bytes fit into the one record of 4,096 bytes that every push
// service accepts (RFC 8291 section 4): the rest is its header, the key, and the tag.
const maxPayload = 3993

// encode writes the payload as JSON, with as much of the text as fits.
func (p payload) encode() ([]byte, error) {
	for {
		text, err := json.Marshal(p)
		over := len(text) - maxPayload
		if err != nil || over <= 0 {
			return text, err
		}
		switch {
		case p.Text != "":
			p.Text = cut(p.Text, over)
		case p.Name != "":
			p.Name = cut(p.Name, over)
		default:
			p.Author = cut(p.Author, over)
		}
	}
}

// cut removes at least so many bytes from the end of the text, at a character.
func cut(text string, bytes int) string {
	end := max(0, len(text)-bytes)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
