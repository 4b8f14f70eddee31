package redisadapter_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/internal/realserver"
	"partychat/socketio"
	"partychat/socketio/redisadapter"
)

func TestBroadcastsReachTheSelectedSocketsOfOtherProcesses(t *testing.T) {
	for _, kind := range []realserver.RedisOptions{{}, {Cluster: true}} {
		r := realserver.RedisServer(t, kind)
		one, two := newNode(t, r, socketio.Options{}, redisadapter.Options{}), newNode(t, r, socketio.Options{}, redisadapter.Options{})
		a, b := dial(t, one.url, "/"), dial(t, two.url, "/")
		room := one.Of("/").To("room")
		noError(t, errors.Join(
			room.Emit("e", "text", []byte("binary"), map[string]any{"deep": []any{[]byte("more"), 1.5}}),
			room.Local().Emit("local"),
			room.Volatile().Compress(false).Emit("volatile"),
			room.Except(b.id).Emit("not to the other"),
			room.To("nowhere").Emit("two rooms"),
			one.Of("/").To(b.id).Emit("alone"),
			one.Of("/").Emit("last", nil, true, "<&>", int64(1)<<53),
		))
		const binary = `52-["e","text",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1},1.5]}]`
		const last = `2["last",null,true,"<&>",9007199254740992]`
		a.want(binary, "b:binary", "b:more", `2["local"]`, `2["volatile"]`, `2["not to the other"]`, `2["two rooms"]`, last)
		b.want(binary, "b:binary", "b:more", `2["volatile"]`, `2["two rooms"]`, `2["alone"]`, last)
	}
}

func TestSocketsOfOtherProcessesAreFetchedMovedAndDisconnected(t *testing.T) {
	for _, specific := range []bool{false, true} {
		_, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{PublishOnSpecificResponseChannel: specific})
		n := nodes[0].Of("/")
		found, err := n.FetchSockets(t.Context())
		noError(t, err)
		wantEqual(t, len(found), 2)
		remote := found[slices.IndexFunc(found, func(s socketio.RemoteSocket) bool { return s.ID == clients[1].id })]
		wantEqual(t, remote.In("room") && remote.In(remote.ID), true)
		wantEqual(t, string(remote.Data), `{"name":"ann"}`)
		wantEqual(t, remote.Handshake.Address, "127.0.0.1")

		n.To(clients[1].id).Join("more", "and more")
		n.To("room").Leave("room")
		noError(t, n.To("more").Emit("joined"))
		noError(t, n.To("room").Emit("nobody is in it"))
		clients[1].want(`2["joined"]`)
		found, err = n.To("more").FetchSockets(t.Context())
		noError(t, err)
		wantEqual(t, len(found) == 1 && !found[0].In("room"), true)

		rooms, err := nodes[0].link.AllRooms(t.Context(), "/")
		noError(t, err)
		slices.Sort(rooms)
		want := []string{"more", "and more", clients[0].id, clients[1].id}
		slices.Sort(want)
		wantEqual(t, strings.Join(rooms, ","), strings.Join(want, ","))
		count, err := nodes[1].link.ServerCount(t.Context(), "/")
		noError(t, err)
		wantEqual(t, count, 2)
		_, err = nodes[1].link.AllRooms(t.Context(), "/unknown")
		wantEqual(t, err != nil, true)

		n.To("more").Disconnect(false)
		clients[1].want("1")
	}
}

func TestClientsOfOtherProcessesAcknowledge(t *testing.T) {
	_, nodes, clients := pair(t, socketio.Options{}, redisadapter.Options{})
	room := nodes[0].Of("/").To("room")
	type outcome struct {
		replies []socketio.AckReply
		err     error
	}
	ask := func(b socketio.Broadcast) <-chan outcome {
		done := make(chan outcome, 1)
		go func() {
			replies, err := b.EmitWithAck(t.Context(), "q", []byte("binary"))
			done <- outcome{replies, err}
		}()
		return done
	}
	done := ask(room)
	const question = `510-["q",{"_placeholder":true,"num":0}]`
	clients[0].want(strings.Replace(question, "510-", "51-0", 1), "b:binary")
	clients[1].want(strings.Replace(question, "510-", "51-0", 1), "b:binary")
	clients[0].send(`30["zero"]`)
	clients[1].send(`30["one"]`)
	got := <-done
	noError(t, got.err)
	var answers []string
	for _, reply := range got.replies {
		answers = append(answers, string(reply.Args[0].Raw()))
	}
	slices.Sort(answers)
	wantEqual(t, strings.Join(answers, ","), `"one","zero"`)

	done = ask(room.Timeout(enough))
	clients[1].read()
	clients[1].read()
	clients[1].send(`31[]`)
	got = <-done
	var missing *socketio.AckError
	wantEqual(t, errors.As(got.err, &missing) && errors.Is(got.err, socketio.ErrAckTimeout), true)
	wantEqual(t, missing.Expected, 2)
	wantEqual(t, missing.Answered, 1)
	wantEqual(t, len(got.replies[0].Args), 0)
}

func TestServerSideEventsReachOtherProcesses(t *testing.T) {
	_, nodes, _ := pair(t, socketio.Options{}, redisadapter.Options{})
	one, two := nodes[0].Of("/").ServerSide(), nodes[1].Of("/").ServerSide()
	heard := make(chan socketio.Args, 1)
	one.On("news", func(*socketio.ServerEvent) { t.Error("the sender has heard itself") })
	two.On("news", func(e *socketio.ServerEvent) { heard <- e.Args })
	two.On("echo", func(e *socketio.ServerEvent) {
		// An answer may need answers from others.
		if _, err := nodes[1].Of("/").FetchSockets(t.Context()); err != nil {
			t.Error(err)
		}
		if err := e.Ack(e.Args[0].Value()); err != nil {
			t.Error(err)
		}
	})
	noError(t, one.Emit("news", map[string]int{"n": 1}, []byte("binary")))
	args := <-heard
	wantEqual(t, string(args[0].Raw()), `{"n":1}`)
	var data []byte
	noError(t, args[1].Decode(&data))
	wantEqual(t, string(data), "binary")
	for _, value := range []any{"text", []byte("bytes")} {
		answers, err := one.EmitWithAck(t.Context(), "echo", value)
		noError(t, err)
		want, err := socketio.NewArg(value)
		noError(t, err)
		wantEqual(t, len(answers), 1)
		wantEqual(t, string(answers[0].Raw()), string(want.Raw()))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := one.EmitWithAck(ctx, "nobody answers")
	wantEqual(t, errors.Is(err, socketio.ErrAckTimeout) && strings.Contains(err.Error(), "0 of 1 processes"), true)
}

func TestRecoveryNumbersEventsAcrossProcesses(t *testing.T) {
	_, nodes, clients := pair(t, socketio.Options{Recovery: socketio.Recovery{MaxDuration: time.Minute}}, redisadapter.Options{})
	noError(t, nodes[0].Of("/").To("room").Emit("kept"))
	noError(t, nodes[0].Of("/").To("elsewhere").Emit("counted, too"))
	noError(t, nodes[0].Of("/").To("room").Emit("kept"))
	number := regexp.MustCompile(`^2\["kept",".*?([\w-]+\.\w+)"\]$`)
	for range 2 {
		sent, received := number.FindStringSubmatch(clients[0].read()), number.FindStringSubmatch(clients[1].read())
		wantEqual(t, len(sent), 2)
		wantEqual(t, strings.Join(received[1:], ""), strings.Join(sent[1:], ""))
	}
}

func TestNamespacesOfAPatternComeAndGo(t *testing.T) {
	r := realserver.RedisServer(t, realserver.RedisOptions{})
	n, other := newNode(t, r, socketio.Options{}, redisadapter.Options{}), newNode(t, r, socketio.Options{}, redisadapter.Options{})
	redis := connect(t, r)
	subscribed := func() int64 {
		counts, err := redis.Do(t.Context(), redis.B().PubsubNumsub().Channel("socket.io-request#/p-1[*]#").Build()).AsIntMap()
		noError(t, err)
		return counts["socket.io-request#/p-1[*]#"]
	}
	for _, n := range []*node{n, other} {
		n.OfPattern(regexp.MustCompile(`^/p-`)).OnConnect(func(s *socketio.Socket) { _ = s.Emit("ready") })
	}
	for range 3 {
		a, b := dial(t, n.url, "/p-1[*]"), dial(t, other.url, "/p-1[*]")
		n.ready(t)
		other.ready(t)
		wantEqual(t, subscribed(), 2)
		noError(t, n.OfPattern(regexp.MustCompile(`^never$`)).Emit("nobody"))
		a.send(`1/p-1[*],`)
		eventually(t, "one namespace to go", func() bool { return subscribed() == 1 })
		b.send(`1/p-1[*],`)
		eventually(t, "the other to go", func() bool { return subscribed() == 0 })
	}
}

func TestLinkServesOneServer(t *testing.T) {
	r := realserver.RedisServer(t, realserver.RedisOptions{})
	link := redisadapter.New(connect(t, r), redisadapter.Options{})
	defer link.Close()
	opts := socketio.Options{NewAdapter: link.Adapter}
	socketio.NewServer(opts)
	defer func() { wantEqual(t, recover() != nil, true) }()
	socketio.NewServer(opts)
}
