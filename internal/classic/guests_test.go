package classic_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// guest enters the host's room through a link.
func (s *server) guest(host chat.User, name string) chat.User {
	s.t.Helper()
	room, err := s.chat.Rooms.Create(s.t.Context(), host, chat.NewRoomInput{Name: "den of " + name, Kind: chat.RoomPrivate})
	if err != nil {
		s.t.Fatal(err)
	}
	invite, err := s.chat.Invitations.Make(s.t.Context(), host, chat.InviteInput{Room: room.ID, Guests: true})
	if err != nil {
		s.t.Fatal(err)
	}
	guest, _, err := s.chat.Invitations.Enter(s.t.Context(), chat.GuestInput{Username: name, Token: invite.Token})
	if err != nil {
		s.t.Fatal(err)
	}
	return guest
}

func cookie(token string) map[string][]string {
	return map[string][]string{"Cookie": {auth.CookieName + "_80=" + token}}
}

func TestGuestWithALinkIsRefusedWithoutTheOption(t *testing.T) {
	s := newServer(t, chat.Policy{Guests: true})
	_, ann := s.member("ann")
	s.refuses(sioclient.Options{Header: cookie(s.token(s.guest(ann, "gus")))}, chat.CodeForbidden)
}

func TestGuestWithALinkMayUseClassicWithTheOption(t *testing.T) {
	s := newServer(t, chat.Policy{Guests: true, Classic: true})
	_, ann := s.member("ann")
	guest := s.dial(sioclient.Options{Header: cookie(s.token(s.guest(ann, "gus")))}).greeted()
	guest.do("", "SEND_MESSAGE", "hello")
	if got := await[string](guest, "message"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestGuestsByNameAreLimitedPerAddress(t *testing.T) {
	attempts := auth.NewAttempts(auth.AttemptOptions{SignUpAddress: auth.Rate{Burst: 2, Every: time.Hour}})
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) {
		o.SignUps = attempts
	})
	join := func(from, name string, code chat.Code) *socket {
		t.Helper()
		c := s.dial(sioclient.Options{Header: map[string][]string{"X-From": {from}}}).greeted()
		c.do(code, "userJoin", map[string]any{"username": name, "room": "den"})
		return c
	}
	join("192.0.2.1", "ann", "")
	bob := join("192.0.2.1", "bob", "")
	join("192.0.2.1", "cid", chat.CodeRateLimited)
	join("192.0.2.2", "cid", "")
	bob.Close()
	dan := join("192.0.2.2", "dan", "")
	for !slices.Equal(await[[]string](dan, "activeUsers"), []string{"ann", "cid", "dan"}) {
	}
	join("192.0.2.1", "bob", "") // who comes back makes nothing new
}

func TestSocketsOfGuestsByNameAreLimitedPerAddress(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	from := func(address string) sioclient.Options {
		return sioclient.Options{Header: map[string][]string{"X-From": {address}}}
	}
	for range maxGuests {
		s.dial(from("192.0.2.1")).greeted()
	}
	s.refuses(from("192.0.2.1"), chat.CodeRateLimited)
	s.dial(from("192.0.2.2")).greeted()
	_, token := s.user("ann")
	member := from("192.0.2.1")
	member.Header["Cookie"] = cookie(token)["Cookie"]
	s.dial(member).greeted()
}

func TestFreeNameIsFoundEvenIfManyAreTaken(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	for n := 1; n <= 60; n++ { // guests of an earlier run of the server
		for _, name := range []string{"guest", "ann"} {
			if n > 1 {
				name += "-" + strconv.Itoa(n)
			}
			if _, err := s.chat.Classic.Enter(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
	unnamed := s.dial(sioclient.Options{}).greeted()
	unnamed.do("", "SEND_MESSAGE", "hello")
	if got := await[string](unnamed, "message"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
	s.dial(sioclient.Options{}).do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
}
