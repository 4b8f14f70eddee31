package classic_test

import (
	"strconv"
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/classic/dialect"
	"partychat/internal/sioclient"
)

func TestLargeObjectIsNotRelayed(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.RelayMax = 2 << 10 })
	a, b := s.named("ann"), s.named("bob")
	for _, c := range []*socket{a, b} {
		c.do("", "userJoin", map[string]any{"room": "den"})
	}
	for size, passed := range map[int]bool{1 << 10: true, 3 << 10: false} {
		a.do("", "updateChat", map[string]any{"body": "hello", "room": "den", "made up": strings.Repeat("x", size)})
		got := await[map[string]any](b, "updateChat")
		if _, there := got["made up"]; there != passed || got["body"] != "hello" || got["author"] != "ann" {
			t.Errorf("with %d bytes more: got the members %v, want the made-up one: %t", size, members(got), passed)
		}
	}
	// Multi-byte characters count with all their bytes.
	a.do("", "updateChat", map[string]any{"body": "wide", "room": "den", "made up": strings.Repeat("\u754c", 1<<10)})
	if got := await[map[string]any](b, "updateChat"); got["made up"] != nil || got["body"] != "wide" {
		t.Errorf("got the members %v, want only those that the server knows", members(got))
	}
}

func TestBinaryIsNotRelayed(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a := s.dial(sioclient.Options{Polling: true, Auth: map[string]any{"username": "ann"}})
	b := s.named("bob")
	for _, c := range []*socket{a, b} {
		c.do("", "userJoin", map[string]any{"room": "den"})
	}
	answer, err := a.CommandBinary([]byte("hi"), "updateChat", map[string]any{"body": sioclient.Attachment, "room": "den"})
	if err != nil || !strings.Contains(string(answer), "updateChat needs a text") {
		t.Errorf("binary data as the text: got %s, %v, want to be refused", answer, err)
	}
	answer, err = a.CommandBinary([]byte("hi"), "updateChat", map[string]any{"body": "hello", "room": "den", "picture": sioclient.Attachment})
	if err != nil || string(answer) != `{"ok":true}` {
		t.Errorf("binary data beside a text: got %s, %v", answer, err)
	}
	if got := await[map[string]any](b, "updateChat"); got["picture"] != nil || got["body"] != "hello" {
		t.Errorf("got %v, want only what the server knows", got)
	}
}

func TestEachRequiredFieldIsRequired(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	ann := s.dial(sioclient.Options{})
	ann.do("", "join", map[string]any{"username": "ann", "room": "den"})
	for _, lacking := range []any{map[string]any{}, map[string]any{"username": "", "room": " "}, map[string]any{"username": []int{1}}, "den"} {
		ann.do(chat.CodeInvalid, "join", lacking)
	}
	ann.do("", "join", map[string]any{"room": "attic"})
}

func TestAcknowledgementsContainUsersAndMessages(t *testing.T) {
	own, err := dialect.Read("answers.yaml", []byte(`
in:
  sit: {do: enter, name: 0, room: 1, ack: {ok: {in: $room, people: {$people: {nick: $name}}, n: $number, log: {$messages: [$name, $text]}}, failed: {why: $error}}}
  utter: {do: say, text: 0, ack: {ok: {n: $seq, people: $names}}}
  who: {do: people, ack: {ok: $names}}
  old: {do: history, ack: {ok: {$newest: $text}}}
out:
  message: {event: uttered, data: $text}
`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := dialect.NewSet(own)
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.Dialects = set })
	ann, bob := s.dial(sioclient.Options{}), s.dial(sioclient.Options{})
	for _, step := range []struct {
		who   *socket
		event string
		args  []any
		want  string
	}{
		{ann, "sit", []any{"ann", "den"}, `{"in":"den","log":[],"n":1,"people":[{"nick":"ann"}]}`},
		{ann, "utter", []any{"hello"}, `{"n":1}`},
		{bob, "sit", []any{"bob", "den"}, `{"in":"den","log":[["ann","hello"]],"n":2,"people":[{"nick":"ann"},{"nick":"bob"}]}`},
		{bob, "who", nil, `["ann","bob"]`},
		{ann, "sit", []any{"ann", strings.Repeat("x", 65)}, `{"why":"The name may have at most 64 characters."}`},
	} {
		if got, err := step.who.Command(step.event, step.args...); err != nil || string(got) != step.want {
			t.Errorf("%s %v: got %s, %v, want %s", step.event, step.args, got, err, step.want)
		}
	}
	for i := range 60 {
		if _, err := ann.Command("utter", "m"+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	cid := s.dial(sioclient.Options{})
	if got, err := cid.Command("sit", "cid", "den"); err != nil || !strings.Contains(string(got), `["ann","m59"]]`) {
		t.Errorf("got %s, %v, want the newest messages", got, err)
	}
	if got, err := cid.Command("old"); err != nil || string(got) != `["m10","m9","m8","m7","m6","m5","m4","m3","m2","m1"]` {
		t.Errorf("got %s, %v, want those before", got, err)
	}
}

func TestFirstOlderMessagesPrecedeThoseThatThePageHas(t *testing.T) {
	for replay, want := range map[string]string{"0": `["m1","m2","m3"]`, "1": `["m1","m2"]`} {
		own, err := dialect.Read("late.yaml", []byte("replay: "+replay+`
in:
  sit: {do: enter, name: 0, room: 1}
  utter: {do: say, text: 0}
  old: {do: history, ack: {ok: {$messages: $text}}}
out:
  message: {event: uttered, data: $text}
`))
		if err != nil {
			t.Fatal(err)
		}
		set, err := dialect.NewSet(own)
		if err != nil {
			t.Fatal(err)
		}
		s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.Dialects = set })
		ann := s.dial(sioclient.Options{})
		ann.do("", "sit", "ann", "den")
		for _, text := range []string{"m1", "m2", "m3"} {
			ann.do("", "utter", text)
		}
		again := s.dial(sioclient.Options{})
		again.do("", "sit", "ann", "den")
		if got, err := again.Command("old"); err != nil || string(got) != want {
			t.Errorf("with %s messages repeated: got %s, %v, want %s", replay, got, err, want)
		}
	}
}

func members(of map[string]any) (names []string) {
	for name := range of {
		names = append(names, name)
	}
	return names
}

func TestChangingTheNameLeavesThePreviousConversation(t *testing.T) {
	const table = `about: Conversations whose pages may say a name later
in:
  talk_to: {do: converse, with: 0}
  tell: {do: say, text: words, name: by}
out:
  message: {event: told, data: {by: $name, words: $text}}
`
	own, err := dialect.Read("talks.yaml", []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	set, err := dialect.NewSet(own)
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.Dialects = set })
	first := s.dial(sioclient.Options{})
	bob := s.dial(sioclient.Options{Auth: map[string]any{"username": "bob"}})
	first.do("", "talk_to", "bob")
	first.do("", "tell", map[string]any{"words": "hello"})
	first.wantLike("told", `{"by":"guest","words":"hello"}`)
	first.do(chat.CodeForbidden, "tell", map[string]any{"by": "ann", "words": "as ann"})

	bob.do("", "talk_to", "guest")
	bob.do("", "tell", map[string]any{"words": "for guest alone"})
	bob.wantLike("told", `{"by":"bob","words":"for guest alone"}`)
	first.do("", "talk_to", "bob")
	for _, event := range first.Pending() {
		if event.Name == "told" {
			t.Errorf("who is ann now heard %s", event.Args)
		}
	}
}
