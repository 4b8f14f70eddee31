package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"partychat/internal/chat"
)

func TestInvalidInputIsAClearErrorOnEachCall(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	const id = `"clientId": "7d444840-9dc0-11d1-b245-5ffdce74fad2"`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		code                     chat.Code
		field                    string
	}{
		{"log-in without a username", "POST", "/session", `{"password": "correct horse"}`, 422, chat.CodeInvalid, "username"},
		{"log-in with an empty username", "POST", "/session", `{"username": "", "password": "x"}`, 422, chat.CodeInvalid, "username"},
		{"log-in without a password", "POST", "/session", `{"username": "anna"}`, 422, chat.CodeInvalid, "password"},
		{"log-in with a number as password", "POST", "/session", `{"username": "anna", "password": 12345678}`, 422, chat.CodeInvalid, "password"},
		{"sign-up with null", "POST", "/users", `{"username": null, "password": "correct horse"}`, 422, chat.CodeInvalid, "username"},
		{"sign-up with something unknown", "POST", "/users", `{"username": "bert", "password": "correct horse", "role": "admin"}`, 422, chat.CodeInvalid, "role"},
		{"users with a negative limit", "GET", "/users?limit=-1", "", 422, chat.CodeInvalid, "limit"},
		{"users with words as a limit", "GET", "/users?limit=many", "", 422, chat.CodeInvalid, "limit"},
		{"a user that is no number", "GET", "/users/anna", "", 422, chat.CodeInvalid, "user"},
		{"a user beyond all numbers", "GET", "/users/99999999999999999999", "", 422, chat.CodeInvalid, "user"},
		{"a user that is not there", "GET", "/users/-1", "", 404, chat.CodeNotFound, ""},
		{"rooms after a made-up place", "GET", "/rooms?after=nonsense", "", 422, chat.CodeInvalid, "after"},
		{"a room without a name", "POST", "/rooms", `{"topic": ""}`, 422, chat.CodeInvalid, "name"},
		{"a room with an empty name", "POST", "/rooms", `{"name": " ", "topic": ""}`, 422, chat.CodeInvalid, "name"},
		{"a room with a long name", "POST", "/rooms", `{"name": "` + strings.Repeat("r", 65) + `", "topic": ""}`, 413, chat.CodeTooLarge, "name"},
		{"a room with a long topic", "POST", "/rooms", `{"name": "room", "topic": "` + strings.Repeat("t", 257) + `"}`, 413, chat.CodeTooLarge, "topic"},
		{"a room of an unknown kind", "POST", "/rooms", `{"name": "room", "topic": "", "kind": "secret"}`, 422, chat.CodeInvalid, "kind"},
		{"a one-to-one conversation made as a room", "POST", "/rooms", `{"name": "room", "topic": "", "kind": "direct"}`, 422, chat.CodeInvalid, "kind"},
		{"a room that is no number", "GET", "/rooms/main", "", 422, chat.CodeInvalid, "room"},
		{"an empty name for a room", "PATCH", "/rooms/1", `{"name": ""}`, 422, chat.CodeInvalid, "name"},
		{"a list as a topic", "PATCH", "/rooms/1", `{"topic": ["a"]}`, 422, chat.CodeInvalid, "topic"},
		{"members of no room", "GET", "/rooms/424242/members", "", 404, chat.CodeNotFound, ""},
		{"messages before and after", "GET", "/rooms/1/messages?before=5&after=1", "", 422, chat.CodeInvalid, ""},
		{"messages before a negative seq", "GET", "/rooms/1/messages?before=-1", "", 422, chat.CodeInvalid, "before"},
		{"messages after words", "GET", "/rooms/1/messages?after=first", "", 422, chat.CodeInvalid, "after"},
		{"a message without a clientId", "POST", "/rooms/1/messages", `{"body": "hello"}`, 422, chat.CodeInvalid, "clientId"},
		{"a message with a clientId that is no UUID", "POST", "/rooms/1/messages", `{"clientId": "1", "body": "hello"}`, 422, chat.CodeInvalid, "clientId"},
		{"a message without a body", "POST", "/rooms/1/messages", `{` + id + `}`, 422, chat.CodeInvalid, "body"},
		{"a message of an unknown kind", "POST", "/rooms/1/messages", `{` + id + `, "kind": "shout", "body": "hello"}`, 422, chat.CodeInvalid, "kind"},
		{"a message to no room", "POST", "/rooms/424242/messages", `{` + id + `, "body": "hello"}`, 404, chat.CodeNotFound, ""},
		{"a list where an object should be", "POST", "/rooms", `[]`, 422, chat.CodeInvalid, ""},
		{"a subscription to words", "PUT", "/subscriptions/main", "", 422, chat.CodeInvalid, "room"},
		{"a subscription to no room", "PUT", "/subscriptions/424242", "", 404, chat.CodeNotFound, ""},
		{"the end of a subscription to no room", "DELETE", "/subscriptions/424242", "", 404, chat.CodeNotFound, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body any
			if c.body != "" {
				body = c.body
			}
			browser := *anna
			browser.t = t
			wantError(t, browser.call(c.method, c.path, body), c.status, c.code, c.field)
		})
	}
}

func TestMalformedBodiesAre400OnEachCallThatTakesOne(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	for path, item := range s.document.api.Paths {
		for method, op := range operations(item) {
			if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
				continue
			}
			target := strings.TrimPrefix(strings.NewReplacer("{room}", "1").Replace(path), apiPath)
			for name, body := range map[string]string{"half": `{"name": "ro`, "words": `hello`, "nothing": ``, "two": `{}{}`} {
				t.Run(op.OperationID+" with "+name, func(t *testing.T) {
					wantError(t, anna.call(method, target, body), http.StatusBadRequest, chat.CodeInvalid, "")
				})
			}
			t.Run(op.OperationID+" with a form", func(t *testing.T) {
				a := anna.call(method, target, "name=room", header("Content-Type", "application/x-www-form-urlencoded"))
				wantError(t, a, http.StatusBadRequest, chat.CodeInvalid, "")
			})
			t.Run(op.OperationID+" with too much", func(t *testing.T) {
				a := anna.call(method, target, `{"name": "`+strings.Repeat("x", 1<<20)+`"}`)
				wantError(t, a, http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "")
			})
		}
	}
}

func TestUnknownAddressesAndMethodsAnswerInJSON(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	for _, path := range []string{"/api/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/users", "/api/v1/rooms/1/2/3"} {
		wantError(t, c.send(http.MethodGet, path, nil), http.StatusNotFound, chat.CodeNotFound, "")
	}
	a := c.send(http.MethodDelete, "/api/v1/users", nil)
	wantError(t, a, http.StatusMethodNotAllowed, chat.CodeInvalid, "")
	if got := a.header.Get("Allow"); !strings.Contains(got, "GET") || !strings.Contains(got, "POST") {
		t.Errorf("Allow is %q, want GET and POST in it", got)
	}
}
