package chat

import (
	"context"
	"fmt"
	"time"
)

// PushSubscription is a device that receives pushes (RFC 8030), with what it takes to
// encrypt for it (RFC 8291).
type PushSubscription struct {
	ID        string // a hash of the endpoint
	User      UserID
	Session   string // Session.ID; its end deletes the subscription
	Endpoint  string // a secret URL of the push service
	P256DH    string // the device's public key, base64url without padding
	Auth      string // the device's secret, base64url without padding
	Origin    string // where the device has opened the client, such as https://chat.example
	ShowsText bool   // whether pushes have the text of messages
	CreatedAt time.Time
	RenewedAt time.Time // when the device last reported it
}

// PushKeys are the server's key pair (RFC 8292), base64url without padding.
type PushKeys struct{ Public, Private string }

// PushStore stores subscriptions.
type PushStore interface {
	// PushKeys returns the server's keys. If there are none, it stores those given. All
	// nodes get the same.
	PushKeys(ctx context.Context, made PushKeys, at time.Time) (PushKeys, error)
	// PutPushSubscription stores the subscription, or replaces the one with that ID,
	// and keeps its CreatedAt unless the user differs. Of a user with more than limit
	// subscriptions, those renewed first are removed. CodeNotFound if there is no such
	// user.
	PutPushSubscription(ctx context.Context, sub PushSubscription, limit int) error
	// PushSubscriptions returns the user's subscriptions, those renewed last first.
	PushSubscriptions(ctx context.Context, user UserID) ([]PushSubscription, error)
	// DeletePushSubscription removes the subscription, if it is the user's or user is
	// 0. It returns nil if there is none.
	DeletePushSubscription(ctx context.Context, user UserID, id string) error
	// KeepActive records that the user looks at a device until then, unless a later time
	// is known, or the user has no subscriptions.
	KeepActive(ctx context.Context, user UserID, until time.Time) error
}

// KindPush is the kind of jobs that make a device show what its user has not read in a
// room, or stop showing it.
const KindPush JobKind = "push"

// PushTarget is what the job of a push is about.
type PushTarget struct {
	Subscription string
	Room         RoomID
	Seq          int64 // of the latest message to notify about
}

// Payload returns the target as the payload of its job.
func (t PushTarget) Payload() string { return fmt.Sprintf("%s %d %d", t.Subscription, t.Room, t.Seq) }

// ParsePushTarget undoes Payload.
func ParsePushTarget(payload string) (t PushTarget, err error) {
	if _, err := fmt.Sscanf(payload, "%s %d %d", &t.Subscription, &t.Room, &t.Seq); err != nil {
		return PushTarget{}, fmt.Errorf("read the job of a push: %w", err)
	}
	return t, nil
}

// PushMember is a member of a room, with a device that receives pushes.
type PushMember struct {
	Subscription string
	User         User
	Room         RoomID
	Peer         UserID // the other user, in a conversation
	Level        Level
	Settings     Settings
	ReadSeq      int64
	Since        time.Time // when both the membership and the subscription were there
}

// PushState is what decides on a push, in one snapshot.
type PushState struct {
	Subscription PushSubscription
	User         User
	Member       bool // the user is a member of the room
	Peer         UserID
	ReadSeq      int64
	ShownSeq     int64     // of the message that the device shows; 0: none
	ActiveUntil  time.Time // until when the user looks at a device; zero: unknown
}

// PushPlan is how the messages of a batch become jobs.
type PushPlan struct {
	// Notifies decides on one message of a thread that the member follows, or of another,
	// newer than the member's ReadSeq and Since, and
	// of another author.
	Notifies func(member PushMember, follows bool, m Message) bool
	Now      time.Time
	Delay    time.Duration // from now until jobs are due
	Keep     time.Duration // from now until they expire
	Messages int           // read at most
}

// PushTrailStore writes the jobs of pushes. They trail the commits of messages, as the
// search index does: sends cost nothing more, and a durable cursor in each room says up
// to which message jobs are written, so that a crash in between loses none.
type PushTrailStore interface {
	// Unpushed receives a value when messages have no jobs yet, or read positions have moved.
	Unpushed() <-chan struct{}
	// NoteRead tells this node's trail that the user's read position in a room has moved.
	NoteRead(user UserID)
	// ComparePushes looks through all rooms for messages without jobs, and for
	// notifications that were read, such as those of a node that has died.
	ComparePushes(ctx context.Context) error
	// PlanPushes writes the jobs of a batch of messages and of read notifications, each
	// batch in one transaction with its cursors. N is how many messages and
	// notifications it has processed; 0: there are none.
	PlanPushes(ctx context.Context, plan PushPlan) (n int, err error)
	// PushState fails with CodeNotFound if there is no such subscription.
	PushState(ctx context.Context, subscription string, room RoomID) (PushState, error)
	// PushShown records what the notification of the room on the device shows; seq 0:
	// there is none.
	PushShown(ctx context.Context, subscription string, room RoomID, seq int64) error
}
