package chat

import "context"

// ChangePassword replaces a member's password. The caller then ends all of the
// member's other sessions. Errors: CodeUnauthenticated if current is not the
// password; CodeInvalid and CodeTooLarge on "password"; CodeForbidden for guests,
// who have no password.
func (u *Users) ChangePassword(ctx context.Context, by User, current, password string) error {
	if by.Kind == KindGuest {
		return Errorf(CodeForbidden, "Guests have no password yet.")
	}
	if err := u.rules.password(by.Username, password); err != nil {
		return err
	}
	_, before, err := u.check(ctx, by.Username, current)
	if CodeOf(err) == CodeInvalid {
		return errWrongPassword()
	}
	if err != nil {
		return err
	}
	hash, err := u.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	changed, err := u.store.SetPasswordHash(ctx, by.ID, before, hash)
	if err == nil && !changed { // a concurrent call has set the same password
		err = errWrongPassword()
	}
	return err
}
