package dialect

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestScanFindsWhatCodeReadsFromAnswers(t *testing.T) {
	for code, want := range map[string]string{
		`socket.emit('sit', { nick: $('n').value }, (answer) => { if (answer.seated) show(answer.why); });`:             "map[sit:[seated why]]",
		`socket.emit("sit", nick, function (res) { if (!res.ok) alert(res.error) })`:                                    "map[sit:[ok error]]",
		`socket.emit('sit', nick, ({ ok, error }) => done(ok))`:                                                         "map[sit:[ok error]]",
		`socket.emit('sit', nick, res => { use(res.id) })`:                                                              "map[sit:[id]]",
		`socket.timeout(500).emit('sit', nick, (err, res) => { if (err) stop(); else use(res.status) })`:                "map[sit:[status]]",
		`const res = await socket.timeout(500).emitWithAck('sit', nick); if (res.status === 'ok') go();`:                "map[sit:[status]]",
		`const { ok } = await socket.emitWithAck('sit', ")");`:                                                          "map[sit:[ok]]",
		`socket.emit('sit', nick, (error) => { if (error) alert(error) })`:                                              "map[]",
		`socket.emit('sit', nick); button.addEventListener('click', (e) => e.preventDefault());`:                        "map[]",
		`socket.emit('sit', '(', () => done()); socket.on('x', (e) => e.preventDefault());`:                             "map[]",
		`socket.emit('sit', nick, onAnswer); list.forEach((item) => item.remove());`:                                    "map[]",
		`socket.emit('sit', nick, (a) => use(a.ok)); socket.emit('sit', nick, (b) => use(b.ok, b.error));`:              "map[sit:[ok error]]",
		`socket.emit('get history', room, (list) => { for (const m of list) add(m.text) })`:                             "map[get history:[[]]]",
		`const { posts, crowd, ok } = await s.emitWithAck('in', x); posts.forEach(add); show(crowd.map((c) => c.nick))`: "map[in:[posts[] crowd[] ok]]",
		`s.emit('in', x, (r) => { for (const p of r.posts) add(p); if (r.ok) r.who.join() })`:                           "map[in:[posts[] ok who[]]]",
	} {
		if got := fmt.Sprint(ScanAnswers(code)); got != want {
			t.Errorf("%s\ngot %s, want %s", code, got, want)
		}
	}
}

func TestDraftAnswersInTheFormThatThePageReads(t *testing.T) {
	ann := map[string]any{"nick": "ann", "room": "den"}
	draft := Draft([]Heard{
		{Who: "ann", Event: "join", Args: []any{ann}, Ack: true, Answer: []string{"seated", "why", "name", "status"}},
		{Who: "ann", Event: "users", Args: []any{"x"}, Ack: true, Answer: []string{isList}},
		{Who: "ann", Event: "more", Args: []any{"x"}, Ack: true, Answer: []string{"history", "users[]", "posts[]", "online_now[]", "total"}},
		{Who: "ann", Event: "old ones", Args: []any{"x"}, Ack: true, Answer: []string{isList}},
		{Who: "ann", Event: "hm", Ack: true, Answer: []string{"ok"}},
		{Who: "ann", Event: "say", Args: []any{"hi"}, Ack: false, Answer: []string{"ok"}},
	}, nil)
	for _, want := range []string{
		"  join: {do: enter, name: nick, room: room, ack: {ok: {seated: true, name: $name, status: ok}, failed: {seated: false, why: $error, status: error}}} #",
		"  users: {do: say, text: 0, ack: {ok: $names}} #",
		"ack: {ok: {history: {$messages: {username: $name, text: $text, createdAt: $ms}}, users: {$people: {id: $id, username: $name, name: $name}}, posts: {$messages: {username: $name, text: $text, createdAt: $ms}}, online_now: $names, total: $number}, failed: {}}} #",
		"  old ones: {do: history, ack: {ok: {$messages: {username: $name, text: $text, createdAt: $ms}}}} #",
		"  hm: {do: ignore, ack: {ok: {ok: true}, failed: {ok: false}}} # what does this mean? ",
		"  say: {do: say, text: 0} #",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft cannot be read: %v\n%s", err, draft)
	}
}

func TestEmptyDraftSaysWhatToDo(t *testing.T) {
	draft := Draft(nil, nil)
	if _, err := Read("draft.yaml", []byte(draft)); err == nil || !strings.Contains(err.Error(), "the dialect has no in") {
		t.Errorf("got %v, want to be told that in is empty:\n%s", err, draft)
	}
	if !strings.Contains(draft, "The page has sent nothing. Listen again") {
		t.Errorf("got\n%s\nwant advice", draft)
	}
}

func TestScanFindsAddressesInCode(t *testing.T) {
	got := ScanAddresses("const a = io('http://localhost:5000'); io.connect(\"https://chat.example/\", {}); io(); io('/chat'); io('http://localhost:5000')")
	if want := []string{"http://localhost:5000", "https://chat.example/"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGuessedAnswerHasTheTypeThatThePageReads(t *testing.T) {
	for _, test := range []struct {
		members []string
		want    string
	}{
		{nil, "[]"},
		{[]string{isList}, "[[]]"},
		{[]string{"ok", "error", "status", "users", "messages", "total", "username", "posts[]"}, "[map[messages:[] ok:true posts:[] status:ok total:1 username:username users:[]]]"},
	} {
		if got := fmt.Sprint(GuessAnswer(test.members)); got != test.want {
			t.Errorf("%v: got %s, want %s", test.members, got, test.want)
		}
	}
}
