package profile

import (
	"strings"
	"testing"
)

func names(profiles []Profile) string {
	var list []string
	for _, p := range profiles {
		list = append(list, p.Name)
	}
	return strings.Join(list, " ")
}

func TestSelect(t *testing.T) {
	tests := []struct{ input, want string }{
		{"idle-5000", "idle-5000"},
		{"single, broadcast-100", "single broadcast-100"},
		{"connect,single", "connect-websocket connect-polling single"},
		{"full", names(All())},
		{"steady", "steady-100 steady-1000 single"},
	}
	for _, test := range tests {
		got, err := Select(test.input)
		if err != nil {
			t.Fatal(err)
		}
		if names(got) != test.want {
			t.Errorf("%s: got %s, want %s", test.input, names(got), test.want)
		}
	}
	if _, err := Select("broadcast-7"); err == nil || !strings.Contains(err.Error(), `"broadcast-7"`) {
		t.Errorf("unknown profile: got %v, want an error that names it", err)
	}
}

func TestEveryPresetCanBeSelected(t *testing.T) {
	for preset := range presets {
		if _, err := Select(preset); err != nil {
			t.Errorf("%s: %v", preset, err)
		}
	}
}

func TestEveryProfileIsConsistent(t *testing.T) {
	for _, p := range All() {
		if p.Title == "" || p.Clients < 1 || p.Rooms < 1 || p.Clients%p.Rooms != 0 {
			t.Errorf("%s: %+v", p.Name, p)
		}
		sends := p.Kind != Idle && p.Kind != Connect && p.Kind != Scale && p.Kind != Return
		if sends != (p.Senders > 0 && p.Size == 100 && p.Senders <= p.Clients) {
			t.Errorf("%s: %d senders of %d bytes", p.Name, p.Senders, p.Size)
		}
		if (p.Kind == Open || p.Kind == Crossing) != (p.Rate > 0) {
			t.Errorf("%s: rate %v", p.Name, p.Rate)
		}
	}
}

func TestAPresetMayContainPresets(t *testing.T) {
	sockets, err := Select("sockets")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range sockets {
		if p.Kind.Suite() != Sockets {
			t.Errorf("%s belongs to %s, want %s", p.Name, p.Kind.Suite(), Sockets)
		}
	}
	if len(sockets) != 10 {
		t.Errorf("got %s, want ten", names(sockets))
	}
}

func TestTheSteadyProfilesRequest20000DeliveriesPerSecond(t *testing.T) {
	for _, name := range []string{"steady-100", "steady-1000"} {
		p, _ := find(name)
		if got := p.Rate * float64(p.Clients); got != 20_000 {
			t.Errorf("%s: got %v, want 20000", name, got)
		}
	}
}

func TestTheLoadIsTheBottleneckIfOnlyItsCoreIsBusy(t *testing.T) {
	tests := []struct {
		load, server float64
		want         bool
	}{{99, 50, true}, {99, 99, false}, {50, 50, false}}
	for _, test := range tests {
		s := Sample{Values: map[string]float64{LoadBusy.Name: test.load, ServerBusy.Name: test.server}}
		if got := s.LoadLimited(); got != test.want {
			t.Errorf("load %v %%, server %v %%: got %v, want %v", test.load, test.server, got, test.want)
		}
	}
}
