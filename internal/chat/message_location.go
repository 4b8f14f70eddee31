package chat

import (
	"math"
	"strconv"
	"strings"
	"time"
)

var locationKind = kind{body: locationBody, detail: locationDetail, deletable: true, counted: true}

func locationBody(r *rules, input SendInput, now time.Time) (string, error) {
	if input.Body != "" {
		return "", ErrorIn("body", CodeInvalid, "The body of a location must be empty.")
	}
	location, err := r.location(input.Location, now)
	if err != nil {
		return "", err
	}
	return location.URI(), nil
}

func locationDetail(m *Message) {
	if location, ok := ParseLocation(m.Body); ok {
		m.Location = &location
	}
}

// accuracyMax, in metres, is more than half of the Earth's circumference. A less
// accurate position would mean nothing.
const accuracyMax = 50e6

// Location is a position on the Earth (WGS 84), the content of a message of kind
// MessageLocation. Its URI is stored as the message's body.
type Location struct {
	Latitude  float64   // degrees north, −90 to 90
	Longitude float64   // degrees east, −180 to 180
	Accuracy  *float64  // radius in metres
	Time      time.Time // when the position was measured
}

// URI returns the location as a geo: URI (RFC 5870). Its parameter t is the time,
// in milliseconds since 1970.
func (l Location) URI() string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	uri := "geo:" + number(l.Latitude) + "," + number(l.Longitude)
	if l.Accuracy != nil {
		uri += ";u=" + number(*l.Accuracy)
	}
	return uri + ";t=" + strconv.FormatInt(l.Time.UnixMilli(), 10)
}

// ParseLocation undoes URI.
func ParseLocation(uri string) (location Location, ok bool) {
	rest, ok := strings.CutPrefix(uri, "geo:")
	parts := strings.Split(rest, ";")
	latitude, longitude, found := strings.Cut(parts[0], ",")
	if !ok || !found {
		return Location{}, false
	}
	var err error
	number := func(text string) float64 {
		x, e := strconv.ParseFloat(text, 64)
		if e != nil {
			err = e
		}
		return x
	}
	l := Location{Latitude: number(latitude), Longitude: number(longitude)}
	for _, parameter := range parts[1:] {
		name, value, _ := strings.Cut(parameter, "=")
		switch name {
		case "u":
			accuracy := number(value)
			l.Accuracy = &accuracy
		case "t":
			ms, e := strconv.ParseInt(value, 10, 64)
			if e != nil {
				err = e
			}
			l.Time = time.UnixMilli(ms).UTC()
		}
	}
	return l, err == nil
}

// location checks a position that a user sends.
func (r *rules) location(l *Location, now time.Time) (Location, error) {
	bad := func(field, message string) (Location, error) {
		return Location{}, ErrorIn(field, CodeInvalid, "%s", message)
	}
	// The comparisons are negated so that NaN fails them.
	switch {
	case l == nil:
		return bad("location", "The message needs a location.")
	case !(math.Abs(l.Latitude) <= 90):
		return bad("location.latitude", "The latitude must be from −90 to 90 degrees.")
	case !(math.Abs(l.Longitude) <= 180):
		return bad("location.longitude", "The longitude must be from −180 to 180 degrees.")
	case l.Accuracy != nil && !(*l.Accuracy >= 0 && *l.Accuracy <= accuracyMax):
		return bad("location.accuracy", "The accuracy must be from 0 to 50,000,000 metres.")
	case l.Time.IsZero() || l.Time.Year() < 1970:
		return bad("location.time", "The location needs the time when it was taken.")
	}
	checked := *l
	// Clients' clocks differ, so that a time in the future becomes the present.
	if checked.Time.After(now) {
		checked.Time = now
	}
	return checked, nil
}
