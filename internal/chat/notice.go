package chat

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeJoined NoticeKind = "joined" // the user has become a member
	NoticeLeft   NoticeKind = "left"   // the user is none any more
)

// Notice is what a message of kind MessageNotice says.
type Notice struct {
	Kind NoticeKind `json:"kind"`
	User Author     `json:"user"`
}
