package auth

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"partychat/internal/chat"
)

// clock is a manually advanced clock.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// logIn asks for permission to log in, and returns a simplified done.
func logIn(a *Attempts, name, address string) (done func(error), refusal error) {
	_, done, refusal = a.LogIn(context.Background(), name, address)
	return done, refusal
}

var errWrong = chat.Errorf(chat.CodeUnauthenticated, "Wrong username or password.")

// fail logs in with a wrong password n times, and returns how many attempts were allowed and the
// last refusal.
func fail(a *Attempts, n int, name, address string) (allowed int, refusal error) {
	for range n {
		done, err := logIn(a, name, address)
		if err != nil {
			refusal = err
			continue
		}
		allowed++
		done(errWrong)
	}
	return allowed, refusal
}

// succeed logs in with the right password.
func succeed(t *testing.T, a *Attempts, name, address string) {
	t.Helper()
	done, err := logIn(a, name, address)
	if err != nil {
		t.Fatalf("%s from %s: got %v, want it allowed", name, address, err)
	}
	done(nil)
}

func wantRefused(t *testing.T, err error, wait time.Duration) {
	t.Helper()
	var e *chat.Error
	if !errors.As(err, &e) || e.Code != chat.CodeRateLimited {
		t.Fatalf("got %v, want the code %s", err, chat.CodeRateLimited)
	}
	if diff := (e.RetryAfter - wait).Abs(); diff > time.Millisecond {
		t.Errorf("RetryAfter is %v, want %v", e.RetryAfter, wait)
	}
}

func TestGuesserGetsFiveAttemptsThenOneEveryTenSeconds(t *testing.T) {
	c := newClock()
	a := NewAttempts(AttemptOptions{Now: c.Now})
	allowed, refusal := fail(a, 8, "anna", "192.0.2.1")
	if allowed != 5 {
		t.Errorf("%d tries were allowed, want 5", allowed)
	}
	wantRefused(t, refusal, 10*time.Second)
	c.advance(4 * time.Second)
	_, refusal = fail(a, 1, "anna", "192.0.2.1")
	wantRefused(t, refusal, 6*time.Second)
	c.advance(6 * time.Second)
	if allowed, _ := fail(a, 2, "anna", "192.0.2.1"); allowed != 1 {
		t.Errorf("after ten seconds %d tries were allowed, want 1", allowed)
	}
}

func TestOtherSpellingsOfTheNameGiveNoMoreAttempts(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	fail(a, 5, "anna", "192.0.2.1")
	if allowed, _ := fail(a, 1, "ANNA", "192.0.2.1"); allowed != 0 {
		t.Error("another spelling of the name was allowed, want it refused")
	}
}

func TestIPv6NetworkCountsAsOneAddress(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	fail(a, 5, "anna", "2001:db8::1")
	if allowed, _ := fail(a, 1, "anna", "2001:db8::ffff:2"); allowed != 0 {
		t.Error("another address of the same /64 was allowed, want it refused")
	}
	if allowed, _ := fail(a, 1, "anna", "2001:db8:0:1::1"); allowed != 1 {
		t.Error("an address of another /64 was refused, want it allowed")
	}
	fail(a, 5, "bert", "192.0.2.9")
	if allowed, _ := fail(a, 1, "bert", "::ffff:192.0.2.9"); allowed != 0 {
		t.Error("an IPv4 address in IPv6 form was allowed, want it refused")
	}
}

func TestStrangerCannotLockTheOwnerOut(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	const home = "192.0.2.1"
	succeed(t, a, "anna", home)

	fail(a, 20, "anna", "198.51.100.7")
	if done, err := logIn(a, "anna", "203.0.113.5"); err != nil {
		t.Errorf("from a new address, one stranger guessing: got %v, want it allowed", err)
	} else {
		done(errWrong)
	}
	for i := range 100 { // many strangers
		fail(a, 5, "anna", fmt.Sprintf("198.51.100.%d", i))
	}
	_, refusal := logIn(a, "anna", "203.0.113.6")
	wantRefused(t, refusal, 10*time.Second)
	succeed(t, a, "anna", home)
}

func TestStrangersCannotLockOutANewUser(t *testing.T) {
	c := newClock()
	a := NewAttempts(AttemptOptions{Now: c.Now})
	a.Belongs("Anna", "192.0.2.1")
	for i := range 60 {
		fail(a, 1, "anna", fmt.Sprintf("198.51.100.%d", i))
	}
	if _, err := logIn(a, "anna", "203.0.113.5"); err == nil {
		t.Error("the name is not limited elsewhere")
	}
	succeed(t, a, "anna", "192.0.2.1")
	if allowed, _ := fail(a, 10, "anna", "192.0.2.1"); allowed != 5 {
		t.Errorf("%d wrong passwords were allowed from there, want 5", allowed)
	}
}

func TestSuccessfulLogInsDoNotCountAgainstAName(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	for i := range 60 {
		succeed(t, a, "anna", fmt.Sprintf("192.0.2.%d", i))
	}
}

func TestSimultaneousAttemptsDoNotExceedTheLimitOfTheName(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	var checking []func(error)
	for i := range 300 { // all start before any is known to be wrong
		if done, err := logIn(a, "anna", fmt.Sprintf("198.51.%d.%d", 100+i/250, i%250)); err == nil {
			checking = append(checking, done)
		}
	}
	if len(checking) != 50 {
		t.Fatalf("%d of 300 tries were allowed, want 50", len(checking))
	}
	checking[0](nil) // one of them was right
	for _, done := range checking[1:] {
		done(errWrong)
	}
	if allowed, _ := fail(a, 5, "anna", "203.0.113.5"); allowed != 1 {
		t.Errorf("then %d more were allowed, want the 1 that the right one has given back", allowed)
	}
}

func TestOnlyWrongPasswordsCount(t *testing.T) {
	for _, c := range []struct {
		name    string
		outcome error
		allowed int
	}{
		{"a wrong password", errWrong, 2},
		{"no answer from the store", chat.Errorf(chat.CodeUnavailable, "Later."), 20},
		{"a client that has gone", context.Canceled, 20},
		{"the right password of somebody banned", chat.ErrBannedFromServer(), 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			two := Rate{Burst: 2, Every: time.Hour}
			a := NewAttempts(AttemptOptions{LogInPair: two, LogInName: two, Now: newClock().Now})
			allowed := 0
			for range 20 {
				if done, err := logIn(a, "anna", "192.0.2.1"); err == nil {
					allowed++
					done(c.outcome)
				}
			}
			if allowed != c.allowed {
				t.Errorf("%d of 20 tries were allowed, want %d", allowed, c.allowed)
			}
		})
	}
}

func TestClassOfFortyBehindOneAddressIsNotLimited(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	for i := range 40 {
		name := fmt.Sprintf("pupil%d", i)
		for range 2 { // the obvious name is taken
			if err := a.SignUp(name, "192.0.2.1"); err != nil {
				t.Fatalf("%s signing up: got %v, want it allowed", name, err)
			}
		}
		if allowed, err := fail(a, 1, name, "192.0.2.1"); allowed != 1 {
			t.Fatalf("%s mistyping: got %v, want it allowed", name, err)
		}
		succeed(t, a, name, "192.0.2.1")
	}
}

func TestAddressIsLimitedWhateverTheNames(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	for i := range 100 {
		if err := a.SignUp(fmt.Sprint("name", i), "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		succeed(t, a, fmt.Sprint("name", i), "192.0.2.1")
	}
	wantRefused(t, a.SignUp("one more", "192.0.2.1"), 6*time.Second)
	_, refusal := logIn(a, "one more", "192.0.2.1")
	wantRefused(t, refusal, time.Second)
	if err := a.SignUp("one more", "192.0.2.2"); err != nil {
		t.Errorf("another address: got %v, want it allowed", err)
	}
}

func TestSignUpsUnderOneNameAreLimited(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now})
	for i := range 30 {
		if err := a.SignUp("anna", fmt.Sprintf("192.0.2.%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	wantRefused(t, a.SignUp("anna", "192.0.2.99"), 2*time.Second)
}

func TestLimitsCanBeTurnedOff(t *testing.T) {
	off := Rate{Burst: -1}
	a := NewAttempts(AttemptOptions{LogInPair: off, LogInName: off, LogInAddress: off, SignUpName: off, SignUpAddress: off})
	if allowed, err := fail(a, 500, "anna", "192.0.2.1"); allowed != 500 {
		t.Errorf("%d log-ins were allowed, want all 500; the last refusal: %v", allowed, err)
	}
	for range 500 {
		if err := a.SignUp("anna", "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttemptsRememberALimitedNumber(t *testing.T) {
	a := NewAttempts(AttemptOptions{Now: newClock().Now, Entries: 100})
	for i := range 1000 {
		address := fmt.Sprintf("10.0.%d.%d", i/250, i%250)
		fail(a, 1, fmt.Sprint("name", i), address)
		succeed(t, a, fmt.Sprint("name", i), address)
		if err := a.SignUp(fmt.Sprint("name", i), address); err != nil {
			t.Fatal(err)
		}
	}
	for name, got := range map[string]int{
		"logInPair": a.logInPair.byKey.len(), "logInName": a.logInName.byKey.len(), "logInAddress": a.logInAddress.byKey.len(),
		"signUpName": a.signUpName.byKey.len(), "signUpAddress": a.signUpAddress.byKey.len(), "known": a.known.len(),
	} {
		if got > 100 {
			t.Errorf("%s remembers %d, want at most 100", name, got)
		}
	}
}

func TestLeastRecentlyUsedIsForgottenFirst(t *testing.T) {
	l := newLRU[int](2)
	one, two, three := keyOf("1"), keyOf("2"), keyOf("3")
	l.put(one, 1)
	l.put(two, 2)
	l.put(one, 11)
	l.put(three, 3)
	if _, ok := l.get(two); ok {
		t.Error("the least recently used is still there")
	}
	if v, ok := l.get(one); !ok || v != 11 {
		t.Errorf("got %d, %v, want 11, true", v, ok)
	}
}
