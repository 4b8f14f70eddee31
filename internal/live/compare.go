package live

import (
	"context"
	"errors"
	"slices"
	"time"

	"partychat/internal/chat"
)

// compareBatch is the maximum number of streams in one query of heads.
const compareBatch = 500

// Run compares all streams with the store periodically, until the context ends. It
// detects events that a node committed but died before publishing.
func (s *Streams) Run(ctx context.Context) {
	ticker := time.NewTicker(s.opts.CompareInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			rooms, users := s.all()
			s.compareUsers(ctx, users)
			s.compareRooms(ctx, rooms)
		}
	}
}

// Doubt compares a stream with the store soon, because events may be missing.
func (s *Streams) Doubt(topic chat.Topic) {
	switch {
	case topic.Room != 0:
		s.rooms.Add(topic.Room)
	case topic.User != 0:
		s.users.Add(topic.User)
	}
}

// all returns the rooms and users of all streams.
func (s *Streams) all() (rooms []chat.RoomID, users []chat.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for topic := range s.byTopic {
		if topic.Room != 0 {
			rooms = append(rooms, topic.Room)
		} else {
			users = append(users, topic.User)
		}
	}
	return rooms, users
}

// compareRooms compares rooms with the store. It returns the rooms for which the
// store failed, to be tried again.
func (s *Streams) compareRooms(ctx context.Context, ids []chat.RoomID) (again []chat.RoomID) {
	for batch := range slices.Chunk(ids, compareBatch) {
		heads, err := s.opts.Store.Heads(ctx, batch)
		if err != nil {
			s.logComparison("rooms", len(ids), err)
			again = append(again, batch...)
			continue
		}
		for _, head := range heads {
			s.Expect(chat.Topic{Room: head.Room}, head.Rev)
		}
	}
	return again
}

// compareUsers is compareRooms for users.
func (s *Streams) compareUsers(ctx context.Context, ids []chat.UserID) (again []chat.UserID) {
	for batch := range slices.Chunk(ids, compareBatch) {
		heads, err := s.opts.Store.UserRevs(ctx, batch)
		if err != nil {
			s.logComparison("users", len(ids), err)
			again = append(again, batch...)
			continue
		}
		for _, head := range heads {
			s.Expect(chat.Topic{User: head.User}, head.Rev)
		}
	}
	return again
}

func (s *Streams) logComparison(what string, n int, err error) {
	if !errors.Is(err, context.Canceled) {
		s.opts.Log.Warn("cannot compare "+what+" with the store", "number", n, "error", err)
	}
}
