package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
)

// Operator implements partychat user and partychat setup-link, which also work
// beside running servers. Its methods print their results in sentences.
type Operator struct {
	config config.Config
	store  chat.Store
	chat   *chat.Operator
	out    io.Writer
}

// OpenOperator opens the configured database, which must exist and have the current
// schema. Its errors are sentences for the operator.
func OpenOperator(ctx context.Context, c config.Config, out io.Writer) (*Operator, error) {
	store, err := openBeside(ctx, c)
	if err != nil {
		return nil, err
	}
	services := chat.New(chat.Deps{
		Store: store, Broker: local.New(), Hasher: auth.NewArgon2(auth.Argon2Options{}), Fold: auth.FoldName,
		Common: auth.IsCommonPassword, Limits: chat.Limits{PasswordMin: c.PasswordMin},
	})
	return &Operator{config: c, store: store, chat: services.Operator, out: out}, nil
}

func openBeside(ctx context.Context, c config.Config) (chat.Store, error) {
	if c.DatabaseURL == "" {
		store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(c.Data, databaseFile), Beside: true})
		if err != nil {
			return nil, fmt.Errorf("cannot use the data folder %s: %w", c.Data, err)
		}
		return store, nil
	}
	store, err := postgres.Open(ctx, postgres.Options{URL: c.DatabaseURL, MaxConns: 2, Beside: true})
	if err != nil {
		return nil, fmt.Errorf("cannot use the PostgreSQL database at %s: %s", redacted(c.DatabaseURL), strings.Join(strings.Fields(err.Error()), " "))
	}
	return store, nil
}

// Close closes the database.
func (o *Operator) Close() error { return o.store.Close() }

// List prints all users by username.
func (o *Operator) List(ctx context.Context) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(w, "NAME\tKIND\tROLE\tSINCE\tID"); err != nil {
		return err
	}
	for after := ""; ; {
		users, next, err := o.chat.List(ctx, after)
		if err != nil {
			return err
		}
		for _, u := range users {
			kind := string(u.Kind)
			if u.Banned {
				kind += " (banned)"
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", u.Username, kind, u.Role, u.CreatedAt.Format("2006-01-02"), u.ID); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			return w.Flush()
		}
	}
}

// ResetPassword sets a member's password and ends all of the member's sessions. For
// "", it generates a password and prints it.
func (o *Operator) ResetPassword(ctx context.Context, username, password string) error {
	drawn := password == ""
	if drawn {
		password = rand.Text()
	}
	user, err := o.chat.ResetPassword(ctx, username, password)
	if err != nil {
		return sentence(err)
	}
	text := fmt.Sprintf("%s has a new password, and is logged out everywhere within a second.\n", user.Username)
	if drawn {
		text += fmt.Sprintf("The password is %s. It is shown only here. The user can change it under “My account”.\n", password)
	}
	_, err = io.WriteString(o.out, text)
	return err
}

// Promote makes a member an admin of the server.
func (o *Operator) Promote(ctx context.Context, username string) error {
	return o.setRole(ctx, username, chat.RoleAdmin)
}

// Demote makes an admin of the server an ordinary member.
func (o *Operator) Demote(ctx context.Context, username string) error {
	return o.setRole(ctx, username, chat.RoleMember)
}

func (o *Operator) setRole(ctx context.Context, username string, role chat.Role) error {
	user, changed, err := o.chat.SetRole(ctx, username, role)
	if err != nil {
		return sentence(err)
	}
	is := map[chat.Role]string{chat.RoleAdmin: "an admin of the server", chat.RoleMember: "an ordinary member"}[role]
	text := fmt.Sprintf("%s is now %s. Running servers apply this within a second.\n", user.Username, is)
	if !changed {
		text = fmt.Sprintf("%s is already %s.\n", user.Username, is)
	}
	has, err := o.chat.HasAdmin(ctx)
	if err != nil {
		return err
	}
	if !has {
		text += "The server no longer has an admin. Create one with “partychat user promote NAME” or “partychat setup-link”.\n"
	}
	_, err = io.WriteString(o.out, text)
	return err
}

// SetupLink prints a link that makes its user the first admin.
func (o *Operator) SetupLink(ctx context.Context) error {
	token, err := o.chat.NewSetupLink(ctx)
	if chat.CodeOf(err) == chat.CodeForbidden {
		return fmt.Errorf("the server already has an admin; make another user an admin with “partychat user promote NAME”")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.out, "%s\nThe person who signs up with this link becomes the server's first admin. It works once within a day. "+
		"If people reach the server at another address, put that address into the link.\n", urlOf(o.config, o.config.Port)+chat.SetupPath(token))
	return err
}

// sentence returns the text of an error for the operator, without its code.
func sentence(err error) error {
	if e := chat.ErrorFrom(err); e.Code != chat.CodeInternal && e.Err == nil {
		return fmt.Errorf("%s", e.Message)
	}
	return err
}
