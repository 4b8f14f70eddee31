package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/ratelimit"
	"partychat/internal/wire"
)

func TestAUserHasOneBudgetOnAllSockets(t *testing.T) {
	few := ratelimit.Options{PerSecond: 0.001, Burst: 4}
	s := newServerOn(t, chat.Deps{Budget: ratelimit.NewBudget(ratelimit.BudgetOptions{Reads: few, Writes: few})})
	ada := s.signUp("ada")
	ada.send(chat.MainRoom, "hello")
	tabs := []*tab{ada.connect(), ada.connect()}
	for name, argument := range map[string]any{
		"room:sync": wire.SyncCommand{Room: chat.MainRoom},
		"room:read": wire.ReadCommand{Room: chat.MainRoom, Seq: 1},
	} {
		for i := range 4 {
			if a := tabs[i%2].do(name, argument); !a.OK {
				t.Fatalf("%s %d: got %+v, want it allowed", name, i, a.Error)
			}
		}
		for _, c := range tabs {
			if a := c.do(name, argument); a.OK || a.Error.Code != chat.CodeRateLimited || a.Error.RetryAfter == 0 {
				t.Errorf("%s: got %+v, want rate_limited and when to come back", name, a.Error)
			}
		}
	}
	tabs[0].send(chat.MainRoom, "sends have a limit of their own")
	tabs[0].settled()
}
