package auth

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
)

func TestCookieNameContainsThePort(t *testing.T) {
	for _, c := range []struct {
		host    string
		overTLS bool
		want    string
	}{
		{"chat.example", false, "partychat_session_80"},
		{"chat.example:80", false, "partychat_session_80"},
		{"chat.example:3000", false, "partychat_session_3000"},
		{"chat.example", true, "__Host-partychat_session"},
		{"chat.example:443", true, "__Host-partychat_session"},
		{"chat.example:8443", true, "__Host-partychat_session_8443"},
		{"[2001:db8::1]", false, "partychat_session_80"},
		{"[2001:db8::1]:3000", true, "__Host-partychat_session_3000"},
		{"192.0.2.1:3000", false, "partychat_session_3000"},
		{"chat.example:", false, "partychat_session_80"},
		{"chat.example:x;Domain=evil", false, "partychat_session_80"},
		{"", false, "partychat_session_80"},
	} {
		if got := CookieNameFor(c.host, c.overTLS); got != c.want {
			t.Errorf("%q, over TLS %v: got %q, want %q", c.host, c.overTLS, got, c.want)
		}
	}
}

// at returns a request to a host, over TLS if its URL is https, with cookies of the form
// name=value.
func at(url string, cookies ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return r
}

// age makes the session look as if an older version had started it.
func (f *fixture) age(token string) {
	f.t.Helper()
	session, err := f.store.SessionByID(f.t.Context(), f.sessionID(token), f.clock.Now())
	if err != nil {
		f.t.Fatal(err)
	}
	session.Data = []byte(strings.Replace(string(session.Data), `,"ported":true`, "", 1))
	if recordOf(session).Ported || recordOf(session).User != session.User {
		f.t.Fatalf("the session is kept as %s", session.Data)
	}
	if err := f.store.PutSession(f.t.Context(), session); err != nil {
		f.t.Fatal(err)
	}
}

// set lists the cookies that a response sets, as name=value, sorted.
func set(answer *http.Response) []string {
	var all []string
	for _, c := range answer.Cookies() {
		value := c.Value
		if c.MaxAge < 0 {
			value = "gone"
		}
		all = append(all, c.Name+"="+value)
	}
	slices.Sort(all)
	return all
}

func TestSessionOfAnOlderVersionContinuesUnderTheNewName(t *testing.T) {
	for url, own := range map[string]string{
		"http://chat.example:3000/": "partychat_session_3000",
		"https://chat.example/":     "__Host-partychat_session",
	} {
		f := newFixture(t, SessionOptions{})
		token := f.logIn()
		f.age(token)
		old := CookieName + "=" + token
		answer := f.visit(at(url, old), func(ctx context.Context) {
			if id, ok := f.Identity(ctx); !ok || id.User.Username != "anna" {
				t.Errorf("%s: the session is %v's, want anna's", url, id.User.Username)
			}
		})
		if got, want := set(answer), []string{own + "=" + token}; !slices.Equal(got, want) {
			t.Errorf("%s: the answer sets %q, want %q", url, got, want)
		}
		answer = f.visit(at(url, old, own+"="+token), func(context.Context) {})
		if got := set(answer); len(got) > 0 {
			t.Errorf("%s: the next answer sets %q, want nothing", url, got)
		}
	}
}

func TestOldCookieNameIsRejectedForNewSessions(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	for _, url := range []string{"http://chat.example:3000/", "https://chat.example/"} {
		if name := f.who(at(url, CookieName+"="+token)); name != "" {
			t.Errorf("%s: somebody else's page could log in as %q", url, name)
		}
	}
	header := http.Header{"Cookie": {CookieName + "=" + token}}
	if _, err := f.Authenticate(t.Context(), header, ""); chat.CodeOf(err) != chat.CodeUnauthenticated {
		t.Errorf("a socket: got %v, want %v", err, chat.CodeUnauthenticated)
	}
}

func TestSessionIsFoundUnderTheNameOfAnotherPort(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	for _, c := range []struct {
		name, url string
		cookies   []string
		want      string
	}{
		{"the port has changed", "http://chat.example:8080/", []string{"partychat_session_3000=" + token}, "anna"},
		{"and another server's is there", "http://chat.example:8080/", []string{"partychat_session_1=x", "partychat_session_3000=" + token}, "anna"},
		{"over TLS", "https://chat.example/", []string{"__Host-partychat_session_8443=" + token}, "anna"},
		{"set without TLS and used with it", "https://chat.example/", []string{"partychat_session_443=" + token}, ""},
		{"a name that is longer", "http://chat.example/", []string{"partychat_sessions=" + token}, ""},
		{"behind many others", "http://chat.example/", []string{"partychat_session_1=a", "partychat_session_2=b", "partychat_session_3=c", "partychat_session_4=d", "partychat_session_5=" + token}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := f.who(at(c.url, c.cookies...)); got != c.want {
				t.Errorf("the request is %q's, want %q's", got, c.want)
			}
		})
	}
}

func TestOwnCookieComesBeforeOthers(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	annas := f.logIn()
	berts, _ := f.start(request(""), f.bert, false)
	cookies := []string{"theme=dark", "partychat_session_3000=" + annas, "__Host-partychat_session=" + berts.Value}
	for url, want := range map[string]string{"http://chat.example:3000/": "anna", "https://chat.example/": "bert"} {
		if got := f.who(at(url, cookies...)); got != want {
			t.Errorf("a request to %s is %q's, want %q's", url, got, want)
		}
		var header http.Header
		f.OwnCookieFirst(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { header = r.Header })).
			ServeHTTP(httptest.NewRecorder(), at(url, cookies...))
		if id, err := f.Authenticate(t.Context(), header, ""); err != nil || id.User.Username != want {
			t.Errorf("a socket to %s is %q's, %v, want %q's", url, id.User.Username, err, want)
		}
		if strings.Contains(header.Get("Cookie"), "theme") {
			t.Errorf("the handshake keeps %q, want the session's cookies only", header.Get("Cookie"))
		}
	}
}

func TestLogOutDeletesTheTokenUnderEveryNameAndNoOther(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.age(token)
	answer := f.visit(at("http://chat.example:3000/", CookieName+"="+token, "partychat_session_9=theirs", "partychat_session_3000="+token),
		func(ctx context.Context) {
			if err := f.End(ctx); err != nil {
				t.Error(err)
			}
		})
	if got, want := set(answer), []string{"partychat_session=gone", "partychat_session_3000=gone"}; !slices.Equal(got, want) {
		t.Errorf("the answer sets %q, want %q", got, want)
	}
}

func TestLogInDeletesTheOldName(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.age(token)
	answer := f.visit(at("http://chat.example:3000/", CookieName+"="+token), func(ctx context.Context) {
		if _, err := f.Start(ctx, f.bert, chat.SessionStart{}); err != nil {
			t.Error(err)
		}
	})
	got := set(answer)
	if len(got) != 2 || got[0] != "partychat_session=gone" || got[1] == "partychat_session_3000="+token || !strings.HasPrefix(got[1], "partychat_session_3000=") {
		t.Errorf("the answer sets %q, want a new token and the old name gone", got)
	}
}

func TestCookieOverTLSIsForThisHostOnly(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	r := at("https://chat.example/")
	r.TLS = &tls.ConnectionState{}
	answer := f.visit(r, func(ctx context.Context) {
		if _, err := f.Start(ctx, f.anna, chat.SessionStart{}); err != nil {
			t.Fatal(err)
		}
	})
	c := answer.Cookies()[0]
	// Browsers require this of a __Host- cookie.
	if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %v", c.Raw)
	}
}

func TestCookieOfAnEndedSessionIsDeletedOnce(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	ask := func(token string) (ended bool, cookie *http.Cookie) {
		answer := f.visit(request(token), func(ctx context.Context) { ended = f.ForgetEnded(ctx) })
		return ended, sessionCookie(t, answer)
	}
	if ended, cookie := ask(token); ended || cookie != nil {
		t.Errorf("a session that goes on: got %v and the cookie %v, want neither", ended, cookie)
	}
	if ended, _ := ask(""); ended {
		t.Error("without a cookie no session has ended")
	}
	if _, _, _, err := f.store.Ban(t.Context(), nil, chat.NewBan{User: f.anna.ID, By: f.bert.ID, At: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if ended, cookie := ask(token); ended || cookie != nil {
		t.Errorf("a session that is good again after a ban: got %v and the cookie %v, want neither", ended, cookie)
	}
	if _, _, err := f.store.Unban(t.Context(), nil, 0, f.anna.ID); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(31 * time.Minute)
	ended, cookie := ask(token)
	if !ended || cookie == nil || cookie.MaxAge != -1 {
		t.Errorf("a session that has idled away: got %v and the cookie %v, want it deleted", ended, cookie)
	}
}
