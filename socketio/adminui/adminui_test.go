package adminui

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"partychat/engineio"
	"partychat/socketio"
)

func TestInstrumentNeedsCredentials(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		opts Options
		ok   bool
	}{
		"nothing":           {Options{}, false},
		"no hash":           {Options{Username: "admin"}, false},
		"a plain password":  {Options{Username: "admin", PasswordHash: "secret"}, false},
		"no name":           {Options{PasswordHash: string(hash)}, false},
		"a name and a hash": {Options{Username: "admin", PasswordHash: string(hash)}, true},
		"no log-in at all":  {Options{NoAuth: true}, true},
	} {
		admin, err := Instrument(socketio.NewServer(socketio.Options{}), tt.opts)
		if (err == nil) != tt.ok {
			t.Errorf("%s: got %v", name, err)
		}
		if err == nil {
			admin.Close()
		}
	}
}

func TestFeaturesFollowTheOptions(t *testing.T) {
	for want, opts := range map[string]Options{
		"EMIT JOIN LEAVE DISCONNECT MJOIN MLEAVE MDISCONNECT AGGREGATED_EVENTS ALL_EVENTS": {},
		"AGGREGATED_EVENTS ALL_EVENTS": {ReadOnly: true},
		"AGGREGATED_EVENTS":            {ReadOnly: true, Aggregated: true},
	} {
		if got := strings.Join((&Admin{opts: opts}).features(), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	shown := show("/", socketio.SocketDetails{
		ID: "1", Data: json.RawMessage(`{"name":"ann","_admin":{"clientId":"abc","transport":"polling"}}`),
		Handshake: socketio.HandshakeDetails{
			Headers: map[string]string{
				"cookie": "a=secret", "authorization": "secret", "x-api-key": "secret", "sec-websocket-protocol": "secret",
				"referer": "http://a.example/?token=secret", "user-agent": "u", "x-forwarded-for": "192.0.2.1",
			},
			Auth:  json.RawMessage(`{"token":"secret"}`),
			Query: map[string]string{"EIO": "4", "token": "secret", "room": "secret"},
			URL:   "/socket.io/?EIO=4&token=secret&secret&transport=polling",
		},
	})
	raw, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"cookie", "authorization", `"auth"`, "x-api-key", "=secret", `"secret"`, "_admin"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("%s shows %q", raw, secret)
		}
	}
	h := shown.Handshake
	if h.URL != "/socket.io/?EIO=4&token=…&secret=…&transport=polling" || h.Query["EIO"] != "4" || h.Query["token"] != "…" {
		t.Errorf("got the URL %s and the query %v, want the names without the values", h.URL, h.Query)
	}
	if len(h.Headers) != 2 || h.Headers["user-agent"] != "u" || h.Headers["x-forwarded-for"] != "192.0.2.1" {
		t.Errorf("got the headers %v", h.Headers)
	}
	if shown.ClientID != "abc" || shown.Transport != "polling" || !strings.Contains(string(raw), `"name":"ann"`) {
		t.Errorf("got %s", raw)
	}
	if shown := show("/", socketio.SocketDetails{Data: json.RawMessage(`"text"`)}); shown.Data == nil {
		t.Error("data that is no object is not shown")
	}
}

func TestAttemptsAreLimitedByAddress(t *testing.T) {
	var g gate
	one, two := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	now := time.Now()
	for range maxAttempts {
		if !g.enter(one, now) {
			t.Fatal("refused too early")
		}
	}
	if g.enter(one, now) || !g.enter(two, now) {
		t.Error("the limit is not that of one address")
	}
	if !g.enter(one, now.Add(time.Minute)) {
		t.Error("refused after a minute")
	}
	for range 2 * maxAttempts {
		g.forgive(two)
		if !g.enter(two, now.Add(time.Minute)) {
			t.Fatal("who has the password was refused")
		}
	}
}

func TestManyAddressesDoNotLockAdminsOut(t *testing.T) {
	var g gate
	admin, now := netip.MustParsePrefix("192.0.2.1/32"), time.Now()
	for i := range maxNetworks + 10 {
		if !g.enter(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32), now) {
			t.Fatalf("address %d is refused", i)
		}
	}
	if len(g.attempts) > maxNetworks {
		t.Errorf("the attempts of %d addresses are kept", len(g.attempts))
	}
	if !g.enter(admin, now) {
		t.Error("an address is refused because of the others")
	}

	// Passwords from unknown networks wait; one from a network that has logged in before does not.
	g.forgive(admin)
	begun, end := make(chan struct{}), make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() { g.hash(netip.MustParsePrefix("192.0.2.2/32"), func() { close(begun); <-end }) })
	<-begun
	compared := false
	if !g.hash(admin, func() { compared = true }) || !compared {
		t.Error("a known address waits for the others")
	}
	close(end)
	work.Wait()
	for i := range maxSessions + 10 {
		g.forgive(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32))
	}
	if len(g.admins) > maxSessions {
		t.Errorf("%d known addresses are kept", len(g.admins))
	}
}

func TestSessionIDIsNotShownToOthers(t *testing.T) {
	var data any = session("secret") // as authenticate attaches it
	raw, err := json.Marshal(data)
	if err != nil || string(raw) != "null" {
		t.Errorf("got %s, %v, want nothing of it", raw, err)
	}
}

func TestWaitingPasswordComparisonsAreLimited(t *testing.T) {
	var l lane
	begun, end := make(chan struct{}), make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() { l.hash(func() { close(begun); <-end }) })
	<-begun
	refused := make(chan struct{})
	for range 2*maxHashing - 1 { // those beyond the limit return at once
		work.Go(func() {
			if !l.hash(func() {}) {
				refused <- struct{}{}
			}
		})
	}
	for range maxHashing {
		<-refused
	}
	close(end)
	work.Wait()
	if !l.hash(func() {}) {
		t.Error("refused when nobody waits")
	}
}

func TestSessionsInMemoryAreLimited(t *testing.T) {
	var m memoryStore
	ctx := context.Background()
	for range maxSessions + 10 {
		if err := m.SaveSession(ctx, time.Now().String()); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.sessions) > maxSessions {
		t.Errorf("got %d sessions", len(m.sessions))
	}
	known, err := m.SessionExists(ctx, "unknown")
	if known || err != nil {
		t.Errorf("got %v, %v", known, err)
	}
	err = m.SaveSession(ctx, "known")
	known, e := m.SessionExists(ctx, "known")
	if !known || errors.Join(err, e) != nil {
		t.Errorf("got %v, %v, %v", known, err, e)
	}
}

func TestCountsUseThePagesFormat(t *testing.T) {
	at := time.UnixMilli(1500)
	raw, err := json.Marshal(aggregates(engineio.TrafficCounts{
		Opened: 2, BytesOut: 7, Closed: map[engineio.CloseReason]int64{engineio.ReasonPingTimeout: 1},
	}, at))
	want := `[{"timestamp":1000,"type":"rawConnection","count":2},` +
		`{"timestamp":1000,"type":"rawDisconnection","subType":"ping timeout","count":1},` +
		`{"timestamp":1000,"type":"bytesOut","count":7}]`
	if err != nil || string(raw) != want {
		t.Errorf("got %s, %v, want %s", raw, err, want)
	}
}
