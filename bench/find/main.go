// Command find measures the search for messages in a large archive: how long pages of
// results take for members of few and of very many rooms. See ../README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"partychat/bench/archive"
	"partychat/internal/chat"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
)

func main() {
	log.SetFlags(log.Ltime)
	folder := flag.String("archive", "", "`folder` of the archives, created if missing")
	messages := flag.Int("messages", archive.Large.Messages, "`number` of messages in the archive")
	url := flag.String("database-url", "", "PostgreSQL database that has the same archive, moved with partychat migrate-store, instead of SQLite")
	repeats := flag.Int("repeats", 200, "`number` of searches of each kind")
	sends := flag.Duration("burst", 0, "measure instead how many messages are stored with and without the indexer beside them, in this `time`")
	flag.Parse()
	err := interruptible(func(ctx context.Context) error {
		if *sends > 0 {
			return burst(ctx, *sends)
		}
		return find(ctx, *folder, *url, *messages, *repeats)
	})
	if err != nil {
		log.Fatal(err)
	}
}

func interruptible(run func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx)
}

func find(ctx context.Context, folder, url string, messages, repeats int) (err error) {
	size := archive.Large
	if messages != size.Messages {
		size = archive.Size{Name: fmt.Sprintf("%d-messages", messages), Messages: messages, Rooms: max(100, messages/100), Users: max(100, messages/1000)}
	}
	store, err := open(ctx, folder, url, size)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := index(ctx, store); err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(out, "search\trooms\tfound\tp50 ms\tp95 ms\tmax ms\t")
	for _, rooms := range []int{5, 500, 50_000} {
		if rooms > size.Rooms {
			continue
		}
		user, err := memberOf(ctx, store, size, rooms)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			if err := measure(ctx, store, out, user, rooms, size, kind, repeats); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func open(ctx context.Context, folder, url string, size archive.Size) (chat.Store, error) {
	if url != "" {
		return postgres.Open(ctx, postgres.Options{URL: url, Alone: true, Timeout: 10 * time.Minute})
	}
	if err := archive.Make(ctx, folder, size); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Options{Path: size.Path(folder)})
}

// index adds what is not indexed yet.
func index(ctx context.Context, store chat.Store) error {
	if err := store.CompareIndex(ctx); err != nil {
		return err
	}
	const batch = 2000
	total, began, said := 0, time.Now(), time.Now()
	for {
		n, err := store.IndexMessages(ctx, batch)
		if err != nil {
			return err
		}
		if total += n; n == 0 {
			break
		}
		if time.Since(said) > 10*time.Second {
			said = time.Now()
			log.Printf("%d messages indexed, %.0f per second", total, float64(total)/time.Since(began).Seconds())
		}
	}
	if total > 0 {
		log.Printf("%d messages indexed in %v", total, time.Since(began).Round(time.Second))
	}
	return nil
}

// memberOf returns a user who is in so many rooms, spread over all, and not in the main
// room unless there are very many.
func memberOf(ctx context.Context, store chat.Store, size archive.Size, rooms int) (chat.UserID, error) {
	name := fmt.Sprintf("member-of-%d", rooms)
	if user, _, err := store.Credentials(ctx, name); err == nil {
		return user.ID, nil
	}
	user := chat.NewUser{User: chat.User{ID: chat.UserID(900_000_000 + rooms), Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: time.Now()}, FoldedName: name}
	if _, err := store.CreateUser(ctx, user); err != nil {
		return 0, err
	}
	ids := make(chan chat.RoomID)
	var work sync.WaitGroup
	errs := make(chan error, rooms)
	for range 64 {
		work.Go(func() {
			for id := range ids {
				if _, _, err := store.Subscribe(ctx, nil, id, user.ID, chat.RoleMember, time.Now()); err != nil {
					errs <- err
				}
			}
		})
	}
	for i := range rooms {
		ids <- size.Room(i * (size.Rooms / rooms))
	}
	close(ids)
	work.Wait()
	close(errs)
	return user.ID, <-errs
}

// kind is a kind of search. The main room alone has the higher numbers of messages.
type kind struct {
	name  string
	terms func(size archive.Size, i int) []chat.SearchTerm
}

func term(text string, prefix bool) func(archive.Size, int) []chat.SearchTerm {
	return func(archive.Size, int) []chat.SearchTerm { return []chat.SearchTerm{{Text: text, Prefix: prefix}} }
}

var kinds = []kind{
	{"a word that one room has once", func(size archive.Size, i int) []chat.SearchTerm {
		return []chat.SearchTerm{{Text: fmt.Sprint(size.RoomMessages() + 1 + i*997%(size.MainMessages()-size.RoomMessages()))}}
	}},
	{"a word that nobody has written", term("zebra", false)},
	{"a word that all messages have", term("weather", false)},
	{"two such words", func(archive.Size, int) []chat.SearchTerm {
		return []chat.SearchTerm{{Text: "weather"}, {Text: "release"}}
	}},
	{"a phrase that all messages have", term("weather lunch", false)},
	{"a word of each room", func(size archive.Size, i int) []chat.SearchTerm {
		return []chat.SearchTerm{{Text: fmt.Sprint(2 + i%(size.RoomMessages()-2))}}
	}},
	{"the two first letters of a word", term("we", true)},
	{"the two first digits of many numbers", func(_ archive.Size, i int) []chat.SearchTerm {
		return []chat.SearchTerm{{Text: fmt.Sprint(10 + i%90), Prefix: true}}
	}},
}

func measure(
	ctx context.Context, store chat.Store, out *tabwriter.Writer, user chat.UserID, rooms int, size archive.Size, k kind, repeats int,
) error {
	var times []time.Duration
	found := 0
	for i := range repeats + 3 {
		search := chat.MessageSearch{By: user, Terms: k.terms(size, i), Limit: 20, Candidates: 2000, Tail: 5000}
		began := time.Now()
		hits, err := store.FindMessages(ctx, search)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		if i >= 3 { // the first ones prepare their statements
			times = append(times, time.Since(began))
			found += len(hits.Hits)
		}
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
	}
	_, err := fmt.Fprintf(out, "%s\t%d\t%.1f\t%.2f\t%.2f\t%.2f\t\n", k.name, rooms, float64(found)/float64(repeats), at(0.5), at(0.95), at(1))
	return err
}
