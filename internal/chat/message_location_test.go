package chat

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLocationsAreValidated(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	at := now.Add(-time.Minute)
	accuracy := func(x float64) *float64 { return &x }
	for _, test := range []struct {
		name     string
		location *Location
		field    string // "" if it is valid
	}{
		{"a place in Berlin", &Location{Latitude: 52.520008, Longitude: 13.404954, Accuracy: accuracy(20), Time: at}, ""},
		{"no accuracy", &Location{Latitude: -33.9, Longitude: -70.5, Time: at}, ""},
		{"the south pole at the edge of the map", &Location{Latitude: -90, Longitude: 180, Accuracy: accuracy(0), Time: at}, ""},
		{"latitude and longitude 0", &Location{Time: at}, ""},
		{"no location", nil, "location"},
		{"beyond the north pole", &Location{Latitude: 90.0001, Time: at}, "location.latitude"},
		{"a latitude that is not a number", &Location{Latitude: math.NaN(), Time: at}, "location.latitude"},
		{"beyond the edge of the map", &Location{Longitude: -180.5, Time: at}, "location.longitude"},
		{"an infinite longitude", &Location{Longitude: math.Inf(1), Time: at}, "location.longitude"},
		{"a negative accuracy", &Location{Accuracy: accuracy(-1), Time: at}, "location.accuracy"},
		{"an accuracy beyond the Earth's size", &Location{Accuracy: accuracy(6e7), Time: at}, "location.accuracy"},
		{"no time", &Location{}, "location.time"},
		{"a time before there were browsers", &Location{Time: time.Unix(-1, 0)}, "location.time"},
	} {
		input := SendInput{Kind: MessageLocation, Location: test.location}
		kind, body, err := new(rules).content(input, now)
		if test.field != "" {
			if CodeOf(err) != CodeInvalid || ErrorFrom(err).Field != test.field {
				t.Errorf("%s: got %v, want CodeInvalid on %s", test.name, err, test.field)
			}
			continue
		}
		if err != nil || kind != MessageLocation {
			t.Errorf("%s: got %s, %v, want it accepted", test.name, kind, err)
			continue
		}
		got := Message{Kind: kind, Body: body}
		got.SetDetail()
		if diff := cmp.Diff(test.location, got.Location); diff != "" {
			t.Errorf("%s: from %q (-want +got):\n%s", test.name, body, diff)
		}
	}
}

func TestALocationFromTheFutureGetsThePresentTime(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	got, err := new(rules).location(&Location{Time: now.Add(time.Hour)}, now)
	if err != nil || !got.Time.Equal(now) {
		t.Errorf("got %v, %v, want %v", got.Time, err, now)
	}
}

func TestOnlyLocationsHaveALocationAndOnlyTextsABody(t *testing.T) {
	place := &Location{Time: time.Now()}
	for field, input := range map[string]SendInput{
		"body":     {Kind: MessageLocation, Location: place, Body: "here"},
		"location": {Body: "here", Location: place},
	} {
		if _, _, err := (&rules{limits: Limits{}.withDefaults()}).content(input, time.Now()); ErrorFrom(err).Field != field {
			t.Errorf("got %v, want an error on %s", err, field)
		}
	}
}

func TestALocationsURI(t *testing.T) {
	accuracy := 20.5
	got := Location{Latitude: 52.5, Longitude: -13, Accuracy: &accuracy, Time: time.UnixMilli(1700000000123)}.URI()
	if want := "geo:52.5,-13;u=20.5;t=1700000000123"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzLocations(f *testing.F) {
	for _, s := range []string{"", "geo:", "geo:1,2", "geo:1,2;u=3;t=4", "geo:1,2;crs=wgs84", "geo:x,y", "geo:1,2;t=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		location, ok := ParseLocation(s)
		if !ok || location.Latitude != location.Latitude || location.Longitude != location.Longitude {
			return
		}
		again, ok := ParseLocation(location.URI())
		if !ok || again.Latitude != location.Latitude || again.Longitude != location.Longitude {
			t.Errorf("ParseLocation(%q): got %+v, and then %+v, %v", s, location, again, ok)
		}
	})
}
