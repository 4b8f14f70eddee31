package load

import (
	"strings"
	"testing"
	"time"
)

func TestAClientReturnsWithTheRevsItKnows(t *testing.T) {
	returns := NewReturns()
	plan := Plan{Rooms: 1, Party: []Member{{Token: "secret"}}, Returns: returns}
	first := plan.opening(0)
	if got := first[0].say; got != `40{"protocol":2,"token":"secret"}` {
		t.Errorf("the first time: got %s, want no known", got)
	}
	whole := `42["ready",{"user":{"id":9},"rev":7,"subscriptions":[{"id":5,"rev":3},{"id":6,"rev":0}]}]`
	if err := first[1].take(whole); err != nil {
		t.Fatal(err)
	}
	if got := plan.opening(0)[0].say; strings.Contains(got, "known") {
		t.Errorf("got %s, want no known unless revs are to be named", got)
	}
	returns.Name = true
	again := plan.opening(0)
	known := `"known":{"user":9,"rev":7,"rooms":{"5":3,"6":0}}`
	if got := again[0].say; !strings.Contains(got, known) {
		t.Errorf("got %s, want %s", got, known)
	}
	returns.Reset()
	delta := `42["ready",{"rev":7,"delta":true,"subscriptions":[]}]`
	if err := again[1].take(delta); err != nil {
		t.Fatal(err)
	}
	if got := plan.opening(0)[0].say; !strings.Contains(got, known) {
		t.Errorf("after a delta: got %s, want still %s", got, known)
	}
	if got := returns.Waited().Count(); got != 1 || returns.Bytes() != len(delta) {
		t.Errorf("got %d waits and %d bytes, want those of the last return alone", got, returns.Bytes())
	}
	if returns.Waited().Max() > time.Hour {
		t.Error("the wait is not counted from the opening")
	}
	if err := again[1].take(`42["ready",7]`); err == nil {
		t.Error("a greeting that is none was taken")
	}
}
