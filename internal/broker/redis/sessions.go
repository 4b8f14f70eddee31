package redis

import (
	"context"
	_ "embed" // the scripts
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

const (
	// sessionSlack is how long after its expiry Redis itself removes a session.
	// It is for what nobody sweeps any more: DeleteExpiredSessions, by whose
	// clock sessions expire, is to come first.
	sessionSlack = 24 * time.Hour
	// sessionBatch is how many sessions one script deals with at most.
	sessionBatch = 200
)

var (
	//go:embed lua/session_put.lua
	putSource string
	//go:embed lua/session_touch.lua
	touchSource string
	//go:embed lua/session_delete.lua
	deleteSource string
	//go:embed lua/session_expire.lua
	expireSource string

	putScript    = rueidis.NewLuaScript(putSource)
	touchScript  = rueidis.NewLuaScript(touchSource)
	deleteScript = rueidis.NewLuaScript(deleteSource)
	expireScript = rueidis.NewLuaScript(expireSource)
)

// Sessions implements chat.SessionStore. Each session is a hash, in a group by
// its id; in each group there are a sorted set of when they expire and a set of
// each user's. Every method fails with CodeUnavailable while Redis is away, at
// once. Users are not its business: those of the database are not looked up.
type Sessions struct {
	client *Client
}

var _ chat.SessionStore = (*Sessions)(nil)

// NewSessions makes the store.
func NewSessions(client *Client) *Sessions { return &Sessions{client} }

// names of keys of one group.
type sessionKeys struct {
	expiries string
	session  string // what the names of sessions begin with
	user     string // what those of users' lists begin with
}

func keysOfSessions(group int) sessionKeys {
	prefix := tag(keyPrefix, group)
	return sessionKeys{prefix + "sessions", prefix + "session:", prefix + "sessions:"}
}

// PutSession is specified by chat.SessionStore.
func (s *Sessions) PutSession(ctx context.Context, session chat.Session) error {
	keys := keysOfSessions(groupOf(session.ID))
	_, err := s.client.run(ctx, putScript, []string{keys.expiries, keys.session + session.ID}, []string{
		session.ID, strconv.FormatInt(int64(session.User), 10), string(session.Data),
		millis(session.CreatedAt), millis(session.ExpiresAt),
		lifetime(session.CreatedAt, session.ExpiresAt), keys.user,
		millisOrZero(session.SeenAt), session.Device,
	})
	return err
}

// SessionByID is specified by chat.SessionStore.
func (s *Sessions) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	sessions, err := s.StoredSessions(ctx, []string{id})
	sessions = alive(sessions, now)
	if err == nil && len(sessions) == 0 {
		err = chat.Errorf(chat.CodeNotFound, "There is no such session.")
	}
	if err != nil {
		return chat.Session{}, err
	}
	return sessions[0], nil
}

// SessionsOfUser is specified by chat.SessionStore.
func (s *Sessions) SessionsOfUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Session, error) {
	var ids []string
	err := s.client.ask(ctx, func(ctx context.Context) error {
		ids = nil
		commands := make([]rueidis.Completed, groups)
		for i := range commands {
			list := keysOfSessions(i).user + strconv.FormatInt(int64(user), 10)
			commands[i] = s.client.redis.B().Smembers().Key(list).Build()
		}
		for _, result := range s.client.redis.DoMulti(ctx, commands...) {
			some, err := result.AsStrSlice()
			if err != nil {
				return err
			}
			ids = append(ids, some...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	sessions, err := s.StoredSessions(ctx, ids)
	sessions = alive(sessions, now)
	slices.SortFunc(sessions, func(a, b chat.Session) int {
		if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return sessions, err
}

// alive leaves out those that have expired.
func alive(sessions []chat.Session, now time.Time) []chat.Session {
	return slices.DeleteFunc(sessions, func(session chat.Session) bool { return !session.ExpiresAt.After(now) })
}

// StoredSessions is specified by chat.SessionStore.
func (s *Sessions) StoredSessions(ctx context.Context, ids []string) ([]chat.Session, error) {
	sessions := []chat.Session{}
	if len(ids) == 0 {
		return sessions, nil
	}
	err := s.client.ask(ctx, func(ctx context.Context) error {
		sessions = sessions[:0]
		commands := make([]rueidis.Completed, len(ids))
		for i, id := range ids {
			key := keysOfSessions(groupOf(id)).session + id
			commands[i] = s.client.redis.B().Hmget().Key(key).Field("user", "data", "created", "expires", "seen", "device").Build()
		}
		for i, result := range s.client.redis.DoMulti(ctx, commands...) {
			fields, err := result.AsStrSlice()
			if err != nil {
				return err
			}
			if fields[0] != "" {
				sessions = append(sessions, sessionOf(ids[i], fields))
			}
		}
		return nil
	})
	return sessions, err
}

// TouchSessions is specified by chat.SessionStore.
func (s *Sessions) TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error {
	byGroup := make(map[int][]string)
	for _, id := range ids {
		byGroup[groupOf(id)] = append(byGroup[groupOf(id)], id)
	}
	for group, all := range byGroup {
		for some := range slices.Chunk(all, sessionBatch) {
			keys := keysOfSessions(group)
			names := []string{keys.expiries}
			for _, id := range some {
				names = append(names, keys.session+id)
			}
			args := append([]string{millis(there), millis(expiresAt), lifetime(there, expiresAt), keys.user, millis(seen)}, some...)
			if _, err := s.client.run(ctx, touchScript, names, args); err != nil {
				return err
			}
		}
	}
	return nil
}

// DeleteSession is specified by chat.SessionStore.
func (s *Sessions) DeleteSession(ctx context.Context, id string) error {
	keys := keysOfSessions(groupOf(id))
	_, err := s.client.run(ctx, deleteScript, []string{keys.expiries, keys.session + id}, []string{id, keys.user})
	return err
}

// DeleteExpiredSessions is specified by chat.SessionStore. Each session is given
// to one caller over all nodes. Those that were removed before an error are
// given with it.
func (s *Sessions) DeleteExpiredSessions(ctx context.Context, now time.Time) ([]chat.Session, error) {
	gone := []chat.Session{}
	for group := range groups {
		keys := keysOfSessions(group)
		for more := true; more; {
			reply, err := s.client.run(ctx, expireScript, []string{keys.expiries},
				[]string{millis(now), number(sessionBatch), keys.session, keys.user})
			if err != nil {
				return gone, err
			}
			parts, err := reply.ToArray()
			if err != nil || len(parts) != 2 {
				return gone, unavailable(err)
			}
			n, err := parts[0].AsInt64()
			if err != nil {
				return gone, unavailable(err)
			}
			fields, err := parts[1].AsStrSlice()
			if err != nil {
				return gone, unavailable(err)
			}
			for of := range slices.Chunk(fields, 7) {
				gone = append(gone, sessionOf(of[0], of[1:]))
			}
			more = n == sessionBatch
		}
	}
	return gone, nil
}

// sessionOf makes a session of its fields. One from before there were the last two
// has them empty.
func sessionOf(id string, fields []string) chat.Session {
	session := chat.Session{ID: id, User: userOf(fields[0]), CreatedAt: timeOf(fields[2]), ExpiresAt: timeOf(fields[3])}
	if fields[1] != "" {
		session.Data = []byte(fields[1])
	}
	if fields[4] != "" && fields[4] != "0" {
		session.SeenAt = timeOf(fields[4])
	}
	session.Device = fields[5]
	return session
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// millisOrZero is millis, and 0 for a time that is not known.
func millisOrZero(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return millis(t)
}

func timeOf(millis string) time.Time {
	n, _ := strconv.ParseInt(millis, 10, 64) // we wrote it
	return time.UnixMilli(n).UTC()
}

// lifetime is how long Redis keeps a session, in milliseconds, by whatever
// clock: the caller's need not be that of Redis.
func lifetime(now, expiresAt time.Time) string {
	return strconv.FormatInt((max(expiresAt.Sub(now), 0) + sessionSlack).Milliseconds(), 10)
}
