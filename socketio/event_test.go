package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"
)

type point struct {
	X int    `json:"x"`
	B []byte `json:"b,omitempty"`
}

func TestTypedHandlers(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	n.OnBadArgument(func(_ *Socket, event string, err error) any {
		return map[string]any{"event": event, "missing": errors.Is(err, ErrMissingArgument)}
	})
	On0(n, "zero", func(_ context.Context, s *Socket) { _ = s.Emit("zero") })
	On(n, "one", func(_ context.Context, s *Socket, p point) { _ = s.Emit("one", p) })
	On2(n, "two", func(_ context.Context, s *Socket, a int, b string) { _ = s.Emit("two", a, b) })
	OnAck0(n, "ack0", func(context.Context, *Socket) int { return 0 })
	OnAck(n, "ack1", func(_ context.Context, _ *Socket, p point) point { return point{X: p.X + 1} })
	OnAck2(n, "ack2", func(_ context.Context, _ *Socket, a, b int) int { return a + b })
	p, _ := h.join("/")
	for _, tt := range []struct{ send, want string }{
		{`2["zero"]`, `2["zero"]`},
		{`2["zero","surplus"]`, `2["zero"]`},
		{`2["one",{"x":1,"other":2}]`, `2["one",{"x":1}]`},
		{`2["two",1,"b"]`, `2["two",1,"b"]`},
		{`20["ack0"]`, `30[0]`},
		{`218446744073709551615["ack1",{"x":1}]`, `318446744073709551615[{"x":2}]`},
		{`212["ack2",1,2]`, `312[3]`},
		{`21["ack1","not an object"]`, `31[{"event":"ack1","missing":false}]`},
		{`22["ack1"]`, `32[{"event":"ack1","missing":true}]`},
		{`23["ack2",1]`, `33[{"event":"ack2","missing":true}]`},
		{`24["one",{"x":"1"}]`, `34[{"event":"one","missing":false}]`},
	} {
		p.send(tt.send)
		p.want(tt.want)
	}
	p.send(`2["ack1",{"x":1}]`) // asks for no answer
	p.send(`2["unknown"]`)
	p.send(`29["unknown"]`)
	p.send(`20["ack0"]`)
	p.want(`30[0]`)
}

func TestArgumentsAreSentBackUnchanged(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	n.On("echo", func(_ context.Context, s *Socket, e *Event) { _ = s.Emit("back", e.Args.Values()...) })
	n.On("ack", func(_ context.Context, _ *Socket, e *Event) { _ = e.Ack(e.Args.Values()...) })
	p, _ := h.join("/")
	for _, args := range []string{`1,"2",{"3":[true]}`, `"<é&>"`, `null,1e400,123456789012345678901234567890`} {
		p.send(`2["echo",` + args + `]`)
		p.want(`2["back",` + args + `]`)
		p.send(`2456["ack",` + args + `]`)
		p.want(`3456[` + args + `]`)
	}
}

func TestTypedHandlerCanReceiveARawArgument(t *testing.T) {
	h := newHost(t, Options{})
	OnAck2(h.Of("/"), "pass on", func(_ context.Context, s *Socket, event string, v Arg) bool {
		return s.Emit(event, v.Value()) == nil
	})
	p, _ := h.join("/")
	p.send(`20["pass on","json",{"a":[1e400]}]`)
	p.want(`2["json",{"a":[1e400]}]`, `30[true]`)
	p.send(`51-1["pass on","binary",{"a":{"_placeholder":true,"num":0}}]`)
	p.attach("\xff")
	p.want(`51-["binary",{"a":{"_placeholder":true,"num":0}}]`, "b:\xff", `31[true]`)
}

func TestBinaryInBothDirections(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	n.On("echo", func(_ context.Context, s *Socket, e *Event) { _ = s.Emit("back", e.Args.Values()...) })
	n.On("ack", func(_ context.Context, _ *Socket, e *Event) { _ = e.Ack(e.Args.Values()...) })
	OnAck(n, "bytes", func(_ context.Context, _ *Socket, data []byte) []byte { return append(data, '!') })
	OnAck(n, "field", func(_ context.Context, _ *Socket, v point) string { return string(v.B) })
	p, _ := h.join("/")

	p.send(`52-["echo",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1},7]}]`)
	p.attach("one")
	p.attach("two")
	p.want(`52-["back",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1},7]}]`, "b:one", "b:two")

	p.send(`51-9["ack",{"_placeholder":true,"num":0}]`)
	p.attach("\x00\xff")
	p.want(`61-9[{"_placeholder":true,"num":0}]`, "b:\x00\xff")

	p.send(`51-1["bytes",{"_placeholder":true,"num":0}]`)
	p.attach("hi")
	p.want(`61-1[{"_placeholder":true,"num":0}]`, "b:hi!")

	p.send(`51-2["field",{"b":{"_placeholder":true,"num":0}}]`)
	p.attach("inside")
	p.want(`32["inside"]`)
}

func TestServerWaitsForAcknowledgements(t *testing.T) {
	h := newHost(t, Options{AckTimeout: time.Minute})
	n := h.Of("/")
	results := make(chan any, 4)
	ask := func(ctx context.Context, s *Socket) {
		got, err := EmitAck[string](ctx, s, "question", 42)
		if err != nil {
			results <- err
			return
		}
		results <- got
	}
	On0(n, "ask me", ask) // from a handler of the same socket
	p, _ := h.join("/")
	p.send(`2["ask me"]`)
	p.want(`20["question",42]`)
	p.send(`30["answer"]`)
	wantEqual(t, receive(t, results), any("answer"))

	p.send(`2["ask me"]`)
	p.want(`21["question",42]`)
	p.send(`61-1[{"_placeholder":true,"num":0}]`)
	p.attach("not a string, but base64 of one")
	if got, ok := receive(t, results).(string); !ok {
		t.Errorf("got %v", got)
	}

	p.send(`2["ask me"]`)
	p.want(`22["question",42]`)
	p.Close()
	wantEqual(t, receive(t, results), any(ErrDisconnected))
}

func TestWaitingForAnAcknowledgementTimesOut(t *testing.T) {
	h := newHost(t, Options{AckTimeout: time.Millisecond})
	n := h.Of("/")
	results := make(chan error, 1)
	On0(n, "ask me", func(ctx context.Context, s *Socket) {
		_, err := EmitAck[string](ctx, s, "question", 42)
		results <- err
	})
	p, _ := h.join("/")
	p.send(`2["ask me"]`)
	p.want(`20["question",42]`)
	wantEqual(t, receive(t, results), ErrAckTimeout)
	p.send(`30["too late"]`)
	p.send(`2["ask me"]`)
	p.want(`21["question",42]`) // the late answer was no answer to this
	wantEqual(t, receive(t, results), ErrAckTimeout)
}

func TestHandlersOfASocketRunInOrderAndConcurrentlyWithOthers(t *testing.T) {
	t.Run("bounded by number", func(t *testing.T) { testOrder(t, Options{MaxPending: 4}) })
	t.Run("bounded by bytes", func(t *testing.T) { testOrder(t, Options{MaxPacket: 30}) })
}

func testOrder(t *testing.T, opts Options) {
	t.Helper()
	h := newHost(t, opts)
	n := h.Of("/")
	release := make(chan struct{})
	var mu sync.Mutex
	var order []int
	On(n, "n", func(_ context.Context, _ *Socket, i int) {
		if i == 0 {
			<-release
		}
		mu.Lock()
		defer mu.Unlock()
		order = append(order, i)
	})
	OnAck0(n, "other", func(context.Context, *Socket) bool { return true })
	blocked, _ := h.join("/")
	for i := range 100 { // far more than may queue
		data, _ := json.Marshal(i)
		blocked.send(`2["n",` + string(data) + `]`)
	}
	other, _ := h.join("/")
	other.send(`20["other"]`)
	other.want(`30[true]`)
	close(release)
	waitFor(t, "all events", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 100 })
	for i, got := range order {
		if got != i {
			t.Fatalf("at %d: got %d", i, got)
		}
	}
}

func TestPanickingHandlerAffectsNothingElse(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	On0(n, "panic", func(context.Context, *Socket) { panic("oops") })
	OnAck0(n, "fine", func(context.Context, *Socket) bool { return true })
	p, _ := h.join("/")
	p.send(`2["panic"]`)
	p.send(`20["fine"]`)
	p.want(`30[true]`)
}

func TestOnAnySeesEveryEventFirst(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	seen := make(chan string, 4)
	n.OnAny(func(_ context.Context, _ *Socket, e *Event) { seen <- "any " + e.Name })
	On0(n, "a", func(context.Context, *Socket) { seen <- "a" })
	p, _ := h.join("/")
	p.send(`2["a"]`)
	p.send(`2["error"]`)
	for _, want := range []string{"any a", "a", "any error"} {
		wantEqual(t, receive(t, seen), want)
	}
}

func TestSecondAckOfAnEventFails(t *testing.T) {
	h := newHost(t, Options{})
	results := make(chan error, 2)
	h.Of("/").On("x", func(_ context.Context, _ *Socket, e *Event) {
		results <- e.Ack()
		results <- e.Ack()
	})
	p, _ := h.join("/")
	p.send(`25["x"]`)
	p.want(`35[]`)
	wantEqual(t, receive(t, results), nil)
	wantEqual(t, receive(t, results), ErrNoAck)
}

func TestValuesThatCannotBeEncodedAreErrors(t *testing.T) {
	h := newHost(t, Options{})
	p, _ := h.join("/")
	if err := h.Of("/").Emit("x", make(chan int)); err == nil {
		t.Error("got no error")
	}
	if err := h.Of("/").Emit("x", "fine"); err != nil {
		t.Error(err)
	}
	p.want(`2["x","fine"]`)
}
