package chat

import (
	"context"
	"strings"
	"time"
)

// Profile is how a user shows themselves to others.
type Profile struct {
	DisplayName string // "": the username
	Status      Status
	// Rev is the rev of the user's stream at the last change of the profile, by which two
	// copies of it can be ordered; 0: it was never changed.
	Rev int64
}

// Status is what a user says about the present moment. The zero value says nothing.
type Status struct {
	Emoji, Text string
	Until       time.Time // zero: it has no end
}

// Ended reports whether the status has ended.
func (s Status) Ended(now time.Time) bool { return !s.Until.IsZero() && !s.Until.After(now) }

// same reports whether two statuses say the same, for the same time.
func (s Status) same(other Status) bool {
	return s.Emoji == other.Emoji && s.Text == other.Text && s.Until.Equal(other.Until)
}

// ProfileChange replaces those parts of a profile that are not nil.
type ProfileChange struct {
	DisplayName *string
	Status      *Status
}

// Apply returns the profile after the change, and whether they differ. The rev stays.
func (c ProfileChange) Apply(p Profile) (after Profile, changed bool) {
	after = p
	if c.DisplayName != nil {
		after.DisplayName = *c.DisplayName
	}
	if c.Status != nil {
		after.Status = *c.Status
	}
	return after, after.DisplayName != p.DisplayName || !after.Status.same(p.Status)
}

// ProfileStore stores profiles.
type ProfileStore interface {
	// ChangeProfile changes the profile of the user durably, and returns the user as
	// stored. If it differs from before, changed is true, and the change has taken the
	// next rev of the user's stream, as a change of the account. It fails with
	// CodeNotFound, and with CodeTaken on "displayName" if a new display name looks like
	// the username of another user.
	ChangeProfile(ctx context.Context, act *Act, id UserID, change ProfileChange) (user User, changed bool, err error)
}

// ProfilePut tells the watchers of a user's presence that the profile has changed. It
// has no stream, because its watchers do not share one: after a loss, they read the
// profile from the store. UserPut tells the user's own devices.
type ProfilePut struct {
	User User
}

// Topic is the presence of the user.
func (e ProfilePut) Topic() Topic { return Topic{Presence: e.User.ID} }

// ChangeProfile changes the user's own profile, and tells the user's devices and
// watchers. What is so already changes nothing, so that it can be retried. Errors:
// CodeInvalid, CodeTooLarge and CodeTaken on "displayName", "status.emoji",
// "status.text" or "status.until".
func (u *Users) ChangeProfile(ctx context.Context, by User, change ProfileChange) (User, error) {
	if change.DisplayName != nil {
		name, err := u.rules.displayName(*change.DisplayName)
		if err != nil {
			return User{}, err
		}
		change.DisplayName = &name
	}
	if change.Status != nil {
		status, err := u.rules.status(*change.Status, u.now())
		if err != nil {
			return User{}, err
		}
		change.Status = &status
	}
	user, changed, err := u.store.ChangeProfile(ctx, actOf(by, nil), by.ID, change)
	if err != nil || !changed {
		return user, err
	}
	ctx = context.WithoutCancel(ctx)
	u.events.publish(ctx, UserPut{User: user, Rev: user.Profile.Rev})
	u.events.publish(ctx, ProfilePut{User: user})
	return user, nil
}

// ErrNameAlike is the error for a display name that could be mistaken for the username
// of somebody else.
func ErrNameAlike() *Error {
	return ErrorIn("displayName", CodeTaken, "Another person has this name, or one that looks like it, as username. Add something to it.")
}

// displayName checks the name that a user wants to be shown with; "" is the username.
func (r *rules) displayName(name string) (string, error) {
	const field = "displayName"
	name = strings.TrimSpace(name)
	if err := shownLine(field, "name", name, r.limits.DisplayName); err != nil || name == "" {
		return "", err
	}
	if !visible(name) {
		return "", ErrorIn(field, CodeInvalid, "Choose a name that can be seen.")
	}
	if r.reserved != nil && r.reserved(name) {
		return "", ErrorIn(field, CodeTaken, "This name is reserved. Try another one.")
	}
	return name, nil
}

// status checks a status that begins now.
func (r *rules) status(s Status, now time.Time) (Status, error) {
	s.Text = strings.TrimSpace(s.Text)
	if err := shownLine("status.text", "status", s.Text, r.limits.Status); err != nil {
		return Status{}, err
	}
	if s.Text != "" && !visible(s.Text) {
		return Status{}, ErrorIn("status.text", CodeInvalid, "The status needs a character that can be seen.")
	}
	if s.Emoji != "" {
		one, err := emoji(s.Emoji)
		if err != nil {
			return Status{}, ErrorIn("status.emoji", CodeInvalid, "The emoji of a status must be exactly one emoji.")
		}
		s.Emoji = one
	}
	if s.Emoji == "" && s.Text == "" {
		return Status{}, nil
	}
	s.Until = s.Until.Truncate(time.Millisecond)
	if s.Ended(now) {
		return Status{}, ErrorIn("status.until", CodeInvalid, "The end of the status must be in the future.")
	}
	return s, nil
}
