package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// tryQuiet is the pause without events after which a step counts as played.
const tryQuiet = 250 * time.Millisecond

// TryDialect plays the steps of a dialect against a temporary server and writes
// what each side receives. The dialect is a file, or the name of a built-in one. It
// fails if a step is answered by an error.
func TryDialect(ctx context.Context, c config.Config, name string, out io.Writer) error {
	return tryDialect(ctx, c, name, out, quiet)
}

// tryDialect is TryDialect with its own settle, which returns once everything that
// follows a step has been received. Received returns the number of events received
// since the step.
func tryDialect(ctx context.Context, c config.Config, name string, out io.Writer, settle func(received func() int)) (err error) {
	set, table, err := dialectToTry(name)
	if err != nil {
		return err
	}
	if c.Data, err = os.MkdirTemp("", "partychat-try-"); err != nil {
		return fmt.Errorf("cannot make a folder for the trial: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(c.Data)) }()
	c.DatabaseURL, c.RedisURL, c.Pages, c.ClassicDialects = "", "", "", ""
	c.Host, c.Port, c.Classic, c.AllowEIO3 = "127.0.0.1", 0, true, true
	c.ClassicGreetAfter = tryQuiet * 4 / 5 // a greeting comes before a step counts as played
	a, err := newWith(ctx, c, slog.New(slog.DiscardHandler), set)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	t := trial{url: a.URL(), name: name, table: table, out: out, settle: settle, people: map[string]*sioclient.Client{}}
	defer t.close()
	return t.play(ctx)
}

// dialectToTry reads the file, or returns the built-in dialect.
func dialectToTry(name string) (*dialect.Set, *dialect.Table, error) {
	if table := dialect.Builtin().Named(name); table != nil {
		if len(table.Try) == 0 {
			return nil, nil, fmt.Errorf("%s has no steps to play, because its pages need accounts; docs/CLASSIC.md describes its events", name)
		}
		return dialect.Builtin(), table, nil
	}
	table, err := dialect.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	if len(table.Try) == 0 {
		return nil, nil, fmt.Errorf("%s has no steps to play; add some, such as\ntry:\n  - ann: [chat message, hello]\n  - bob: [chat message, hi]", name)
	}
	set, err := dialect.NewSet(table)
	return set, table, err
}

// trial is a dialect that is being played.
type trial struct {
	url    string
	name   string // of the file, or of the built-in dialect
	table  *dialect.Table
	out    io.Writer
	settle func(received func() int)
	people map[string]*sioclient.Client
	order  []string // in the order of their first step
	failed error
}

func (t *trial) play(ctx context.Context) error {
	for _, step := range t.table.Try {
		if err := t.step(step); err != nil { //nolint:contextcheck // each wait ends by itself
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return t.failed
}

// step lets a person connect or send an event, and writes what everyone receives.
func (t *trial) step(step dialect.Step) error {
	person, err := t.person(step.Who)
	if err != nil {
		return err
	}
	var answer func() (json.RawMessage, error)
	if step.Event == "" {
		t.write("%s connects\n", step.Who)
	} else {
		t.write("%s → %s%s\n", step.Who, step.Event, written(step.Args))
		if answer, err = person.Start(step.Event, step.Args...); err != nil {
			return fmt.Errorf("%s cannot send %s: %w", step.Who, step.Event, err)
		}
	}
	if answer != nil {
		raw, err := answer()
		if err != nil {
			return fmt.Errorf("%s has sent %s: %w", step.Who, step.Event, err)
		}
		t.write("    %s ← (acknowledgement) %s\n", step.Who, orNothing(raw))
	}
	t.settle(t.received)
	for _, name := range t.order {
		for {
			event, ok := t.people[name].Take()
			if !ok {
				break
			}
			if event.Name == "classicError" && t.failed == nil {
				t.failed = &dialect.Error{File: t.name, Line: step.Line, Problem: problemOf(event.Args)}
			}
			t.write("    %s ← %s%s\n", name, event.Name, writtenRaw(event.Args))
		}
	}
	return nil
}

// problemOf returns the sentence of a classicError.
func problemOf(args []json.RawMessage) string {
	var info wire.ErrorInfo
	if len(args) == 0 || json.Unmarshal(args[0], &info) != nil || info.Message == "" {
		return "the server answers with an error"
	}
	return info.Message
}

// person returns a person's connection, opening it if necessary.
func (t *trial) person(name string) (*sioclient.Client, error) {
	if p := t.people[name]; p != nil {
		return p, nil
	}
	var options sioclient.Options
	if t.table.Named { // its pages connect with a name
		options.Auth = map[string]any{"username": name}
	}
	if t.table.Client == 2 {
		options.Old = &url.Values{"username": {name}}
	}
	p, err := sioclient.Dial(t.url, options)
	if err != nil {
		return nil, fmt.Errorf("%s cannot connect: %w", name, err)
	}
	t.people[name] = p
	t.order = append(t.order, name)
	return p, nil
}

// received counts the events received but not written yet.
func (t *trial) received() (n int) {
	for _, p := range t.people {
		n += len(p.Pending())
	}
	return n
}

// quiet waits until no event arrives for tryQuiet.
func quiet(received func() int) {
	for before := -1; ; {
		now := received()
		if now == before {
			return
		}
		before = now
		time.Sleep(tryQuiet)
	}
}

func (t *trial) close() {
	var work sync.WaitGroup
	for _, p := range t.people {
		work.Go(p.Close)
	}
	work.Wait()
}

func (t *trial) write(format string, args ...any) { _, _ = fmt.Fprintf(t.out, format, args...) }

func written(args []any) (text string) {
	for _, arg := range args {
		raw, err := json.Marshal(arg)
		if err != nil {
			raw = []byte("?")
		}
		text += " " + string(raw)
	}
	return text
}

func writtenRaw(args []json.RawMessage) (text string) {
	for _, arg := range args {
		text += " " + string(arg)
	}
	return text
}

func orNothing(raw json.RawMessage) string {
	if raw == nil {
		return "(nothing)"
	}
	return string(raw)
}
