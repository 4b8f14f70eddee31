package wire

import "partychat/internal/chat"

// FollowCommand is the argument of thread:follow.
type FollowCommand struct {
	Room chat.RoomID `json:"room"`
	Root int64       `json:"root"` // the seq of the root
	On   bool        `json:"on"`   // false: stop following
}

// ThreadReadCommand is the argument of thread:read.
type ThreadReadCommand struct {
	Room chat.RoomID `json:"room"`
	Root int64       `json:"root"`
	Seq  int64       `json:"seq"` // everything in the thread up to this seq is read
}

// ThreadPut is the event thread:put.
type ThreadPut struct {
	Rev     int64       `json:"rev"` // of the user's stream
	Room    chat.RoomID `json:"room"`
	Root    int64       `json:"root"`
	Follows bool        `json:"follows"`
	ReadSeq int64       `json:"readSeq"`
}

// ThreadPutOf returns the event that I follow a thread, or have read on in it.
func ThreadPutOf(e chat.ThreadPut) ThreadPut {
	return ThreadPut{Rev: e.Rev, Room: e.Room, Root: e.Root, Follows: e.Follows, ReadSeq: e.ReadSeq}
}

// ThreadAnswer is what I am to a thread.
type ThreadAnswer struct {
	Follows bool  `json:"follows"`
	ReadSeq int64 `json:"readSeq"` // while I follow it
	Unread  int64 `json:"unread"`  // while I follow it: messages of others behind readSeq
}

// FollowedThread is a thread that I follow.
type FollowedThread struct {
	Room    chat.RoomID `json:"room"`
	Root    int64       `json:"root"`
	ReadSeq int64       `json:"readSeq"`
	Unread  int64       `json:"unread"`  // messages of others behind readSeq
	Message Message     `json:"message"` // the root, with the beginning of its text; its replies name no authors
}

func followedThreadOf(t chat.FoundThread) FollowedThread {
	return FollowedThread{Room: t.Room, Root: t.Root, ReadSeq: t.ReadSeq, Unread: t.Unread, Message: MessageOf(&t.Message)}
}

// ThreadList is a page of the threads that I follow.
type ThreadList struct {
	Threads []FollowedThread `json:"threads"`        // those with the latest replies first
	Next    string           `json:"next,omitempty"` // continues the list as after
	Unread  int              `json:"unread"`         // threads of the whole list that have unread messages
}

// ThreadListOf returns the page as clients see it.
func ThreadListOf(l chat.ThreadList) ThreadList {
	return ThreadList{Threads: listOf(l.Threads, followedThreadOf), Next: l.Next, Unread: l.Unread}
}
