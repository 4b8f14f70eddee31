package load

import (
	"errors"
	"testing"
)

// step is an operation on a ledger.
type step func(l *ledger) error

func sends(sender int) step {
	return func(l *ledger) error {
		_, err := l.send(sender, 0)
		return err
	}
}

func gets(client int, id uint64) step {
	return func(l *ledger) error {
		_, err := l.deliver(client, id)
		return err
	}
}

func acks(id uint64) step {
	return func(l *ledger) error {
		_, err := l.ack(id)
		return err
	}
}

// Clients 0 and 1 are in room 0, clients 2 and 3 in room 1. Senders 0, 1 and 2
// are the clients of the same number.
func testLedger() *ledger { return newLedger([]int{0, 0, 1, 1}, []int{0, 1, 2}) }

func TestLedger(t *testing.T) {
	tests := []struct {
		name  string
		steps []step // all but the last succeed
		want  error  // the error of the last step
	}{
		{"a message that everyone gets", []step{sends(0), gets(0, 0), gets(1, 0), acks(0)}, nil},
		{"an acknowledgement before the deliveries", []step{sends(0), acks(0), gets(1, 0), gets(0, 0)}, nil},
		{"messages of different senders may overtake each other", []step{sends(0), sends(1), gets(0, 1), gets(0, 0)}, nil},
		{"a duplicate message", []step{sends(0), gets(1, 0), gets(1, 0)}, errRepeated},
		{"a duplicate message, after others", []step{sends(0), sends(0), gets(1, 0), gets(1, 1), gets(1, 0)}, errRepeated},
		{"a message that overtakes one of the same sender", []step{sends(0), sends(0), gets(1, 1)}, errReordered},
		{"a message that was never sent", []step{sends(0), gets(1, 1)}, errUnknown},
		{"a message from another room", []step{sends(0), gets(2, 0)}, errUnknown},
		{"a duplicate acknowledgement", []step{sends(0), acks(0), acks(0)}, errStrayAck},
		{"an acknowledgement without a message", []step{acks(0)}, errStrayAck},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := testLedger()
			last := len(test.steps) - 1
			for _, step := range test.steps[:last] {
				if err := step(l); err != nil {
					t.Fatal(err)
				}
			}
			if err := test.steps[last](l); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestLedgerCountsMessagesInFlight(t *testing.T) {
	l := testLedger()
	steps := []struct {
		step step
		want int
	}{
		{sends(0), 1}, {sends(2), 2}, {gets(0, 0), 2}, {gets(1, 0), 2}, {acks(0), 1}, {acks(1), 1}, {gets(3, 1), 1}, {gets(2, 1), 0},
	}
	for i, s := range steps {
		if err := s.step(l); err != nil {
			t.Fatal(err)
		}
		if l.unsettled != s.want {
			t.Errorf("after step %d: got %d, want %d", i, l.unsettled, s.want)
		}
	}
}

func TestLedgerDoesNotOverwriteMessagesInFlight(t *testing.T) {
	l := testLedger()
	for range ledgerSize {
		if _, err := l.send(0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.send(0, 0); !errors.Is(err, errOverrun) {
		t.Errorf("got %v, want %v", err, errOverrun)
	}
}

func TestLedgerForgetsSettledMessages(t *testing.T) {
	l := newLedger([]int{0}, []int{0})
	for id := range uint64(2 * ledgerSize) {
		for _, step := range []step{sends(0), gets(0, id), acks(id)} {
			if err := step(l); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := l.deliver(0, 0); !errors.Is(err, errUnknown) {
		t.Errorf("an overwritten message: got %v, want %v", err, errUnknown)
	}
}

func TestSameOrder(t *testing.T) {
	tests := []struct {
		name   string
		orders [2][]uint64 // ids that clients 0 and 1 receive
		want   bool
	}{
		{"the same", [2][]uint64{{0, 1}, {0, 1}}, true},
		{"another", [2][]uint64{{0, 1}, {1, 0}}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := testLedger()
			steps := []step{sends(0), sends(1)}
			for client, ids := range test.orders {
				for _, id := range ids {
					steps = append(steps, gets(client, id))
				}
			}
			for _, step := range steps {
				if err := step(l); err != nil {
					t.Fatal(err)
				}
			}
			if got := l.sameOrder(); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
