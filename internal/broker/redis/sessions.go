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
	// sessionSlack is the time after its expiry at which Redis itself removes a
	// session. This is for sessions that nobody sweeps any more.
	// DeleteExpiredSessions, which uses the callers' clock, should come first.
	sessionSlack = 24 * time.Hour
	// sessionBatch is the maximum number of sessions per script.
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
// its id. Each group has a sorted set of expiry times, and a set of the sessions
// of each user. While Redis is down, every method fails with CodeUnavailable at
// once. Sessions does not check that the users exist in the database.
type Sessions struct {
	client *Client
}

var _ chat.SessionStore = (*Sessions)(nil)

// NewSessions returns the store.
func NewSessions(client *Client) *Sessions { return &Sessions{client} }

// names of the keys of one group.
type sessionKeys struct {
	expiries string
	session  string // prefix of the names of sessions
	user     string // prefix of the names of users' sets
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

// alive drops expired sessions.
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

// DeleteExpiredSessions is specified by chat.SessionStore. Each session is
// returned to one caller over all nodes. If an error occurs, the sessions that
// were removed before it are returned too.
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

// sessionOf decodes a session from its fields. Sessions that are older than the
// last two fields have them empty.
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

// millisOrZero is millis, but 0 for an unknown time.
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

// lifetime is the time for which Redis keeps a session, in milliseconds. It does
// not depend on a clock, because the clock of the caller may differ from that of
// Redis.
func lifetime(now, expiresAt time.Time) string {
	return strconv.FormatInt((max(expiresAt.Sub(now), 0) + sessionSlack).Milliseconds(), 10)
}
