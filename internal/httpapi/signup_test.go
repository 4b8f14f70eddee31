package httpapi

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func signUpBy(mode chat.SignUpMode) func(*setup) {
	return func(s *setup) { s.policy.SignUp, s.policy.Guests = mode, true }
}

// throughProxy is a header that a proxy on the same machine adds.
var throughProxy = header("X-Forwarded-For", "203.0.113.9")

func TestL1_OnlyALocalSignUpBecomesTheFirstAdmin(t *testing.T) {
	proxies := Proxies{netip.MustParsePrefix("127.0.0.2/32")}
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		want   bool
	}{
		{"over the loopback device", func(*http.Request) {}, true},
		{"by the name localhost", func(r *http.Request) { r.Host = "localhost:3000" }, true},
		{"by a browser", func(r *http.Request) {
			for _, name := range []string{
				"Accept", "Accept-Language", "Accept-Encoding", "Content-Type", "Content-Length", "Cookie", "User-Agent", "Dnt", "Priority",
				"Sec-Ch-Ua", "Sec-Fetch-Site", "Sec-Gpc", "Connection", "Pragma", "Cache-Control",
			} {
				r.Header.Set(name, "any")
			}
			r.Header.Set("Referer", "http://localhost:3000/register")
		}, true},
		{"over IPv6", func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:5000", "[::1]:3000" }, true},
		{"from a page of the server", header("Origin", "http://localhost:3000"), true},
		{"from elsewhere", func(r *http.Request) { r.RemoteAddr = "192.0.2.1:5000" }, false},
		{"through a proxy", throughProxy, false},
		{"through one that says where the request went", header("X-Forwarded-Host", "chat.example"), false},
		{"through one by RFC 7239", header("Forwarded", "for=203.0.113.9"), false},
		{"through one that says its name", header("Via", "1.1 proxy"), false},
		{"through one of another habit", header("X-Real-IP", "203.0.113.9"), false},
		{"through one whose header is empty", header("Forwarded", ""), false},
		{"through one that guards against loops", header("CDN-Loop", "cdn"), false},
		{"through one that numbers requests", header("X-Request-Id", "7"), false},
		{"through one that names its own header", header("X-Appengine-User-Ip", "203.0.113.9"), false},
		{"through one that adds nothing but keeps the host", func(r *http.Request) { r.Host = "chat.example" }, false},
		{"through one that adds nothing, from a page of the public address", header("Origin", "https://chat.example"), false},
		{"through one that adds nothing and speaks HTTP/1.0", func(r *http.Request) { r.ProtoMinor = 0 }, false},
		{"from an address that is said to be a proxy's", func(r *http.Request) { r.RemoteAddr = "127.0.0.2:5000" }, false},
		{"by a name that leads here from a page of somebody else", func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/users", nil)
		r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:3000"
		test.change(r)
		if got := proxies.isLocal(r); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}

	s := newServer(t)
	first := want[wire.Account](s.client(t), http.MethodPost, "/users", wire.NewAccount{Username: "stranger", Password: password}, http.StatusCreated)
	if first.User.Role != chat.RoleAdmin {
		t.Errorf("on this machine: got %+v, want an admin", first.User)
	}
	s = newServer(t)
	answer := s.client(t).call(http.MethodPost, "/users", wire.NewAccount{Username: "stranger", Password: password}, throughProxy)
	if answer.status != http.StatusCreated {
		t.Fatalf("got %d %s, want %d", answer.status, answer.body, http.StatusCreated)
	}
	if _, _, err := s.chat.Operator.SetRole(t.Context(), "stranger", chat.RoleMember); err != nil {
		t.Fatal(err)
	}
	if has, err := s.chat.Operator.HasAdmin(t.Context()); has || err != nil {
		t.Errorf("after a stranger was first: got an admin %v, %v, want none", has, err)
	}
	if second := s.member(t, "owner"); second.me.Role != chat.RoleAdmin {
		t.Errorf("the first on this machine: got %+v, want an admin", second.me)
	}
}

func TestL1_SetupLinkCreatesOneAdmin(t *testing.T) {
	s := newServer(t, signUpBy(chat.SignUpClosed))
	first, err := s.chat.Operator.NewSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.chat.Operator.NewSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	post := func(name, setup string) answerTo {
		return s.client(t).call(http.MethodPost, "/users", wire.NewAccount{Username: name, Password: password, Setup: setup}, throughProxy)
	}
	wantError(t, post("mallory", "made up"), http.StatusNotFound, chat.CodeNotFound, "setup")
	wantError(t, post("x", second), http.StatusUnprocessableEntity, chat.CodeInvalid, "username")
	if a := post("owner", second); a.status != http.StatusCreated {
		t.Fatalf("got %d %s, want %d", a.status, a.body, http.StatusCreated)
	}
	for _, link := range []string{first, second} {
		wantError(t, post("mallory", link), http.StatusNotFound, chat.CodeNotFound, "setup")
	}
	if _, err := s.chat.Operator.NewSetupLink(t.Context()); chat.CodeOf(err) != chat.CodeForbidden {
		t.Errorf("another link: got %v, want %s", err, chat.CodeForbidden)
	}

	s = newServer(t)
	if first, err = s.chat.Operator.NewSetupLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.clock.advance(chat.SetupLinkLife + time.Millisecond)
	wantError(t, post("owner", first), http.StatusNotFound, chat.CodeNotFound, "setup")
}

func TestL2_SignUpCanBeClosed(t *testing.T) {
	s := newServer(t, signUpBy(chat.SignUpClosed))
	mode := func(changes ...func(*http.Request)) (m chat.SignUpMode) {
		t.Helper()
		return decode[wire.ServerAnswer](t, s.client(t).call(http.MethodGet, "/server", nil, changes...)).SignUp
	}
	stranger := func(body wire.NewAccount) answerTo {
		return s.client(t).call(http.MethodPost, "/users", body, throughProxy)
	}
	if got := mode(throughProxy); got != chat.SignUpClosed {
		t.Errorf("to a stranger: got %q, want %q", got, chat.SignUpClosed)
	}
	if got := mode(); got != chat.SignUpOpen {
		t.Errorf("on this machine without an admin: got %q, want %q", got, chat.SignUpOpen)
	}
	wantError(t, stranger(wire.NewAccount{Username: "mallory", Password: password}), http.StatusForbidden, chat.CodeForbidden, "")
	owner := s.member(t, "owner")
	if owner.me.Role != chat.RoleAdmin {
		t.Errorf("the first on this machine: got %+v, want an admin", owner.me)
	}
	if got := mode(); got != chat.SignUpClosed {
		t.Errorf("on this machine with an admin: got %q, want %q", got, chat.SignUpClosed)
	}
	wantError(t, s.client(t).call(http.MethodPost, "/users", wire.NewAccount{Username: "second", Password: password}), http.StatusForbidden, chat.CodeForbidden, "")
	link := owner.invite(wire.NewInvitation{Room: owner.room("den", chat.RoomPrivate).ID, Guests: true})
	wantError(t, stranger(wire.NewAccount{Username: "mallory", Password: password, Invitation: link.Token}), http.StatusForbidden, chat.CodeForbidden, "")
	gwen := s.client(t)
	gwen.enter("gwen", link.Token)
	wantError(t, gwen.call(http.MethodPatch, "/users/me", wire.UserChange{Password: password}), http.StatusForbidden, chat.CodeForbidden, "")
}

func TestL2_SignUpCanRequireAnInvitation(t *testing.T) {
	s := newServer(t, signUpBy(chat.SignUpInvitation))
	owner := s.member(t, "owner")
	den := owner.room("den", chat.RoomPrivate).ID
	link := owner.invite(wire.NewInvitation{Room: den, Uses: 2, Guests: true})
	toMain := owner.invite(wire.NewInvitation{Room: chat.MainRoom, Uses: 1})
	post := func(name, token string) answerTo {
		return s.client(t).call(http.MethodPost, "/users", wire.NewAccount{Username: name, Password: password, Invitation: token})
	}
	wantError(t, post("mallory", ""), http.StatusForbidden, chat.CodeForbidden, "invitation")
	wantError(t, post("mallory", "made up"), http.StatusNotFound, chat.CodeNotFound, "invitation")

	ben := s.client(t)
	account := want[wire.Account](ben, http.MethodPost, "/users", wire.NewAccount{Username: "ben", Password: password, Invitation: link.Token}, http.StatusCreated)
	if account.User.Role != chat.RoleMember || account.User.Kind != chat.KindMember {
		t.Errorf("got %+v, want an ordinary member", account.User)
	}
	if subs := want[wire.SubscriptionList](ben, http.MethodGet, "/subscriptions", nil, http.StatusOK).Subscriptions; len(subs) != 2 {
		t.Errorf("rooms: got %d, want main and the den", len(subs))
	}
	// A second visit of the same client does not count as a use.
	want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+link.Token, nil, http.StatusOK)
	gwen := s.client(t)
	gwen.enter("gwen", link.Token)
	wantError(t, post("late", link.Token), http.StatusNotFound, chat.CodeNotFound, "invitation")
	want[wire.UserAnswer](gwen, http.MethodPatch, "/users/me", wire.UserChange{Password: password}, http.StatusOK)

	// A link into the room that everybody is in also counts its uses.
	if a := post("jun", toMain.Token); a.status != http.StatusCreated {
		t.Fatalf("by a link into main: got %d %s, want %d", a.status, a.body, http.StatusCreated)
	}
	wantError(t, post("kim", toMain.Token), http.StatusNotFound, chat.CodeNotFound, "invitation")
}
