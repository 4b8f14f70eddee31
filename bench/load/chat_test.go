package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// newChatter returns the dialect of two clients in room 77, which already has five
// messages.
func newChatter(tb testing.TB) *chatter {
	tb.Helper()
	member := Member{Token: "t", Room: 77, Seq: 5}
	c, ok := newDialect([]Member{member, member}, 1, 20).(*chatter)
	if !ok {
		tb.Fatal("a crowd with a party does not use PartyChat's dialect")
	}
	return c
}

func TestAMessageIsACommandOfTheProtocol(t *testing.T) {
	c := newChatter(t)
	ids := make(map[string]bool)
	for _, id := range []uint64{0, 1, 2, 4711} {
		packet, ok := strings.CutPrefix(string(c.broadcast(0, id)), fmt.Sprintf("42%d", id))
		var name string
		var command struct {
			Room     chat.RoomID
			ClientID string
			Body     string
		}
		if err := json.Unmarshal([]byte(packet), &[]any{&name, &command}); err != nil || !ok {
			t.Fatalf("%v in %q", err, packet)
		}
		if want := fmt.Sprintf("%012dxxxxxxxx", id); name != "message:send" || command.Room != 77 || command.Body != want {
			t.Errorf("got %s of %+v, want message:send to room 77 with body %s", name, command, want)
		}
		if _, err := uuid.Parse(command.ClientID); err != nil || ids[command.ClientID] {
			t.Errorf("message %d: clientId %s is not a UUID or not new", id, command.ClientID)
		}
		ids[command.ClientID] = true
	}
}

// encoded returns a message in the server's encoding.
func encoded(tb testing.TB, room chat.RoomID, seq int64, body string) string {
	tb.Helper()
	raw, err := json.Marshal(wire.Message{Room: room, Seq: seq, Rev: seq, Kind: chat.MessageText, Body: body})
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

func TestParseOfPartyChatsPackets(t *testing.T) {
	const body = "000000004711xxxxxxxx"
	put := func(room chat.RoomID, seq int64, body string) string {
		return `2["message:put",{"message":` + encoded(t, room, seq, body) + `}]`
	}
	tests := []struct {
		name, packet string
		isAck        bool
		err          error
	}{
		{name: "a message", packet: put(77, 6, body)},
		{name: "a message that is not the next one", packet: put(77, 7, body), err: errNotNext},
		{name: "an earlier message", packet: put(77, 5, body), err: errNotNext},
		{name: "a message from another room", packet: put(78, 6, body), err: errOtherRoom},
		{name: "a shortened message", packet: put(77, 6, body[:19]), err: errGarbled},
		{name: "a changed message", packet: put(77, 6, "000000004711xxxxxxxy"), err: errGarbled},
		{name: "a message without a number", packet: put(77, 6, "hello"), err: errGarbled},
		{name: "another event", packet: `2["room:put",{}]`, err: errGarbled},
		{name: "an acknowledgement", packet: `34711[{"ok":true,"message":` + encoded(t, 77, 6, body) + `}]`, isAck: true},
		{name: "an acknowledgement of another message", packet: `34712[{"ok":true,"message":` + encoded(t, 77, 6, body) + `}]`, err: errOtherAck},
		{name: "a refusal", packet: `34711[{"ok":false,"error":{"code":"unavailable"}}]`, err: errRefused},
		{name: "nothing", packet: "", err: errGarbled},
		{name: "the beginning of a message", packet: `2["message:put",{"message":{"room":77,"seq":6`, err: errGarbled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newChatter(t)
			id, isAck, err := c.parse(0, []byte(test.packet))
			if test.err != nil {
				if !errors.Is(err, test.err) {
					t.Errorf("got %v, want %v", err, test.err)
				}
				return
			}
			if err != nil || id != 4711 || isAck != test.isAck {
				t.Errorf("got %d, %v, %v, want 4711, %v", id, isAck, err, test.isAck)
			}
			if want := []Ack{{Room: 77, Seq: 6, Body: 4711}}; isAck && !slices.Equal(c.acked, want) {
				t.Errorf("acknowledged: got %+v, want %+v", c.acked, want)
			}
		})
	}
}

func FuzzParseChat(f *testing.F) {
	f.Add([]byte(`2["message:put",{"message":` + encoded(f, 77, 6, "000000004711xxxxxxxx") + `}]`))
	f.Add([]byte(`34711[{"ok":true,"message":` + encoded(f, 77, 6, "000000004711xxxxxxxx") + `}]`))
	f.Fuzz(func(t *testing.T, packet []byte) {
		_, _, _ = newChatter(t).parse(0, packet)
	})
}
