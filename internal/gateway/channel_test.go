package gateway

import "testing"

func TestAChannelKeepsNoTableWhenNobodyWaits(t *testing.T) {
	first, second := &conn{}, &conn{}
	c := &channel{waiting: map[*conn][]outgoing{first: {{name: "x"}}, second: nil}}
	c.stopWaiting(first)
	if _, waits := c.waiting[second]; !waits || len(c.waiting) != 1 {
		t.Errorf("got %v, want the second alone to wait", c.waiting)
	}
	c.stopWaiting(second)
	if c.waiting != nil {
		t.Error("the empty table is kept")
	}
	c.stopWaiting(second)
}
