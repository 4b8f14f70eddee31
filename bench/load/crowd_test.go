//go:build linux

package load

import (
	"slices"
	"testing"
)

func TestAMemberOpensWithItsToken(t *testing.T) {
	plan := Plan{Rooms: 1, Party: []Member{{Token: "secret"}}}
	got := plan.opening(0)
	if len(got) != 2 || got[0].say != `40{"protocol":1,"token":"secret"}` || got[0].hear != "40{" || got[1].say != "" || got[1].hear != `42["ready",` {
		t.Errorf("got %+v, want the token, and to wait for ready", got)
	}
}

func TestTheClientsOfARoomAreSpreadEvenlyOverTheNodes(t *testing.T) {
	plan := Plan{Addresses: []string{"a", "b"}, Rooms: 2}
	var got []int
	for client := range 8 {
		got = append(got, plan.node(client))
	}
	if want := []int{0, 0, 1, 1, 0, 0, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d: half of each room at each node", got, want)
	}
}
