package chat

import (
	"context"
	"strconv"
	"time"
)

// RoomAdmin is the service for what the admins of a room do with the room as a whole:
// archive it, delete it, and share their role.
type RoomAdmin struct{ *core }

// KindPurge is the kind of the jobs that remove what a deleted room has left. The key is
// the room.
const KindPurge JobKind = "purge"

// purgeKeep is how long a job goes on trying to remove what a deleted room has left.
const purgeKeep = 365 * 24 * time.Hour

// purgeBatch is how many messages of a deleted room are removed at once.
const purgeBatch = 500

// Appointed is a member whose role was changed. Subscription.Membership has the revs of
// the change.
type Appointed struct {
	Member       Member
	Subscription Subscription
}

// RoomDeletion is the result of deleting a room.
type RoomDeletion struct {
	Deleted bool  // false: it had been deleted before
	Rev     int64 // of the room's stream
	// Members are the ends of the memberships, in any order.
	Members   []SubscriptionGone
	Withdrawn []InvitationGone // invitations, each for only one user
}

// RoomAdminStore stores what the admins of rooms do.
type RoomAdminStore interface {
	// DeleteRoom makes the room a RoomDeleted without name, topic, members, bans and
	// invitations, takes the next rev of its stream, and stores the job, which calls
	// PurgeRoom. From the answer on, nothing can be written in the room, and nobody can
	// read it. A room that has been deleted before fails with CodeNotFound.
	DeleteRoom(ctx context.Context, act *Act, room RoomID, job NewJob) (RoomDeletion, error)
	// PurgeRoom removes at most limit messages of a deleted room, with their files, marks,
	// threads and places in the search index. Blobs are left to the sweeper. More reports
	// whether some may be left.
	PurgeRoom(ctx context.Context, room RoomID, limit int) (more bool, err error)
	// SetMemberRole gives a member another role within the room. The change takes a rev of
	// the room's stream and one of the user's. Changed is false if the user has that role
	// already. CodeNotFound on "user" if there is no such membership; CodeInvalid on "role" if a room other than
	// MainRoom would have no admin any more.
	SetMemberRole(ctx context.Context, act *Act, room RoomID, user UserID, role Role) (member Appointed, changed bool, err error)
}

// ErrLastAdmin is the error for taking the role from the last admin of a room.
func ErrLastAdmin() *Error {
	return ErrorIn("role", CodeInvalid, "This is the room's only admin. Make somebody else admin first.")
}

// Archive archives the room or, if on is false, unarchives it. Doing it twice is not an
// error. Errors: CodeNotFound for rooms that the user may not see; CodeForbidden if the user may not
// change the room, and for MainRoom.
func (r *RoomAdmin) Archive(ctx context.Context, by User, id RoomID, on bool) (Room, error) {
	var at time.Time
	if on {
		at = r.now()
	}
	room, changed, err := r.store.ChangeRoom(ctx, actOf(by, Access.closes), id, RoomChange{ArchivedAt: &at})
	if err != nil {
		return Room{}, noRoomIn(err)
	}
	if changed {
		r.events.publish(ctx, RoomChanged{Rev: room.Rev, Room: room})
	}
	return room, nil
}

// Delete deletes the room for everybody. Name must be the name of the room at that
// moment. Errors: those of Archive; CodeInvalid on "name".
func (r *RoomAdmin) Delete(ctx context.Context, by User, id RoomID, name string) error {
	act := actOf(by, func(a Access) error {
		if err := a.closes(); err != nil {
			return err
		}
		if a.Room.Name != name {
			return ErrorIn("name", CodeInvalid, "This is not the name of the room.")
		}
		return nil
	})
	now := r.now()
	gone, err := r.store.DeleteRoom(ctx, act, id, NewJob{
		Kind: KindPurge, Key: strconv.FormatInt(int64(id), 10), DueAt: now, CreatedAt: now, ExpiresAt: now.Add(purgeKeep),
	})
	if err != nil {
		return noRoomIn(err)
	}
	r.events.publish(ctx, RoomGone{Rev: gone.Rev, Room: id})
	for _, member := range gone.Members {
		r.events.publish(ctx, member)
	}
	r.tellInvitationsGone(ctx, gone.Withdrawn)
	return nil
}

// Purge is the handler of jobs of KindPurge.
func (r *RoomAdmin) Purge(ctx context.Context, job Job) error {
	id, err := strconv.ParseInt(job.Key, 10, 64)
	if err != nil {
		return err
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return &JobLaterError{At: r.now()} // the rest is for the next run
		}
		if more, err = r.store.PurgeRoom(ctx, RoomID(id), purgeBatch); err != nil {
			return err
		}
	}
	return nil
}

// SetRole gives a member the role within the room. The same role again changes nothing.
// Errors: those of Archive, except that MainRoom is a room like others; CodeNotFound on "user";
// CodeInvalid on "user" for guests and for users who are not members, and on "role" for
// the last admin of a room other than MainRoom.
func (r *RoomAdmin) SetRole(ctx context.Context, by User, id RoomID, user UserID, role Role) (Member, error) {
	if role != RoleAdmin && role != RoleMember {
		return Member{}, ErrorIn("role", CodeInvalid, "The role must be admin or member.")
	}
	act := actOf(by, func(a Access) error { return a.appoints(role) })
	done, changed, err := r.store.SetMemberRole(ctx, act, id, user, role)
	if err != nil {
		return Member{}, err
	}
	if changed {
		r.tellAppointed(ctx, done)
	}
	return done.Member, nil
}

// tellAppointed publishes that a member has another role.
func (c *core) tellAppointed(ctx context.Context, a Appointed) {
	c.events.publish(ctx,
		MemberPut{Rev: a.Subscription.Membership.RoomRev, Room: a.Subscription.ID, Member: a.Member},
		subscriptionPut(a.Member.User.ID, a.Subscription))
}

// noRoomIn replaces the store's error for a room that does not exist by that for rooms
// that the user may not see.
func noRoomIn(err error) error {
	if CodeOf(err) == CodeNotFound {
		return errNoRoom()
	}
	return err
}
