// Package sqlstore is what the stores in SQL databases share: statements, rows,
// pages, checks and the parts of chat.Store that are the same for all of them. What
// differs between databases is in a Dialect, in a Database that runs the statements,
// and in the stores themselves: how they append, search, connect and translate errors.
package sqlstore

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"partychat/internal/chat"
)

// Scanner is a row.
type Scanner interface{ Scan(dest ...any) error }

// Queries reads, outside of a transaction or within one.
type Queries interface {
	// Row reads one row; found tells whether there is one.
	Row(query string, args []any, dest ...any) (found bool, err error)
	// Each calls scan for each row. ErrEnough, returned by scan, ends it without an
	// error.
	Each(query string, args []any, scan func(Scanner) error) error
}

// Tx is a transaction that writes.
type Tx interface {
	Queries
	Exec(query string, args ...any) (changed int64, err error)
}

// Database runs statements, and translates its errors into those of package chat.
// What it is given to run may run again from the start after a failure that running
// again may cure, so it must not rely on what an earlier run has left in variables.
type Database interface {
	// Read runs queries outside of a transaction.
	Read(ctx context.Context, run func(Queries) error) error
	// Write runs a transaction, and returns when it is durable. If run fails, the
	// transaction is undone. ErrAgain, returned by run, undoes it and runs it again.
	Write(ctx context.Context, run func(Tx) error) error
	// WriteBeside is Write for what changes no room, membership or chat.User.
	WriteBeside(ctx context.Context, run func(Tx) error) error
	// Exec is WriteBeside for one statement.
	Exec(ctx context.Context, query string, args ...any) (changed int64, err error)
}

var (
	// ErrEnough ends Queries.Each without an error.
	ErrEnough = errors.New("enough")
	// ErrAgain makes Database.Write run again: another transaction was faster, and the
	// next run will see what it has done.
	ErrAgain = errors.New("somebody else was faster")
)

// Dialect is what differs in the statements of databases.
type Dialect struct {
	// Join joins a table that is read after the one on its left, by an index of it. It
	// is more than JOIN if the planner would turn the two round.
	Join string
	// Least and Greatest are functions of two arguments.
	Least, Greatest string
	// Joined joins the texts of a group, with a space between any two. It is null if the
	// group is empty.
	Joined func(text string) string
	// Rare is a condition that the planner should expect few rows to fulfil.
	Rare func(condition string) string
	// Any is a condition: the column equals one of the list that List has made and that
	// the parameter receives.
	Any func(column, parameter string) string
	// List makes an argument of a slice of ids or texts.
	List func(slice any) (any, error)
	// Page is a statement that reads a part of a room's timeline: seq and rev of room $1,
	// how many messages were found, and MessageColumns of those that fulfil the
	// condition, which compares with $2, in that order. It finds at most $3, and may
	// leave out those behind the first $4 bytes of text. One statement sees one
	// snapshot, so the room's counters come with each row; a room without such messages
	// gives one row without a message. The number found may be 0 if none is left out.
	Page func(condition, order string) string

	// Lock follows a SELECT. It keeps others from changing the rows of the table with
	// that alias until the end of the transaction; it is empty if there is only one
	// writer.
	Lock func(alias string) string
	// LockToDelete follows a SELECT of rows that are deleted next.
	LockToDelete string
	// LockFree follows a SELECT with a limit. It skips rows that others have locked, and
	// locks the others; it is empty if there is only one writer.
	LockFree string
	// LockFirstAdmin and LockPair are statements that wait for all others who make the
	// first admin, or an invitation with the same text as argument; empty if there is
	// only one writer.
	LockFirstAdmin, LockPair string

	// CountsMembers tells whether triggers keep the number of members in rooms.
	CountsMembers bool
	// KeepsMentions tells whether triggers enter the mentions of new messages.
	KeepsMentions bool
	// ShowsConversations tells whether triggers return hidden conversations to lists.
	ShowsConversations bool
	// IsForeignKey and IsUnique tell of an error which constraint has failed.
	IsForeignKey, IsUnique func(error) bool
}

// Store is the parts of chat.Store that all databases share.
type Store struct {
	*Core
	accountStore
	answerStore
	banStore
	blobStore
	bookmarkStore
	conversationStore
	followStore
	invitationStore
	jobStore
	membershipStore
	messageSearchStore
	messageStore
	mentionStore
	pinStore
	profileStore
	pushStore
	pushTrailStore
	reactionStore
	roomStore
	roomAdminStore
	sentFileStore
	sessionStore
	settingsStore
	streamStore
	uploadStore
	userStore
}

// The parts of a Store, each specified by the interface of package chat that has
// the same name.
type (
	accountStore      struct{ *Core }
	answerStore       struct{ *Core }
	banStore          struct{ *Core }
	blobStore         struct{ *Core }
	bookmarkStore     struct{ *Core }
	conversationStore struct{ *Core }
	followStore       struct{ *Core }
	invitationStore   struct{ *Core }
	membershipStore   struct{ *Core }
	messageStore      struct{ *Core }
	mentionStore      struct{ *Core }
	pinStore          struct{ *Core }
	profileStore      struct{ *Core }
	reactionStore     struct{ *Core }
	roomStore         struct{ *Core }
	roomAdminStore    struct{ *Core }
	sentFileStore     struct{ *Core }
	sessionStore      struct{ *Core }
	settingsStore     struct{ *Core }
	streamStore       struct{ *Core }
	uploadStore       struct{ *Core }
	userStore         struct{ *Core }
)

// Core is what the parts share.
type Core struct {
	db      Database
	dialect Dialect
	sql     Statements
	names   Names
	streams Streams
	extras  Extras

	search   Search
	queue    indexQueue
	compared atomic.Bool // Changed has all rooms from before this server was started
}

// New composes the parts of a store.
func New(db Database, dialect Dialect, names Names, streams Streams, extras Extras, search Search) Store {
	c := &Core{
		db: db, dialect: dialect, sql: NewStatements(dialect), names: names, streams: streams, extras: extras, search: search,
		queue: indexQueue{rooms: make(map[chat.RoomID]*queuedRoom)},
	}
	return Store{
		c,
		accountStore{c},
		answerStore{c},
		banStore{c},
		blobStore{c},
		bookmarkStore{c},
		conversationStore{c},
		followStore{c},
		invitationStore{c},
		jobStore{c},
		membershipStore{c},
		messageSearchStore{c},
		messageStore{c},
		mentionStore{c},
		pinStore{c},
		profileStore{c},
		pushStore{c},
		pushTrailStore{c},
		reactionStore{c},
		roomStore{c},
		roomAdminStore{c},
		sentFileStore{c},
		sessionStore{c},
		settingsStore{c},
		streamStore{c},
		uploadStore{c},
		userStore{c},
	}
}

// Statements are the statements in the dialect of a database, by noun.
type Statements struct {
	accountStatements
	answerStatements
	banStatements
	blobStatements
	bookmarkStatements
	conversationStatements
	followStatements
	fileStatements
	invitationStatements
	jobStatements
	membershipStatements
	messageStatements
	pushStatements
	reactionStatements
	replyStatements
	searchStatements
	mentionStatements
	pinStatements
	profileStatements
	roomStatements
	roomAdminStatements
	sessionStatements
	settingsStatements
	streamStatements
	uploadStatements
	userStatements
}

// NewStatements writes the statements in a dialect.
func NewStatements(d Dialect) Statements {
	return Statements{
		d.accounts(), d.answers(), d.bans(), d.blobs(), d.bookmarks(), d.conversations(), d.follows(), d.files(), d.invitations(), d.jobs(), d.memberships(),
		d.messages(), d.pushes(), d.reactions(), d.replies(), d.messageSearch(), d.mentions(), d.pins(), profilesOf(), d.rooms(), roomAdmin(d), d.sessions(), d.settings(), d.userStreams(), d.uploads(), d.users(),
	}
}

// row reads one row; found tells whether there is one.
func (c *Core) row(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	err = c.db.Read(ctx, func(q Queries) (err error) {
		found, err = q.Row(query, args, dest...)
		return err
	})
	return found, err
}

// one reads one row; none makes the error if there is no row.
func (c *Core) one(ctx context.Context, query string, args []any, none func() error, dest ...any) error {
	found, err := c.row(ctx, query, args, dest...)
	if err == nil && !found {
		err = none()
	}
	return err
}

// All reads all rows with take.
func All[T any](ctx context.Context, db Database, query string, args []any, take func(Scanner) (T, error)) (list []T, err error) {
	err = db.Read(ctx, func(q Queries) error {
		list = []T{}
		return q.Each(query, args, func(r Scanner) error {
			item, err := take(r)
			list = append(list, item)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func all[T any](ctx context.Context, c *Core, query string, args []any, take func(Scanner) (T, error)) ([]T, error) {
	return All(ctx, c.db, query, args, take)
}

// allOf is all for a query whose last argument is a list, which may be empty.
func allOf[T, ID any](
	ctx context.Context, c *Core, query string, ids []ID, take func(Scanner) (T, error), args ...any,
) ([]T, error) {
	if len(ids) == 0 {
		return []T{}, nil
	}
	list, err := c.dialect.List(ids)
	if err != nil {
		return nil, err
	}
	return all(ctx, c, query, append(args, list), take)
}

// storable tells whether every database can hold the text, and so compare with it.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }
