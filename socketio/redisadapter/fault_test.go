package redisadapter_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
	"partychat/socketio/redisadapter"
)

func TestLinkRecoversAfterRedisHasRestarted(t *testing.T) {
	r, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{RequestsTimeout: patience})
	n := nodes[0].Of("/")
	noError(t, n.To("room").Emit("before"))
	clients[1].want(`2["before"]`)
	noError(t, r.Kill())
	eventually(t, "the interruption to be logged", func() bool { return nodes[0].log.count("interrupted") > 0 })
	noError(t, n.To("room").Emit("meanwhile"))
	clients[0].want(`2["before"]`, `2["meanwhile"]`) // its own sockets are served
	eventually(t, "the loss to be logged", func() bool { return nodes[0].log.count("messages not published") > 0 })
	found, err := n.FetchSockets(t.Context())
	wantEqual(t, errors.Is(err, redisadapter.ErrNotSubscribed), true)
	wantEqual(t, len(found), 1)

	noError(t, r.Start(t.Context()))
	for _, n := range nodes {
		n.ready(t)
	}
	noError(t, n.To("room").Emit("after"))
	clients[1].want(`2["after"]`)
	found, err = n.FetchSockets(t.Context())
	noError(t, err)
	wantEqual(t, len(found), 2)
}

func TestProcessThatDoesNotAnswerIsReported(t *testing.T) {
	r, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{RequestsTimeout: enough})
	silent, release := connect(t, r).Dedicate()
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- silent.Receive(ctx, silent.B().Subscribe().Channel("socket.io-request#/#").Build(), func(rueidis.PubSubMessage) {})
	}()
	defer func() { cancel(); <-done }()
	n := nodes[0].Of("/")
	eventually(t, "three servers", func() bool {
		count, err := nodes[0].link.ServerCount(t.Context(), "/")
		return err == nil && count == 3
	})
	found, err := n.FetchSockets(t.Context())
	wantEqual(t, len(found), 2)
	wantEqual(t, errors.Is(err, socketio.ErrAckTimeout) && strings.Contains(err.Error(), "1 of 2 processes"), true)
	replies := make(chan int, 1)
	go func() {
		got, err := n.To("room").Timeout(enough).EmitWithAck(t.Context(), "q")
		if !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("got %v, want a time-out", err)
		}
		replies <- len(got)
	}()
	for _, c := range clients {
		c.want(`20["q"]`)
		c.send(`30[]`)
	}
	wantEqual(t, <-replies, 2)
}

func TestInvalidMessagesAreLoggedAtALimitedRateAndLoseNothing(t *testing.T) {
	r, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{LogInterval: time.Hour, MaxMessageBytes: 4096})
	redis := connect(t, r)
	publish := func(channel, data string) {
		t.Helper()
		noError(t, redis.Do(t.Context(), redis.B().Publish().Channel("socket.io"+channel).Message(data).Build()).Error())
	}
	packed := func(fields ...any) string {
		b, err := msgp.AppendIntf(nil, fields)
		noError(t, err)
		return string(b)
	}
	event := map[string]any{"type": 2, "data": []any{"never"}}
	for _, data := range []string{
		"", "{", "{}", "nonsense", "\xc1", strings.Repeat("\x91", 200), strings.Repeat("[", 5000), `{"type":99}`, `{"type":"5"}`,
		`{"type":2}`, `{"type":2,"opts":{"rooms":"room"},"rooms":["x"]}`, `{"type":2,"opts":null,"sid":"x"}`, `{"type":4,"opts":[]}`,
		`{"type":5}`, `{"type":6}`, `{"type":6,"data":[]}`, `{"type":6,"data":[1]}`, `{"type":7}`, `{"type":7,"packet":{"type":2,"data":["never"]}}`,
		`{"type":7,"packet":{"type":1,"data":["never"]},"opts":{}}`, `{"type":8,"clientCount":-1}`, `{"requestId":{}}`,
		packed(), packed("uid", event, nil), packed(1, event, map[string]any{}), packed("uid", "packet", map[string]any{}),
		packed("uid", map[string]any{"type": 1, "data": []any{"never"}}, map[string]any{}),
		packed("uid", map[string]any{"type": 2, "data": []any{}}, map[string]any{}), packed("uid", map[string]any{"type": 2, "data": []any{1}}, map[string]any{}),
		packed("uid", event, map[string]any{"rooms": []any{map[string]any{}}}), packed("uid", map[string]any{"type": 2, "nsp": "/x", "data": []any{"never"}}, map[string]any{}),
	} {
		for _, channel := range []string{"#/#", "#/#room#", "-request#/#", "-response#/#"} {
			publish(channel, data)
		}
	}
	publish("#/#", packed("uid", map[string]any{"type": 5, "data": []any{"good", 1}}, map[string]any{"rooms": []any{"room", 7}, "flags": map[string]any{"compress": 0}}))
	for _, c := range clients {
		c.want(`2["good",1]`)
	}
	noError(t, nodes[0].Of("/").To("room").Emit("last"))
	for _, c := range clients {
		c.want(`2["last"]`)
	}
	wantEqual(t, nodes[0].log.count("invalid messages"), 1)

	noError(t, nodes[0].Of("/").To("room").Emit("large", strings.Repeat("x", 5000)))
	wantEqual(t, nodes[0].log.count("too large"), 1)
	err := nodes[0].Of("/").ServerSide().Emit("large", strings.Repeat("x", 5000))
	wantEqual(t, errors.Is(err, redisadapter.ErrTooLarge), true)
}

func TestRequestsOfEarlyVersionsAreAnswered(t *testing.T) {
	r, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{})
	redis := connect(t, r)
	heard := make(chan string, 10)
	conn, release := redis.Dedicate()
	defer release()
	conn.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: func(m rueidis.PubSubMessage) { heard <- m.Message }})
	noError(t, conn.Do(t.Context(), conn.B().Subscribe().Channel("socket.io-response#/#").Build()).Error())
	id := clients[1].id
	for _, request := range []struct{ text, answer string }{
		{`{"type":0,"requestId":"a","rooms":["` + id + `"]}`, `{"requestId":"a","sockets":["` + id + `"]}`},
		{`{"type":2,"requestId":"b","sid":"` + id + `","room":"old"}`, `{"requestId":"b"}`},
		{`{"type":0,"requestId":"c","rooms":["old"]}`, `{"requestId":"c","sockets":["` + id + `"]}`},
		{`{"type":3,"requestId":"d","sid":"` + id + `","room":"old"}`, `{"requestId":"d"}`},
		{`{"type":4,"requestId":"e","sid":"` + id + `"}`, `{"requestId":"e"}`},
	} {
		noError(t, redis.Do(t.Context(), redis.B().Publish().Channel("socket.io-request#/#").Message(request.text).Build()).Error())
		for got := ""; got != request.answer; { // the other server answers, too, with no sockets
			select {
			case got = <-heard:
			case <-time.After(patience):
				t.Fatalf("no answer %s", request.answer)
			}
		}
	}
	clients[1].want("1")
	wantEqual(t, nodes[0].log.count("invalid messages"), 0)
}

func TestQueueIsLimitedInBytes(t *testing.T) {
	r, nodes, _ := pair(t, socketio.Options{}, redisadapter.Options{MaxQueueBytes: 1000, Timeout: 30 * time.Second})
	noError(t, r.Pause())
	one := nodes[0].Of("/").ServerSide()
	var err error
	for range 100 {
		if err = one.Emit("e", "x"); err != nil {
			break
		}
	}
	noError(t, r.Resume())
	wantEqual(t, errors.Is(err, redisadapter.ErrQueueFull), true)
	wantEqual(t, nodes[0].log.count("queue is full"), 1)
	nodes[0].link.Close()
	wantEqual(t, errors.Is(one.Emit("e"), redisadapter.ErrClosed), true)
	_, err = nodes[0].link.ServerCount(t.Context(), "/")
	wantEqual(t, errors.Is(err, redisadapter.ErrClosed), true)
}

func TestServerSideEventsAreDroppedWhileTheirHandlersAreTooSlow(t *testing.T) {
	_, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{MaxPendingBytes: 1000})
	release := make(chan struct{})
	nodes[1].Of("/").ServerSide().On("slow", func(*socketio.ServerEvent) { <-release })
	for range 20 {
		noError(t, nodes[0].Of("/").ServerSide().Emit("slow", strings.Repeat("x", 100)))
	}
	noError(t, nodes[0].Of("/").To("room").Emit("not held up"))
	clients[1].want(`2["not held up"]`)
	wantEqual(t, nodes[1].log.count("handlers are too slow"), 1)
	close(release)
}
