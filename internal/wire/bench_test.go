package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// BenchmarkMessagePut makes and encodes the event of a new message, as the gateway
// does once per broadcast.
func BenchmarkMessagePut(b *testing.B) {
	text := chat.Message{
		Room: 5, Seq: 41, Rev: 57, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Author: exampleAuthor(),
		Kind: chat.MessageText, Body: "hello world, this is a message of usual length", CreatedAt: at(3),
	}
	location, notice := text, text
	location.Kind, location.Body, location.Location = chat.MessageLocation, "geo:52.5,13.4;t=1", exampleLocation()
	notice.Kind, notice.Body = chat.MessageNotice, "joined"
	notice.SetDetail()
	for _, message := range []chat.Message{text, location, notice} {
		b.Run(string(message.Kind), func(b *testing.B) {
			var buffer bytes.Buffer
			e := json.NewEncoder(&buffer)
			e.SetEscapeHTML(false)
			b.ReportAllocs()
			for range b.N {
				buffer.Reset()
				var payload any = wire.MessagePutOf(chat.MessagePut{Message: &message})
				if err := e.Encode(payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
