package chat

import (
	"strings"
	"time"
	_ "time/tzdata" // zones are known on systems without a time zone database, too
)

// QuietHours is the part of each day during which nothing notifies a user.
type QuietHours struct {
	From, To int    // minutes after midnight, 0 to 1439; To is not included, and may be on the next day
	Zone     string // the name of an IANA time zone
}

const (
	minutesOfHour = 60
	minutesOfDay  = 24 * minutesOfHour
	zoneNameMax   = 64 // bytes; the longest names have half of them
)

// Includes reports whether the time is within the quiet hours, by the clock of the
// zone. A zone that this version of the program does not know has none.
func (q QuietHours) Includes(t time.Time) bool {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return false
	}
	local := t.In(zone)
	minute := local.Hour()*minutesOfHour + local.Minute()
	if q.From < q.To {
		return q.From <= minute && minute < q.To
	}
	return q.From <= minute || minute < q.To
}

// check returns what is wrong with quiet hours that a user sends.
func (q QuietHours) check() error {
	inDay := func(minute int) bool { return 0 <= minute && minute < minutesOfDay }
	if !inDay(q.From) || !inDay(q.To) {
		return ErrorIn("quiet", CodeInvalid, "Quiet hours begin and end at a minute from 0 to 1439.")
	}
	if q.From == q.To {
		return ErrorIn("quiet", CodeInvalid, "Quiet hours must not begin and end at the same time.")
	}
	if !isZoneName(q.Zone) {
		return errZone()
	}
	if _, err := time.LoadLocation(q.Zone); err != nil {
		return errZone()
	}
	return nil
}

// isZoneName reports whether the text has the form of a zone's name. "Local" would be
// the server's own zone.
func isZoneName(name string) bool {
	other := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("_+-/", c)
	}
	return name != "" && name != "Local" && len(name) <= zoneNameMax && !strings.ContainsFunc(name, other)
}

func errZone() *Error {
	return ErrorIn("quiet", CodeInvalid, "The time zone must be the name of an IANA time zone, such as Europe/Paris.")
}
