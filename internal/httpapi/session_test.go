package httpapi

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestA3_LogInChecksThePassword(t *testing.T) {
	s := newServer(t)
	s.member(t, "anna")
	c := s.client(t)
	got := want[wire.Account](c, http.MethodPost, "/session", wire.Credentials{Username: "ANNA", Password: password}, http.StatusOK)
	if got.User.Username != "anna" || got.Token != "" {
		t.Errorf("logged in as %+v, want anna without a token", got)
	}
	if me := want[wire.Account](c, http.MethodGet, "/session", nil, http.StatusOK); me.User.Username != "anna" {
		t.Errorf("the session is %q's, want anna's", me.User.Username)
	}
}

func TestA3_LogInDoesNotRevealWhichWasWrong(t *testing.T) {
	s := newServer(t)
	s.member(t, "anna")
	c := s.client(t)
	wrongPassword := c.call(http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: "incorrect horse"})
	wrongName := c.call(http.MethodPost, "/session", wire.Credentials{Username: "nobody", Password: password})
	notEvenAName := c.call(http.MethodPost, "/session", wire.Credentials{Username: "\x01", Password: password})
	wantError(t, wrongPassword, http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	for name, a := range map[string]answerTo{"unknown": wrongName, "impossible": notEvenAName} {
		if a.status != wrongPassword.status || !bytes.Equal(a.body, wrongPassword.body) {
			t.Errorf("an %s name gets %d %s, a wrong password %d %s; want the same", name, a.status, a.body, wrongPassword.status, wrongPassword.body)
		}
	}
	if c.cookie() != nil {
		t.Error("a failed log-in set a cookie")
	}
}

func TestA4_SignUpLogsIn(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "Ånna")
	got := want[wire.Account](anna, http.MethodGet, "/session", nil, http.StatusOK)
	if got.User.ID != anna.me.ID || got.User.Username != "Ånna" || got.User.Kind != chat.KindMember {
		t.Errorf("the session is %+v's, want Ånna's", got.User)
	}
	if got.User.Role != chat.RoleAdmin {
		t.Errorf("the first user's role is %q, want %q", got.User.Role, chat.RoleAdmin)
	}
	if second := s.member(t, "bert"); second.me.Role != chat.RoleMember {
		t.Errorf("the second user's role is %q, want %q", second.me.Role, chat.RoleMember)
	}
}

func TestA4_SignUpValidates(t *testing.T) {
	s := newServer(t)
	s.member(t, "anna")
	for _, c := range []struct {
		name, username, password string
		status                   int
		code                     chat.Code
		field                    string
	}{
		{"no username", "", password, 422, chat.CodeInvalid, "username"},
		{"a username of one character", "a", password, 422, chat.CodeInvalid, "username"},
		{"a username of 33 characters", strings.Repeat("a", 33), password, 413, chat.CodeTooLarge, "username"},
		{"a username with a space", "anna b", password, 422, chat.CodeInvalid, "username"},
		{"a username with a slash", "anna/b", password, 422, chat.CodeInvalid, "username"},
		{"no password", "bert", "", 422, chat.CodeInvalid, "password"},
		{"a password of 7 characters", "bert", "1234567", 422, chat.CodeInvalid, "password"},
		{"a password of 257 characters", "bert", strings.Repeat("p", 257), 413, chat.CodeTooLarge, "password"},
		{"a name in use", "anna", password, 409, chat.CodeTaken, "username"},
		{"a name in use in another case", "ANNA", password, 409, chat.CodeTaken, "username"},
		{"a name in use in another Unicode form", "\uff21nna", password, 409, chat.CodeTaken, "username"},
	} {
		t.Run(c.name, func(t *testing.T) {
			browser := s.client(t)
			a := browser.call(http.MethodPost, "/users", wire.Credentials{Username: c.username, Password: c.password})
			wantError(t, a, c.status, c.code, c.field)
			if browser.cookie() != nil {
				t.Error("a failed sign-up set a cookie")
			}
		})
	}
}

func TestA4_OneOfManySimultaneousSignUpsWithOneNameWins(t *testing.T) {
	const many = 20
	s := newServer(t, func(s *setup) { s.limits = auth.AttemptOptions{} }) // the default limits must allow this
	answers := make([]answerTo, many)
	var wg sync.WaitGroup
	for i := range many {
		c := s.client(t)
		wg.Go(func() {
			answers[i] = c.call(http.MethodPost, "/users", wire.Credentials{Username: "anna", Password: password})
		})
	}
	wg.Wait()
	created := 0
	for _, a := range answers {
		if a.status == http.StatusCreated {
			created++
			continue
		}
		wantError(t, a, http.StatusConflict, chat.CodeTaken, "username")
	}
	if created != 1 {
		t.Errorf("%d sign-ups were answered with 201, want 1", created)
	}
}

func TestA5_SessionIsInACookieThatScriptsCannotRead(t *testing.T) {
	s := newServer(t)
	a := s.client(t).call(http.MethodPost, "/users", wire.Credentials{Username: "anna", Password: password})
	got := a.header.Get("Set-Cookie")
	for _, part := range []string{auth.CookieNameFor(strings.TrimPrefix(s.url, "http://"), false) + "=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="} {
		if !strings.Contains(got, part) {
			t.Errorf("Set-Cookie is %q, want %q in it", got, part)
		}
	}
	if strings.Contains(got, "Secure") {
		t.Errorf("Set-Cookie is %q, want it not to be Secure without TLS", got)
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(got, auth.CookieNameFor(strings.TrimPrefix(s.url, "http://"), false)+"="), ";")
	if token == "" || bytes.Contains(a.body, []byte(token)) {
		t.Errorf("the body %s gives the cookie's token away", a.body)
	}
}

func TestA5_CookieIsSecureBehindATrustedProxyThatSpeaksTLS(t *testing.T) {
	s := newServer(t, trustLocal)
	anna := s.client(t)
	a := anna.call(http.MethodPost, "/users", wire.Credentials{Username: "anna", Password: password}, header("X-Forwarded-Proto", "https"))
	if got := a.header.Get("Set-Cookie"); !strings.Contains(got, "; Secure") || !strings.HasPrefix(got, "__Host-") {
		t.Errorf("Set-Cookie is %q, want it Secure and for this host only", got)
	}
	stranger := newServer(t).client(t)
	a = stranger.call(http.MethodPost, "/users", wire.Credentials{Username: "anna", Password: password}, header("X-Forwarded-Proto", "https"))
	if got := a.header.Get("Set-Cookie"); got == "" || strings.Contains(got, "; Secure") {
		t.Errorf("Set-Cookie is %q, want the word of an untrusted address not to count", got)
	}
}

func TestA6_ReopenedBrowserIsStillLoggedIn(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	a := c.call(http.MethodPost, "/users", wire.Credentials{Username: "anna", Password: password})
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if cookie.MaxAge <= 30*60 {
		t.Errorf("the cookie lasts %d s, want it to outlive the browser and the idle time-out", cookie.MaxAge)
	}
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(u, []*http.Cookie{cookie})
	c.http.Jar = jar
	if a := c.send(http.MethodGet, "/", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/home" {
		t.Errorf("got %d to %q, want 303 to /home", a.status, a.header.Get("Location"))
	}
}

func TestA7_SessionLastsWhileThereIsActivity(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	for range 4 {
		s.clock.advance(29 * time.Minute)
		want[wire.Account](anna, http.MethodGet, "/session", nil, http.StatusOK)
	}
	s.clock.advance(31 * time.Minute)
	wantError(t, anna.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	if a := anna.send(http.MethodGet, "/home", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/?ended=true" {
		t.Errorf("got %d to %q, want 303 to /, which says that the session has ended", a.status, a.header.Get("Location"))
	}
	if a := anna.send(http.MethodGet, "/home", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
		t.Errorf("the second time: got %d to %q, want 303 to /", a.status, a.header.Get("Location"))
	}
}

func TestA7_LogOutEndsTheSessionInEveryTab(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	elsewhere := s.client(t)
	want[wire.Account](elsewhere, http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password}, http.StatusOK)
	token := anna.cookie().Value
	id, err := s.sessions.Authenticate(t.Context(), http.Header{}, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.broker.Subscribe(t.Context(), chat.Topic{User: anna.me.ID}); err != nil {
		t.Fatal(err)
	}

	want[struct{}](anna, http.MethodDelete, "/session", nil, http.StatusNoContent)
	if got := anna.cookie(); got != nil {
		t.Errorf("the cookie is still there: %v", got)
	}
	otherTab := s.client(t)
	otherTab.token = token // the same session, in a tab that has not noticed the log-out
	wantError(t, otherTab.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	wantError(t, anna.call(http.MethodDelete, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	select {
	case e := <-s.ended:
		if e.Session != id.Session || e.Reason != chat.EndLogOut {
			t.Errorf("the nodes were told of %+v, want the end of %s by log-out", e, id.Session)
		}
	case <-time.After(time.Minute):
		t.Error("the nodes were not told")
	}
	want[wire.Account](elsewhere, http.MethodGet, "/session", nil, http.StatusOK)
}

func TestProgramsLogInForATokenWithoutACookie(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	signedUp := want[wire.Account](c, http.MethodPost, "/users", wire.Credentials{Username: "robot", Password: password, Token: true}, http.StatusCreated)
	loggedIn := want[wire.Account](c, http.MethodPost, "/session", wire.Credentials{Username: "robot", Password: password, Token: true}, http.StatusOK)
	if c.cookie() != nil {
		t.Error("a cookie was set")
	}
	if signedUp.Token == "" || loggedIn.Token == "" || signedUp.Token == loggedIn.Token {
		t.Fatalf("the tokens are %q and %q, want two", signedUp.Token, loggedIn.Token)
	}
	wantError(t, c.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	c.token = loggedIn.Token
	if me := want[wire.Account](c, http.MethodGet, "/session", nil, http.StatusOK); me.User.Username != "robot" {
		t.Errorf("the token is %q's, want robot's", me.User.Username)
	}
	want[struct{}](c, http.MethodDelete, "/session", nil, http.StatusNoContent)
	wantError(t, c.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	c.token = signedUp.Token
	want[wire.Account](c, http.MethodGet, "/session", nil, http.StatusOK)
}

func TestWrongPasswordsAreLimitedAndReturnWhenToRetry(t *testing.T) {
	s := newServer(t, func(s *setup) { s.limits = auth.AttemptOptions{} })
	s.member(t, "anna")
	c := s.client(t)
	wrong, right := wire.Credentials{Username: "anna", Password: "incorrect horse"}, wire.Credentials{Username: "anna", Password: password}
	for range 5 {
		wantError(t, c.call(http.MethodPost, "/session", wrong), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	}
	a := c.call(http.MethodPost, "/session", right)
	e := wantError(t, a, http.StatusTooManyRequests, chat.CodeRateLimited, "")
	if got := a.header.Get("Retry-After"); e.RetryAfter != 10 || got != strconv.Itoa(e.RetryAfter) {
		t.Errorf("retryAfter is %d and Retry-After %q, want 10 in both", e.RetryAfter, got)
	}
	s.clock.advance(time.Duration(e.RetryAfter) * time.Second)
	want[wire.Account](c, http.MethodPost, "/session", right, http.StatusOK)
}

func TestStrangersCannotLockOutANewUser(t *testing.T) {
	s := newServer(t, trustLocal, signUpBy(chat.SignUpOpen), func(s *setup) {
		s.limits = auth.AttemptOptions{LogInName: auth.Rate{Burst: 2, Every: time.Hour}}
	})
	from := func(address string) func(*http.Request) { return header("X-Forwarded-For", address) }
	home, right := from("192.0.2.1"), wire.Credentials{Username: "anna", Password: password}
	if a := s.client(t).call(http.MethodPost, "/users", right, home); a.status != http.StatusCreated {
		t.Fatalf("got %d %s, want 201", a.status, a.body)
	}
	for i := range 3 {
		s.client(t).call(http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: "a guess"}, from(fmt.Sprint("198.51.100.", i+1)))
	}
	wantError(t, s.client(t).call(http.MethodPost, "/session", right, from("203.0.113.5")), http.StatusTooManyRequests, chat.CodeRateLimited, "")
	if a := s.client(t).call(http.MethodPost, "/session", right, home); a.status != http.StatusOK {
		t.Errorf("from where she signed up: got %d %s, want 200", a.status, a.body)
	}
}

func TestSignUpsFromOneAddressAreLimited(t *testing.T) {
	s := newServer(t, trustLocal, func(s *setup) {
		s.limits = auth.AttemptOptions{SignUpAddress: auth.Rate{Burst: 3, Every: time.Minute}}
	})
	from := func(address string) func(*http.Request) { return header("X-Forwarded-For", address) }
	for i := range 3 {
		a := s.client(t).call(http.MethodPost, "/users", wire.Credentials{Username: fmt.Sprint("user", i), Password: password}, from("192.0.2.1"))
		if a.status != http.StatusCreated {
			t.Fatalf("got %d %s, want 201", a.status, a.body)
		}
	}
	one := wire.Credentials{Username: "one.more", Password: password}
	wantError(t, s.client(t).call(http.MethodPost, "/users", one, from("192.0.2.1")), http.StatusTooManyRequests, chat.CodeRateLimited, "")
	if a := s.client(t).call(http.MethodPost, "/users", one, from("192.0.2.2")); a.status != http.StatusCreated {
		t.Errorf("from another address: got %d %s, want 201", a.status, a.body)
	}
}
