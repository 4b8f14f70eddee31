package chat

import (
	"cmp"
	"time"
)

// Limits are the sizes that the rules allow. Lengths are in characters (Unicode
// code points). Zero fields take their defaults.
type Limits struct {
	UsernameMin int // default 2
	UsernameMax int // default 32
	PasswordMin int // default 8
	PasswordMax int // default 256
	RoomName    int // default 64
	DisplayName int // default 64
	Status      int // text of a status; default 80
	Topic       int // default 256
	Message     int // default 8,000

	// NoticeMembers is the largest room, in members, whose timeline announces joins
	// and leaves; default 200, negative: no notices.
	NoticeMembers int

	Mentions int // people whom one message can mention; default 50

	Files         int           // in one message; default 10, 0 once the server keeps none
	FileSize      int64         // bytes of one file; default 100 MiB
	FilesOfUser   int64         // bytes of all files of one user; default 2 GiB
	FilesOfServer int64         // bytes of all files; default 0: unlimited
	UploadAge     time.Duration // after which an upload that was not sent is deleted; default 24 hours

	Invitations int // open invitations to one room, or to conversations with one user; default 100

	Reactions int // different emoji that may be under one message; default 20

	Pins      int // messages that are pinned to one room; default 100
	Bookmarks int // of one user; default 1,000

	MessagesPerPage int // page size if the caller sets no limit; default 10
	EntriesPerPage  int // the same for all other lists; default 50
	PageMax         int // the largest page that a caller can request; default 200
	// PageBytes is the maximum size of a page, in bytes of JSON; default 262,144. A
	// larger first entry is still returned, alone. Every answer must fit into a
	// socket's queue, whatever it contains.
	PageBytes     int
	SearchText    int // length of a search for messages; default 500
	SearchPerPage int // its page size if the caller sets no limit; default 20
	// SearchCandidates is how many messages that the index names one page of a search
	// reads at most, and SearchTail how many that are not indexed yet; default 2,000 and
	// 5,000.
	SearchCandidates, SearchTail int

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
	set(&l.DisplayName, 64)
	set(&l.Status, 80)
	set(&l.Message, 8000)
	set(&l.NoticeMembers, 200)
	set(&l.Mentions, 50)
	set(&l.Invitations, 100)
	set(&l.Reactions, 20)
	set(&l.Pins, 100)
	set(&l.Bookmarks, 1000)
	set(&l.MessagesPerPage, 10)
	set(&l.EntriesPerPage, 50)
	set(&l.PageMax, 200)
	set(&l.PageBytes, 256<<10)
	set(&l.SearchText, 500)
	set(&l.SearchPerPage, 20)
	set(&l.SearchCandidates, 2000)
	set(&l.SearchTail, 5000)
	set(&l.Files, 10)
	l.FileSize = cmp.Or(l.FileSize, 100<<20)
	l.FilesOfUser = cmp.Or(l.FilesOfUser, 2<<30)
	l.UploadAge = cmp.Or(l.UploadAge, 24*time.Hour)
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
