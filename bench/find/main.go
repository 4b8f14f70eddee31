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
	"time"

	"partychat/bench/archive"
	"partychat/internal/chat"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
)

func main() {
	log.SetFlags(log.Ltime)
	folder := flag.String("archive", "", "`folder` of the databases, created if missing")
	messages := flag.Int("messages", 10_000_000, "`number` of messages")
	rooms := flag.Int("rooms", 100_000, "`number` of rooms")
	url := flag.String("database-url", "", "PostgreSQL database that has the same messages, moved with partychat migrate-store, instead of SQLite")
	repeats := flag.Int("repeats", 200, "`number` of searches of each kind")
	again := flag.Bool("reindex", false, "build the index anew first")
	sends := flag.Duration("burst", 0, "measure instead how many messages are stored with and without the indexer beside them, in this `time`")
	flag.Parse()
	err := interruptible(func(ctx context.Context) error {
		if *sends > 0 {
			return burst(ctx, *sends)
		}
		return find(ctx, *folder, *url, archive.NewTexts(*messages, *rooms), *repeats, *again)
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

func find(ctx context.Context, folder, url string, texts archive.Texts, repeats int, again bool) (err error) {
	store, err := open(ctx, folder, url, texts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if again {
		if err := store.ResetIndex(ctx); err != nil {
			return err
		}
	}
	if err := index(ctx, store); err != nil {
		return err
	}
	measured, err := measureSpace(ctx, folder, url, texts)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n\n", measured)
	fmt.Println("| search | rooms | found | p50 ms | p95 ms | max ms | complete after pages |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, rooms := range []int{5, 500, 50_000} {
		if rooms > texts.Rooms {
			continue
		}
		user, err := memberOf(ctx, store, texts.Size, rooms)
		if err != nil {
			return err
		}
		if err := index(ctx, store); err != nil {
			return err
		}
		for _, kind := range kinds {
			if err := measure(ctx, store, user, rooms, texts, kind, repeats); err != nil {
				return err
			}
		}
	}
	return nil
}

func open(ctx context.Context, folder, url string, texts archive.Texts) (chat.Store, error) {
	if url != "" {
		return postgres.Open(ctx, postgres.Options{URL: url, Alone: true, Timeout: 10 * time.Minute})
	}
	if err := texts.Make(ctx, folder); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Options{Path: texts.Path(folder)})
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

// kind is a kind of search.
type kind struct {
	name string
	term func(texts archive.Texts, i int) chat.SearchTerm
}

func always(text string) func(archive.Texts, int) chat.SearchTerm {
	return func(archive.Texts, int) chat.SearchTerm { return chat.SearchTerm{Text: text} }
}

var kinds = []kind{
	{"rare word", func(texts archive.Texts, i int) chat.SearchTerm {
		return chat.SearchTerm{Text: texts.RareWord(i * 997)}
	}},
	{"word that nobody has written", always("zebrafinch")},
	{"word of half of all messages", always(archive.Frequent)},
	{"phrase", always(archive.Frequent + " " + archive.NextWord)},
	{"phrase that nobody has written", always(archive.NextWord + " " + archive.Frequent)},
	{"two-letter prefix", func(_ archive.Texts, i int) chat.SearchTerm {
		const letters = "etaoinshrd"
		return chat.SearchTerm{Text: string([]byte{letters[i%10], letters[i/10%10]}), Prefix: true}
	}},
	{"three-letter prefix", func(_ archive.Texts, i int) chat.SearchTerm {
		const letters = "etaoinshrd"
		return chat.SearchTerm{Text: string([]byte{letters[i%10], letters[i/10%10], letters[i/7%10]}), Prefix: true}
	}},
}

// measure measures the first page of results, and counts the pages after which a search
// has 20 or no more: those of a search that stops early may be short.
func measure(ctx context.Context, store chat.Store, user chat.UserID, rooms int, texts archive.Texts, k kind, repeats int) error {
	var times []time.Duration
	found, pages := 0, 0
	for i := range repeats + 3 {
		search := chat.MessageSearch{By: user, Terms: []chat.SearchTerm{k.term(texts, i)}, Limit: 20, Candidates: 2000, Tail: 5000}
		began := time.Now()
		hits, err := store.FindMessages(ctx, search)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		if i < 3 {
			continue // the first ones prepare their statements
		}
		times = append(times, time.Since(began))
		found += len(hits.Hits)
		n := len(hits.Hits)
		for pages++; n < search.Limit && hits.Next != "" && i < 13; pages++ {
			search.After = hits.Next
			if hits, err = store.FindMessages(ctx, search); err != nil {
				return err
			}
			n += len(hits.Hits)
		}
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
	}
	fmt.Printf("| %s | %d | %.1f | %.2f | %.2f | %.2f | %.1f |\n", k.name, rooms, float64(found)/float64(repeats), at(0.5), at(0.95), at(1),
		1+float64(pages-repeats)/float64(min(10, repeats)))
	return nil
}
