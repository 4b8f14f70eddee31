package chat

// Limits are the sizes that the rules allow. Lengths are in characters (Unicode
// code points). Zero fields take their defaults.
type Limits struct {
	UsernameMin int // default 2
	UsernameMax int // default 32
	PasswordMin int // default 8
	PasswordMax int // default 256
	RoomName    int // default 64
	Topic       int // default 256
	Message     int // default 8,000

	// NoticeMembers is the largest room, in members, whose timeline announces joins
	// and leaves; default 200, negative: no notices.
	NoticeMembers int

	Invitations int // open invitations to one room, or to conversations with one user; default 100

	MessagesPerPage int // page size if the caller sets no limit; default 10
	EntriesPerPage  int // the same for all other lists; default 50
	PageMax         int // the largest page that a caller can request; default 200
	// PageBytes is the maximum size of a page, in bytes of JSON; default 262,144. A
	// larger first entry is still returned, alone. Every answer must fit into a
	// socket's queue, whatever it contains.
	PageBytes int
	// ChangesMax is how many revs a client may be behind before it must start over;
	// default 2,000.
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

// pageSize returns the number of entries for a page if the caller asked for limit.
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
