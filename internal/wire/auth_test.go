package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestTheAuthOfAHandshakeIsRead(t *testing.T) {
	known := &wire.Known{User: 9, Rev: 13, Rooms: map[chat.RoomID]int64{3: 57, 12: 4}}
	tests := []struct {
		name, text string
		protocol   int
		token      string
		known      *wire.Known
	}{
		{name: "nothing"},
		{name: "null", text: `null`},
		{name: "an empty object", text: `{}`},
		{name: "a null protocol", text: `{"protocol":null,"token":"t"}`, token: "t"},
		{name: "protocol 1 knows nothing", text: `{"protocol":1,"known":{"user":9}}`, protocol: 1},
		{name: "as it is written", text: golden(t)["Auth"], protocol: 2, token: "t", known: known},
		{
			name: "strings alone", text: `{"protocol":"2","token":"t","known":"{\"user\":9,\"rev\":13,\"rooms\":{\"3\":57,\"12\":4}}"}`,
			protocol: 2, token: "t", known: known,
		},
		{name: "members of a later version", text: `{"protocol":2,"colour":"red"}`, protocol: 2},
	}
	for _, test := range tests {
		h, err := wire.ParseAuth(json.RawMessage(test.text))
		if err != nil || h.Protocol != test.protocol || h.Token != test.token {
			t.Errorf("%s: got protocol %d with token %q, %v, want %d with %q", test.name, h.Protocol, h.Token, err, test.protocol, test.token)
			continue
		}
		got, err := h.Known()
		if diff := cmp.Diff(test.known, got); diff != "" || err != nil {
			t.Errorf("%s: known: %v (-want +got):\n%s", test.name, err, diff)
		}
	}
}

func TestABadAuthIsRefusedWithItsField(t *testing.T) {
	for text, field := range map[string]string{
		`7`:                                     "",
		`{"token":7}`:                           "token",
		`{"protocol":0}`:                        "protocol",
		`{"protocol":3}`:                        "protocol",
		`{"protocol":""}`:                       "protocol",
		`{"protocol":1.5}`:                      "protocol",
		`{"protocol":{}}`:                       "protocol",
		`{"protocol":2,"known":7}`:              "known",
		`{"protocol":2,"known":"7"}`:            "known",
		`{"protocol":2,"known":{"rooms":[1]}}`:  "known",
		`{"protocol":2,"known":{"rev":"many"}}`: "known",
	} {
		h, err := wire.ParseAuth(json.RawMessage(text))
		if err == nil {
			_, err = h.Known()
		}
		if e := chat.ErrorFrom(err); err == nil || e.Code != chat.CodeInvalid || e.Field != field || e.Message == "" {
			t.Errorf("%s: got %v, want invalid on %q", text, err, field)
		}
	}
}

func FuzzParseAuth(f *testing.F) {
	for _, text := range []string{``, `{}`, `{"protocol":"2","token":"t","known":"{}"}`, `{"protocol":2,"known":{"user":1,"rev":2,"rooms":{"3":4}}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := wire.ParseAuth(json.RawMessage(text))
		if err == nil {
			_, err = h.Known()
		}
		if err != nil && chat.CodeOf(err) != chat.CodeInvalid {
			t.Errorf("%q: got %v, want invalid", text, err)
		}
		if h.Protocol != 0 && (h.Protocol < wire.OldestProtocol || h.Protocol > wire.Protocol) {
			t.Errorf("%q: accepted protocol %d", text, h.Protocol)
		}
	})
}
