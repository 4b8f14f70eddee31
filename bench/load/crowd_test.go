//go:build linux

package load

import (
	"slices"
	"testing"
)

func TestAMemberOpensWithItsToken(t *testing.T) {
	plan := Plan{Rooms: 1, Party: []Member{{Token: "secret"}}}
	want := []exchange{{`40{"protocol":1,"token":"secret"}`, "40{"}, {"", `42["ready",`}}
	if got := plan.opening(0); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
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
