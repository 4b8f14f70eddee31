package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/ratelimit"
	"partychat/internal/wire"
)

func TestD3_AMessageReachesEveryoneInTheRoomInEveryTab(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender := ada.connect()
	others := []*tab{ada.connect(), bob.connect(), s.connect(bob.token, true)}
	sent := sender.send(chat.MainRoom, "hello")
	if sent.Seq != 1 || sent.Rev <= 1 || sent.Author.Username != "ada" || sent.Kind != chat.MessageText {
		t.Errorf("acknowledged with %+v, want seq 1, a rev after that of the members, a text by ada", sent)
	}
	for _, c := range append(others, sender) {
		if got := c.message(); !same(got, sent) {
			t.Errorf("got  %+v\nwant %+v", got, sent)
		}
	}
}

func TestD5_ASendIsAcknowledgedWhenItIsStored(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	sent := ada.connect().send(chat.MainRoom, "hello")
	page, err := s.chat.Messages.Page(t.Context(), ada.User, chat.MainRoom, chat.MessagePage{})
	if err != nil || len(page.Messages) != 1 || !same(wire.MessageOf(&page.Messages[0]), sent) {
		t.Errorf("stored: got %+v, %v, want %+v", page.Messages, err, sent)
	}
}

func TestARetryIsAcknowledgedWithTheOriginal(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	first, second := ada.connect(), ada.connect()
	send := wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "once"}
	original := first.do("message:send", send).Message
	for _, c := range []*tab{first, second} {
		if again := c.do("message:send", send); !again.OK || !same(again.Message, original) {
			t.Errorf("retry: got %+v, want the original %+v", again, original)
		}
	}
	first.send(chat.MainRoom, "twice")
	for _, want := range []string{"once", "twice"} {
		if got := second.message().Body; got != want {
			t.Errorf("delivered %q, want %q", got, want)
		}
	}
}

func TestD4_BadInputOnASocketIsAClearErrorWithACode(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	hidden := bob.room("hidden", chat.RoomPrivate)
	open := bob.room("open", chat.RoomPublic)
	c := ada.connect()
	id := uuid.NewString()
	raw := func(text string) []any { return []any{json.RawMessage(text)} }
	send := func(room chat.RoomID, id, kind, body string) []any {
		return []any{wire.SendCommand{Room: room, ClientID: id, Kind: chat.MessageKind(kind), Body: body}}
	}
	tests := []struct {
		name    string
		command string
		args    []any
		code    chat.Code
		field   string
	}{
		{"an empty message", "message:send", send(1, id, "", ""), chat.CodeInvalid, "body"},
		{"only white space", "message:send", send(1, id, "", " \n\t"), chat.CodeInvalid, "body"},
		{"one character too long", "message:send", send(1, id, "", strings.Repeat("é", 8001)), chat.CodeTooLarge, "body"},
		{"no body at all", "message:send", raw(`{"room":1,"clientId":"` + id + `"}`), chat.CodeInvalid, "body"},
		{"no clientId", "message:send", send(1, "", "", "hello"), chat.CodeInvalid, "clientId"},
		{"a clientId that is no UUID", "message:send", send(1, "7", "", "hello"), chat.CodeInvalid, "clientId"},
		{"an unknown kind", "message:send", send(1, id, "hologram", "hello"), chat.CodeInvalid, "kind"},
		{"no room", "message:send", send(0, id, "", "hello"), chat.CodeInvalid, "room"},
		{"a negative room", "message:send", send(-1, id, "", "hello"), chat.CodeInvalid, "room"},
		{"an unknown room", "message:send", send(12345, id, "", "hello"), chat.CodeNotFound, "room"},
		{"B8: a room one may not see", "message:send", send(hidden, id, "", "hello"), chat.CodeNotFound, "room"},
		{"a room one is not subscribed to", "message:send", send(open, id, "", "hello"), chat.CodeForbidden, ""},
		{"a room that is text", "message:send", raw(`{"room":"main","body":"hello"}`), chat.CodeInvalid, "room"},
		{"a room that is a fraction", "message:send", raw(`{"room":1.5,"body":"hello"}`), chat.CodeInvalid, "room"},
		{"a room beyond all numbers", "message:send", raw(`{"room":1e300,"body":"hello"}`), chat.CodeInvalid, "room"},
		{"a body that is a number", "message:send", raw(`{"room":1,"body":7}`), chat.CodeInvalid, "body"},
		{"a list as the argument", "message:send", raw(`[1]`), chat.CodeInvalid, ""},
		{"text as the argument", "message:send", raw(`"hello"`), chat.CodeInvalid, ""},
		{"null as the argument", "message:send", raw(`null`), chat.CodeInvalid, "room"},
		{"no argument", "message:send", nil, chat.CodeInvalid, ""},
		{"sync without an argument", "room:sync", nil, chat.CodeInvalid, ""},
		{"sync of an unknown room", "room:sync", raw(`{"room":12345,"since":0}`), chat.CodeNotFound, "room"},
		{"B8: sync of a room one may not see", "room:sync", []any{wire.SyncCommand{Room: hidden}}, chat.CodeNotFound, "room"},
		{"sync since a negative rev", "room:sync", raw(`{"room":1,"since":-1}`), chat.CodeInvalid, "since"},
		{"read of an unknown room", "room:read", raw(`{"room":12345,"seq":1}`), chat.CodeNotFound, "room"},
		{"B8: read of a room one may not see", "room:read", []any{wire.ReadCommand{Room: hidden}}, chat.CodeNotFound, "room"},
		{"read of a room one is not subscribed to", "room:read", []any{wire.ReadCommand{Room: open}}, chat.CodeForbidden, ""},
		{"read up to a negative seq", "room:read", raw(`{"room":1,"seq":-1}`), chat.CodeInvalid, "seq"},
		{"watch an unknown room", "room:watch", raw(`{"room":12345}`), chat.CodeNotFound, "room"},
		{"B8: watch a room one may not see", "room:watch", []any{wire.RoomCommand{Room: hidden}}, chat.CodeNotFound, "room"},
		{"watch nothing", "room:watch", raw(`{}`), chat.CodeInvalid, "room"},
		{"unwatch nothing", "room:unwatch", raw(`{}`), chat.CodeInvalid, "room"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.do(test.command, test.args...)
			if a.OK || a.Error.Code != test.code || a.Error.Field != test.field || a.Error.Message == "" {
				t.Errorf("got ok %t, %+v\nwant %s on %q", a.OK, a.Error, test.code, test.field)
			}
		})
	}
	if got := c.send(chat.MainRoom, strings.Repeat("é", 8000)); got.Seq != 1 {
		t.Errorf("the longest message that is allowed got seq %d, want 1: none of the others may be stored", got.Seq)
	}
}

func TestASendWithoutAnAcknowledgementIsStoredToo(t *testing.T) {
	c := newServer(t).signUp("ada").connect()
	if err := c.Emit("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "hello"}); err != nil {
		t.Fatal(err)
	}
	if got := c.message().Body; got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestRoomSyncGivesWhatHasChanged(t *testing.T) {
	s := newServer(t)
	c := s.signUp("ada").connect()
	var sent []wire.Message
	for _, body := range []string{"one", "two", "three"} {
		sent = append(sent, c.send(chat.MainRoom, body))
	}
	a := c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom, Since: sent[0].Rev})
	if !a.OK || len(a.Messages) != 2 || !same(a.Messages[0], sent[1]) || !same(a.Messages[1], sent[2]) || a.Rev != sent[2].Rev || a.More || a.StartOver {
		t.Errorf("since the first: got %+v, want two and three, and their rev", a)
	}
	if a = c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom, Since: sent[2].Rev}); !a.OK || a.Messages == nil || len(a.Messages) != 0 {
		t.Errorf("since the last: got %+v, want an empty list", a)
	}
	if a = c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom, Since: 99}); !a.OK || !a.StartOver {
		t.Errorf("since the future: got %+v, want startOver", a)
	}
}

func TestWhoSendsTooFastIsTold(t *testing.T) {
	t.Run("one user, from all tabs together", func(t *testing.T) {
		s := newServerOn(t, chat.Deps{Sends: ratelimit.New(ratelimit.Options{PerSecond: 0.01, Burst: 2})})
		ada := s.signUp("ada")
		ada.connect().send(chat.MainRoom, "one")
		c := ada.connect()
		c.send(chat.MainRoom, "two")
		a := c.do("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "three"})
		if a.OK || a.Error.Code != chat.CodeRateLimited || a.Error.RetryAfter < 1 || a.Error.RetryAfter > 100 {
			t.Errorf("got %+v, want rate_limited with retryAfter within 100 seconds", a)
		}
		if a := c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom}); !a.OK || len(a.Messages) != 2 {
			t.Errorf("reading: got %+v, want the two messages", a)
		}
		s.signUp("bob").connect().send(chat.MainRoom, "somebody else may")
	})
	t.Run("one socket, with any command", func(t *testing.T) {
		s := newServer(t, func(o *gateway.Options) {
			o.Limits = gateway.Limits{CommandsPerSecond: 0.01, CommandBurst: 1}
		})
		ada := s.signUp("ada")
		c := ada.connect()
		c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom})
		if a := c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom}); a.OK || a.Error.Code != chat.CodeRateLimited {
			t.Errorf("got %+v, want rate_limited", a)
		}
		if a := ada.connect().do("room:sync", wire.SyncCommand{Room: chat.MainRoom}); !a.OK {
			t.Errorf("another socket: got %+v, want ok", a)
		}
	})
}

func TestEditsAndDeletionsReachEveryoneInTheOrderOfRev(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender, reader := ada.connect(), bob.connect()
	first := sender.send(chat.MainRoom, "helo")
	second := sender.send(chat.MainRoom, "oops")
	edited, err := s.chat.Messages.Edit(t.Context(), ada.User, chat.MainRoom, first.Seq, "hello")
	if err != nil {
		t.Fatal(err)
	}
	deleted, err := s.chat.Messages.Delete(t.Context(), ada.User, chat.MainRoom, second.Seq)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []wire.Message{first, second, wire.MessageOf(&edited), wire.MessageOf(&deleted)} {
		if got := reader.message(); !same(got, want) || got.Rev != first.Rev+int64(i) {
			t.Errorf("event %d: got %+v, want %+v", i, got, want)
		}
	}
	if a := reader.do("room:sync", wire.SyncCommand{Room: chat.MainRoom, Since: second.Rev}); len(a.Messages) != 2 || !same(a.Messages[0], wire.MessageOf(&edited)) || !same(a.Messages[1], wire.MessageOf(&deleted)) || a.Rev != deleted.Rev {
		t.Errorf("sync since the second: got %+v, want both in their present state", a)
	}
}
