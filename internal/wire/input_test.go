package wire_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestWhatClientsSendBecomesInputOfTheDomain(t *testing.T) {
	texts := golden(t)
	decode := func(name string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(texts[name]), into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var send wire.SendCommand
	decode("SendCommand", &send)
	want := chat.SendInput{Room: 3, ClientID: "c", Kind: chat.MessageLocation, Body: "b", Location: exampleLocation(), ReplyTo: 39, Thread: 38, InRoom: true}
	if diff := cmp.Diff(want, send.Input()); diff != "" {
		t.Errorf("SendCommand (-want +got):\n%s", diff)
	}
	var message wire.NewMessage
	decode("NewMessage", &message)
	if diff := cmp.Diff(want, message.Input(3)); diff != "" {
		t.Errorf("NewMessage (-want +got):\n%s", diff)
	}
	var room wire.NewRoom
	decode("NewRoom", &room)
	if diff := cmp.Diff(chat.NewRoomInput{Name: "n", Topic: "t", Kind: chat.RoomPrivate}, room.Input()); diff != "" {
		t.Errorf("NewRoom (-want +got):\n%s", diff)
	}
	var invitation wire.NewInvitation
	decode("NewInvitation", &invitation)
	if diff := cmp.Diff(chat.InviteInput{Room: 3, User: 9, ExpiresIn: time.Hour, Uses: 5, Guests: true}, invitation.Input()); diff != "" {
		t.Errorf("NewInvitation (-want +got):\n%s", diff)
	}
}

func TestADurationThatOverflowsStaysOnItsSide(t *testing.T) {
	for _, test := range []struct {
		seconds int64
		long    bool
	}{{math.MaxInt64, true}, {1 << 60, true}, {math.MinInt64, false}} {
		got := wire.NewInvitation{ExpiresIn: test.seconds}.Input().ExpiresIn
		if test.long && got < 100*365*24*time.Hour || !test.long && got > -100*365*24*time.Hour {
			t.Errorf("%d seconds: got %s", test.seconds, got)
		}
	}
}
