package dialect

import (
	"encoding/json"
	"strings"
	"testing"
)

const code = `
const socket = io();
socket.on('connect', () => {});
socket.on('roomUsers', ({ room, users }) => show(room, users));
socket.on("message", (message) => { add(message.username, message.text, message.time); list.push(message.text.trim()) });
socket.on('user typing', function (name) { status.textContent = name.length ? name : ''; });
socket.on('is_online', function(who) { $('#list').append($('<li>').html(who)); });
socket.on('everybody online', (names) => { for (const n of names) add(n) });
socket.on('odd', data => { use(data.colour) });
form.addEventListener('submit', (e) => e.preventDefault());
`

func TestDraftIsAValidDialect(t *testing.T) {
	wanted := Scan(code)
	var events []string
	for _, w := range wanted {
		events = append(events, w.Event+"("+strings.Join(w.Members, ",")+")")
	}
	if got := strings.Join(events, " "); got != "roomUsers(room,users) message(username,text,time) user typing() is_online() everybody online() odd(colour)" {
		t.Errorf("found in the code: got %s", got)
	}
	heard := []Heard{
		{Who: "ann", Event: "joinRoom", Args: []any{map[string]any{"username": "ann", "room": "den"}}},
		{Who: "bob", Event: "chat: message", Args: []any{map[string]any{"msg": "hello", "to": json.Number("1")}}, Ack: true},
		{Event: "sendPosition", Args: []any{map[string]any{"lat": json.Number("1"), "lng": json.Number("2")}}},
		{Event: "typing"},
		{Event: "stopTyping"},
		{Event: "typing"},
		{Event: "wave", Args: []any{true}},
		{Event: "hello"},
	}
	draft := Draft(heard, wanted)
	for _, want := range []string{
		"settle: joinRoom\n", "  joinRoom: {do: enter, name: username, room: room} # ({room: text, username: text})\n",
		`  "chat: message": {do: say, text: msg} # ({msg: text, to: number}) and waits for an acknowledgement` + "\n",
		"  sendPosition: {do: share, latitude: lat, longitude: lng}", "  typing: type #", "  stopTyping: stop #", "  hello: ignore # what does this mean?", "  wave: ignore # what does this mean? (boolean)",
		"    - {event: roomUsers, data: {room: $room, users: {$people: {id: $id, username: $name, name: $name}}}}\n",
		"    - {event: message, data: {username: $name, text: $text, time: $clock}}\n", "  typing: {event: user typing, data: $name}\n",
		"  joined: {event: is_online, data: $name has joined}\n", "  left: {event: is_online, data: $name has left}\n",
		"    - {event: everybody online, data: $names}\n",
		"try:\n  - ann: [\"joinRoom\",{\"room\":\"den\",\"username\":\"ann\"}]\n  - bob: [\"chat: message\",{",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if strings.Count(draft, "  typing: type") != 1 {
		t.Errorf("an event that came twice is there twice:\n%s", draft)
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft cannot be read: %v\n%s", err, draft)
	}
}

func TestDraftForAPageWithAHistoryIsValid(t *testing.T) {
	draft := Draft([]Heard{{Event: "chat message", Args: []any{"hello"}}},
		Scan(`socket.on('chat history', (list) => show(list)); socket.on('chat message', (text) => add(text));`))
	table, err := Read("draft.yaml", []byte(draft))
	if err != nil {
		t.Fatalf("the draft cannot be read: %v\n%s", err, draft)
	}
	if len(table.Out[Messages]) != 1 || table.Replay != 0 {
		t.Errorf("got %d histories and replay %d, want the history alone:\n%s", len(table.Out[Messages]), table.Replay, draft)
	}
}

// FuzzScan checks that no code causes a failure.
func FuzzScan(f *testing.F) {
	f.Add(code)
	f.Fuzz(func(t *testing.T, code string) {
		wanted := Scan(code)
		draft := Draft([]Heard{{Event: code, Args: []any{code}}}, wanted, ScanSent(code)...)
		if !strings.HasPrefix(draft, "about:") {
			t.Errorf("got %q", draft)
		}
	})
}

func TestDraftForAPageThatShowsLinesOfHTML(t *testing.T) {
	wanted := Scan("socket.on('chat_message', function(msg){ $('#messages').append($('<li>').html(msg)); });")
	draft := Draft([]Heard{{Who: "ann", Event: "username", Args: []any{"ann"}}, {Who: "ann", Event: "chat_message", Args: []any{"hi"}}}, wanted)
	for _, want := range []string{"  username: {do: enter, name: 0} # (text)\n", `  message: {event: chat_message, data: "$name: $html"}` + "\n"} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
}
