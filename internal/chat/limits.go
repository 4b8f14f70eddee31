package chat

// Limits are the sizes that the rules allow. Lengths are in characters, that
// is in Unicode code points. A zero field means its default.
type Limits struct {
	UsernameMin int // default 2
	UsernameMax int // default 32
	PasswordMin int // default 8
	PasswordMax int // default 256
	RoomName    int // default 64
	Topic       int // default 256
	Message     int // default 8,000

	// NoticeMembers is how many members a room may have whose timeline says who
	// comes and goes; default 200, none if it is negative.
	NoticeMembers int

	Invitations int // to one room, or to conversations with one user; default 100

	MessagesPerPage int // when the caller names no limit; default 10
	EntriesPerPage  int // the same for all other lists; default 50
	PageMax         int // the most that a page holds; default 200
	// PageBytes is how much a page holds at most, in bytes of JSON, unless its
	// first entry alone has more; default 262,144. Every answer must fit into the
	// queue of a socket, whatever is written in it.
	PageBytes int
	// ChangesMax is how many revs a client may be behind before it is told to
	// start over; default 2,000.
	ChangesMax int64
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.UsernameMin, 2)
	set(&l.UsernameMax, 32)
	set(&l.PasswordMin, 8)
	set(&l.PasswordMax, 256)
	set(&l.RoomName, 64)
	set(&l.Topic, 256)
	set(&l.Message, 8000)
	set(&l.NoticeMembers, 200)
	set(&l.Invitations, 100)
	set(&l.MessagesPerPage, 10)
	set(&l.EntriesPerPage, 50)
	set(&l.PageMax, 200)
	set(&l.PageBytes, 256<<10)
	if l.ChangesMax == 0 {
		l.ChangesMax = 2000
	}
	return l
}

// pageSize is how many entries a page gets when limit were asked for.
func (l Limits) pageSize(limit, whenZero int) (int, error) {
	switch {
	case limit < 0:
		return 0, ErrorIn("limit", CodeInvalid, "The limit must not be negative.")
	case limit == 0:
		return whenZero, nil
	default:
		return min(limit, l.PageMax), nil
	}
}

// roomPage is pageSize for rooms, whose topics may be long: a page of the
// longest ones fits into PageBytes.
func (l Limits) roomPage(limit int) (int, error) {
	size, err := l.pageSize(limit, l.EntriesPerPage)
	longest := roomSize + escapedMax*(l.RoomName+l.Topic)
	return max(1, min(size, l.PageBytes/longest)), err
}
