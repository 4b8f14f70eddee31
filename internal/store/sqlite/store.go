// Package sqlite keeps everything in one SQLite database file. One goroutine
// writes and commits what has gathered together; readers never wait for it.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options say where the database is. Only Path is required.
type Options struct {
	// Path is the database file. Its folder is made if it is not there. A file
	// with “.lock” behind the same name keeps a second server out.
	Path string
	// Readers is how many reads run at once; by default two for each CPU, but
	// at least four.
	Readers int
	// Queue is how many writes may wait for the writer before further ones
	// wait to be queued; default 1,024.
	Queue int
	// QueueWait is how long a write waits for its turn until it is given up;
	// default 5 s.
	QueueWait time.Duration
	// Batch is how many writes one commit takes at most; default 512.
	Batch int
	// BusyTimeout is how long to wait for another program that has locked the
	// database; default 5 s.
	BusyTimeout time.Duration
	// LogMax is how many ends of memberships, invitations and sessions the stream of
	// each room and user remembers; default 1,000.
	LogMax int
	// ReactionUsers is how many users are listed of each reaction; default 10.
	ReactionUsers int
	// Log is told what the operator should know; silent by default.
	Log *slog.Logger
	// Beside opens a database that is there already, beside the server that may
	// have it open, for what chat.AccountStore allows. It neither takes the lock nor
	// changes the schema.
	Beside bool
}

func (o Options) withDefaults() Options {
	o.Readers = cmp.Or(o.Readers, max(4, 2*runtime.GOMAXPROCS(0)))
	o.Queue = cmp.Or(o.Queue, 1024)
	o.QueueWait = cmp.Or(o.QueueWait, 5*time.Second)
	o.Batch = cmp.Or(o.Batch, 512)
	o.BusyTimeout = cmp.Or(o.BusyTimeout, 5*time.Second)
	o.LogMax = cmp.Or(o.LogMax, sqlstore.DefaultLogMax)
	o.ReactionUsers = cmp.Or(o.ReactionUsers, sqlstore.DefaultReactionUsers)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Store implements chat.Store, by the parts that all databases share and by those
// that are SQLite's own.
type Store struct {
	*core
	sqlstore.Store
	appendStore
	positionStore
	searchStore
}

// newStore composes the parts.
func newStore(c *core, options Options) *Store {
	c.changed = sqlstore.NewChanged()
	shared := sqlstore.New(database{c}, dialect, derivedNames, sqlstore.Streams{LogMax: options.LogMax},
		sqlstore.NewExtras(dialect, options.ReactionUsers), sqlstore.Search{Index: messageIndex{c}, Changed: c.changed})
	return &Store{c, shared, appendStore{c, shared}, positionStore{c, shared}, searchStore{c}}
}

// core is what the parts share: the database, its writer and its readers.
type core struct {
	lock    *os.File
	writeDB *sql.DB
	readDB  *sql.DB
	writer  *writer
	readers *prepared
	members remembered
	changed *sqlstore.Changed // rooms that the search index lags behind
}

var _ chat.Store = (*Store)(nil)

// Open opens the database, or makes it, and brings its schema up to date. It
// fails with an error that says so if another server has it open, or if the log
// beside it is another database's.
func Open(ctx context.Context, options Options) (_ *Store, err error) {
	options = options.withDefaults()
	path, err := filepath.Abs(options.Path)
	if err != nil {
		return nil, fmt.Errorf("find the database: %w", err)
	}
	if options.Beside {
		return openBeside(ctx, path, options)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create the data folder: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	s := newStore(&core{lock: lock}, options)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := checkLog(path); err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		options.Log.Warn("other users of this machine may be able to read the database", "error", err)
	}
	if s.writeDB, err = sql.Open("sqlite", writerDSN(path, options.BusyTimeout)); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s.writeDB.SetMaxOpenConns(1)
	if err := markLog(ctx, s.writeDB, path, lock); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.writeDB, options.Log); err != nil {
		return nil, fmt.Errorf("upgrade the database %s: %w", path, err)
	}
	return s, s.begin(ctx, path, options)
}

// begin starts what writes and what reads.
func (s *Store) begin(ctx context.Context, path string, options Options) (err error) {
	if s.writer, err = startWriter(ctx, s.writeDB, options, &s.members, s.changed); err != nil {
		return fmt.Errorf("open the database for writing: %w", err)
	}
	if s.readDB, err = sql.Open("sqlite", readerDSN(path, options.BusyTimeout, mappedPragma)); err != nil {
		return fmt.Errorf("open the database for reading: %w", err)
	}
	s.readDB.SetMaxOpenConns(options.Readers)
	s.readDB.SetMaxIdleConns(options.Readers)
	s.readers = newPrepared(s.readDB.PrepareContext)
	if options.Beside { // names are for servers to look after
		return s.Ping(ctx)
	}
	if err := s.KeyNames(ctx); err != nil {
		return fmt.Errorf("update the names in %s: %w", path, err)
	}
	return s.Ping(ctx)
}

// migrate brings the schema up to date. With a large database that an older version
// wrote it takes a while, so it says that it has begun.
func migrate(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return err
	}
	if pending && version > 0 {
		log.Info("upgrading the database; a large one takes a while")
	}
	_, err = provider.Up(ctx)
	return err
}

// Close finishes the writes that are under way or queued, then closes the
// database and lets go of the lock. Whatever is called afterwards fails with
// chat.CodeUnavailable. Closing twice is no error.
func (s *core) Close() error {
	s.members.forget(true)
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.readDB != nil {
		if s.readers != nil {
			errs = append(errs, s.readers.close())
		}
		errs = append(errs, s.readDB.Close())
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	if s.lock != nil {
		if err := s.lock.Close(); !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
