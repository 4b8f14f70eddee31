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
		"    - {event: message, data: {username: $name, text: $text, time: $clock}} # $html instead", "  typing: {event: user typing, data: $name}\n",
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
		answers := ScanAnswers(code)
		for event, members := range answers {
			ackOf(event, members)
		}
		ScanAddresses(code)
		draft := Draft([]Heard{{Event: code, Args: []any{code}}}, wanted, ScanSent(code)...)
		if !strings.HasPrefix(draft, "about:") {
			t.Errorf("got %q", draft)
		}
		// A page without usable events, or with those of the client library, is for a person to mend.
		forPeople := len(draft) > fileMax || strings.Contains(draft, "in: {}")
		_, err := Read("draft.yaml", []byte(draft))
		if err != nil && !forPeople && !strings.Contains(err.Error(), "of the client library itself") {
			t.Errorf("the draft is invalid: %v\n%s", err, draft)
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

func TestCodeThatIsNotUTF8IsScanned(t *testing.T) {
	const page = "socket.on('entr\xe9e', ({ salle, pr\xe9nom }) => show(pr\xe9nom)); socket.emit('\xe9crit', ({ re\xe7u }) => show(re\xe7u)); io('http://caf\xe9.example')"
	draft := Draft([]Heard{{Event: "post", Args: []any{"hi"}}}, Scan(page), ScanSent(page)...)
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft is invalid: %v\n%s", err, draft)
	}
	for _, want := range []string{`event: "entr\ufffde"`, `can send "\ufffdcrit"`} {
		if !strings.Contains(strings.ReplaceAll(draft, "\uFFFD", `\ufffd`), want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if got := ScanAnswers(page); len(got) != 1 {
		t.Errorf("got the answers %q", got)
	}
	if got := ScanAddresses(page); len(got) != 1 {
		t.Errorf("got the addresses %q", got)
	}
}

func TestDraftWarnsOfPagesThatInsertHTMLElsewhere(t *testing.T) {
	const page = `const add = (m) => { li.innerHTML = m.text; }; socket.on('post', (m) => add(m)); socket.on('plain', (m) => { li.innerHTML = m; });`
	draft := Draft([]Heard{{Who: "ann", Event: "post", Args: []any{map[string]any{"text": "hi"}}}}, Scan(page))
	for _, want := range []string{
		"    - {event: post, data: {text: $text}} # $html instead of $text, if the page inserts it as HTML\n", "    - {event: plain, data: $html}\n",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft is invalid: %v\n%s", err, draft)
	}
}

func TestDraftForAPageThatTakesSeveralArguments(t *testing.T) {
	const page = `
socket.on('updatechat', function (username, data) { $('#conversation').append('<b>' + username + ':</b> ' + data); });
socket.on("moved", (room, unheardOf) => show(room));
socket.on("asked", (text, callback) => callback(show(text)));
socket.on("handled", handler, other);`
	draft := Draft([]Heard{{Who: "ann", Event: "adduser", Args: []any{"ann"}}}, Scan(page))
	for _, want := range []string{
		"    - {event: updatechat, args: [$name, $text]}\n", "    - {event: moved, args: [$room, \"\"]}\n",
		"    - {event: asked, data: \"$name: $text\"}\n",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft is invalid: %v\n%s", err, draft)
	}
}

func TestDraftForAPageThatSendsItsNameWithEachMessage(t *testing.T) {
	const page = `socket.on('connectionWithNick', function(nick){ addLine(nick); }); socket.on('users', function(users){ show(users); }); socket.on('users left', function(nick){ remove(nick); });`
	draft := Draft([]Heard{
		{Who: "ann", Event: "connectionWithNick", Args: []any{"ann"}},
		{Who: "ann", Event: "chat message", Args: []any{"ann", "hello"}},
	}, Scan(page))
	for _, want := range []string{
		"settle: connectionWithNick\n", "  connectionWithNick: {do: enter, name: 0} #", "  chat message: {do: say, text: 1, name: 0} #",
		"  joined: {event: connectionWithNick, data: $name has joined}\n", "  people: {event: users, data: $names}\n", "  left: {event: users left, data: $name has left}\n",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft is invalid: %v\n%s", err, draft)
	}
}

func TestDraftGuessesObjectsAndListsAmongSeveralArguments(t *testing.T) {
	const page = `
socket.on('came in', (who, memberNames) => line(who + memberNames.join()));
socket.on('post', (at, note) => line(at, note.sender + note.message));
socket.on('accepted', (answer) => title(answer.user, answer.accepted));`
	draft := Draft([]Heard{{Who: "ann", Event: "enter", Args: []any{"ann"}}}, Scan(page))
	for _, want := range []string{
		"    - {event: post, args: [$ms, {sender: $name, message: $text}]}\n",
		"  welcome: {event: accepted, data: {user: $name, accepted: true}}\n",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	joined := Wanted{Event: "user joined", Args: []Parameter{{Name: "user"}, {Name: "connectedUsers"}}}
	if got, want := emissionFor(Joined, joined, true), "{event: user joined, args: [$name, $names]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft is invalid: %v\n%s", err, draft)
	}
}

func TestDraftGuessesFromEventsThatThePageBothSendsAndReceives(t *testing.T) {
	const page = `
socket.on('post', (note) => show(note)); socket.on('keys', (line) => hint(line)); socket.on('keys stopped', () => hint(''));`
	draft := Draft([]Heard{
		{Who: "ann", Event: "keys", Args: []any{"Ann is typing…"}},
		{Who: "ann", Event: "post", Args: []any{map[string]any{"sender": "ann", "message": "hello"}}},
		{Who: "ann", Event: "keys stopped"},
	}, Scan(page))
	for _, want := range []string{
		"  keys: type # (text)\n", "  keys stopped: stop # ()\n",
		"  message: {event: post, data: {message: $text, sender: $name}}\n",
		"  typing: {event: keys, data: $name}\n", "  stopped: {event: keys stopped, data: $name}\n",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft)
		}
	}
	if _, err := Read("draft.yaml", []byte(draft)); err != nil {
		t.Errorf("the draft is invalid: %v\n%s", err, draft)
	}
}
