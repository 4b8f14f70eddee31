package classic_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/classic/dialect"
	"partychat/internal/sioclient"
)

func TestPagesThatAreInMainGetOlderMessages(t *testing.T) {
	for _, test := range []struct {
		name, replay string
		asksFirst    bool
		want         [3][2]int // the first and the last message of each page; 0: none
	}{
		{"after what was replayed", "replay: 3\n", false, [3][2]int{{13, 22}, {3, 12}, {1, 2}}},
		{"without a replay", "", false, [3][2]int{{16, 25}, {6, 15}, {1, 5}}},
		{"as the first event", "replay: 3\n", true, [3][2]int{{13, 22}, {3, 12}, {1, 2}}},
		{"that were replayed while it was silent", "replay: 3\nsilent: true\n", false, [3][2]int{{13, 22}, {3, 12}, {1, 2}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			own, err := dialect.Read("older.yaml", []byte(test.replay+`
ack: object
in:
  older: {do: history, ack: {ok: {list: {$messages: $text}}, failed: {list: $error}}}
  put: {do: say, text: 0}
  open: ignore
out:
  message: {event: put, data: $text}
`))
			if err != nil {
				t.Fatal(err)
			}
			set, err := dialect.NewSet(own)
			if err != nil {
				t.Fatal(err)
			}
			s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) {
				o.Dialects = set
				if !strings.Contains(test.replay, "silent") {
					o.GreetAfter = time.Hour
				}
			})
			writer := s.dial(sioclient.Options{})
			for n := range 25 {
				writer.do("", "put", fmt.Sprint(n+1))
			}
			reader := s.dial(sioclient.Options{})
			if strings.Contains(test.replay, "silent") {
				reader.greeted()
			}
			if !test.asksFirst {
				reader.do("", "open")
			}
			for page, want := range test.want {
				texts := []string{}
				for n := want[0]; n <= want[1]; n++ {
					texts = append(texts, fmt.Sprint(n))
				}
				raw, err := reader.Command("older")
				var got struct{ List []string }
				if err != nil || json.Unmarshal(raw, &got) != nil || !slices.Equal(got.List, texts) {
					t.Fatalf("page %d: got %s, %v, want %v", page, raw, err, texts)
				}
			}
		})
	}
}
