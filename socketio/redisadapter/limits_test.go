package redisadapter_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
	"partychat/socketio/redisadapter"
)

func TestBroadcastsThatWaitForAcknowledgementsAreLimitedInBytes(t *testing.T) {
	r, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{MaxPendingBytes: 2000})
	redis := connect(t, r)
	ask := func(id string) {
		t.Helper()
		request := `{"type":7,"uid":"other","requestId":"` + id + `","packet":{"type":2,"nsp":"/","data":["` + id + `"]},` +
			`"opts":{"rooms":["` + clients[0].id + `"],"except":[],"flags":{"timeout":2147483647}}}`
		noError(t, redis.Do(t.Context(), redis.B().Publish().Channel("socket.io-request#/#").Message(request).Build()).Error())
	}
	eventually(t, "requests to be dropped", func() bool {
		ask("q")
		return nodes[0].log.count("too many wait for acknowledgements") > 0
	})
	asked := 0
	noError(t, nodes[0].Of("/").To("room").Emit("end"))
	for clients[0].read() != `2["end"]` {
		asked++
	}
	if asked == 0 || asked > 10 {
		t.Errorf("%d requests were carried out, want some of them", asked)
	}
	// The other node, which has none of the clients, keeps nothing of them.
	wantEqual(t, nodes[1].log.count("too many wait for acknowledgements"), 0)

	noError(t, clients[0].Close())
	late := dial(t, nodes[0].url, "/")
	clients[0] = late
	eventually(t, "room for another request", func() bool { return len(nodes[0].Of("/").Sockets()) == 1 })
	ask("again")
	if got := late.read(); !strings.HasSuffix(got, `["again"]`) {
		t.Errorf("got %s, want the request", got)
	}
}

func TestAnswersToOneRequestAreLimitedInBytes(t *testing.T) {
	r, nodes, _ := pair(t, socketio.Options{}, redisadapter.Options{MaxAnswerBytes: 5000, RequestsTimeout: enough})
	redis := connect(t, r)
	conn, release := redis.Dedicate()
	defer release()
	requests := make(chan string, 10)
	conn.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: func(m rueidis.PubSubMessage) { requests <- m.Message }})
	noError(t, conn.Do(t.Context(), conn.B().Subscribe().Channel("socket.io-request#/#").Build()).Error())
	replies := make(chan int, 1)
	go func() {
		got, err := nodes[0].Of("/").To("room").Timeout(enough).EmitWithAck(t.Context(), "q")
		if !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("got %v, want a time-out", err)
		}
		replies <- len(got)
	}()
	request, _, err := msgp.ReadMapStrIntfBytes([]byte(<-requests), nil)
	noError(t, err)
	id, _ := request["requestId"].(string)
	for range 100 {
		answer := `{"type":9,"requestId":"` + id + `","packet":["` + strings.Repeat("x", 1000) + `"]}`
		noError(t, redis.Do(t.Context(), redis.B().Publish().Channel("socket.io-response#/#").Message(answer).Build()).Error())
	}
	select {
	case n := <-replies:
		if n == 0 || n > 10 {
			t.Errorf("got %d answers, want those within the limit", n)
		}
	case <-time.After(patience):
		t.Fatal("the request does not end")
	}
	if nodes[0].log.count("too many to one request") == 0 {
		t.Error("the dropped answers are not logged")
	}
}
