package main

import (
	"context"
	"errors"
	"fmt"

	"partychat/bench/load"
	"partychat/bench/party"
	"partychat/bench/peers"
	"partychat/bench/proc"
	"partychat/bench/profile"
	"partychat/bench/report"
	"partychat/internal/broker/redis"
	"partychat/internal/realserver"
	"partychat/internal/store/postgres"
)

// shared is the backends that nodes share. They are started when first needed, on
// the servers' core, like the nodes.
type shared struct {
	redis    *realserver.Redis
	database *realserver.Postgres
	made     int // number of databases created
}

// start starts the backends that aren't running yet.
func (s *shared) start(ctx context.Context, cores *proc.Cores) (err error) {
	if s.redis == nil {
		// The nodes' data in Redis needn't survive a power failure.
		if s.redis, err = realserver.NewRedis(realserver.RedisOptions{Args: []string{"--appendonly", "no"}}); err != nil {
			return err
		}
		if err := s.redis.Start(ctx); err != nil {
			return err
		}
	}
	if s.database == nil {
		if s.database, err = realserver.NewPostgres(realserver.PostgresOptions{}); err != nil {
			return err
		}
		if err := s.database.Start(ctx); err != nil {
			return err
		}
	}
	if cores == nil {
		return nil
	}
	return proc.Move(cores.Server, append(s.redis.PIDs(), s.database.PIDs()...)...)
}

// stop stops the backends.
func (s *shared) stop() error {
	var errs []error
	if s.redis != nil {
		errs = append(errs, s.redis.Close())
	}
	if s.database != nil {
		errs = append(errs, s.database.Stop(), s.database.Close())
	}
	return errors.Join(errs...)
}

// empty creates a new database and clears Redis.
func (s *shared) empty(ctx context.Context) (url string, err error) {
	if _, err := s.redis.Do(ctx, "FLUSHALL"); err != nil {
		return "", err
	}
	s.made++
	name := fmt.Sprintf("bench%d", s.made)
	return s.database.URL(name), s.database.CreateDatabase(ctx, name)
}

// sampleNodes measures several nodes of a server. PartyChat's have a new database,
// which must contain exactly the acknowledged messages; other servers have none.
func (r *runner) sampleNodes(ctx context.Context, e *report.Entry) (sample profile.Sample, err error) {
	if err := r.shared.start(ctx, r.cores); err != nil {
		return profile.Sample{}, err
	}
	peer := r.peer(e.Peer)
	if !peer.Database {
		target := profile.Target{Cluster: &profile.Cluster{Redis: r.shared.redis}}
		return r.measureNodes(ctx, e, target, r.shared.redis.URL())
	}
	url, err := r.shared.empty(ctx)
	if err != nil {
		return profile.Sample{}, err
	}
	store, err := postgres.Open(ctx, postgres.Options{URL: url})
	if err != nil {
		return profile.Sample{}, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	members, err := r.gather(ctx, store, e.Profile)
	if err != nil {
		return profile.Sample{}, err
	}
	target := profile.Target{
		Party: members, Cluster: &profile.Cluster{Redis: r.shared.redis, Database: r.shared.database},
	}
	sample, err = r.measureNodes(ctx, e, target, "--database-url", url, "--redis-url", r.shared.redis.URL())
	if err != nil {
		return profile.Sample{}, err
	}
	return sample, party.Verify(ctx, store, members, sample.Acked)
}

// gather creates the users, with their sessions in Redis.
func (r *runner) gather(ctx context.Context, store *postgres.Store, p profile.Profile) ([]load.Member, error) {
	client, err := redis.Connect(ctx, redis.Options{URL: r.shared.redis.URL()})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return party.Gather(ctx, store, redis.NewSessions(client), p.Clients, p.Rooms, p.Lists)
}

// measureNodes starts as many nodes as the profile requires, and measures them.
func (r *runner) measureNodes(ctx context.Context, e *report.Entry, target profile.Target, args ...string) (profile.Sample, error) {
	var nodes []*peers.Server
	defer func() {
		for _, node := range nodes {
			node.Stop()
		}
	}()
	for range e.Profile.Nodes {
		node, err := r.peer(e.Peer).Start(ctx, r.start, args...)
		if err != nil {
			return profile.Sample{}, err
		}
		nodes = append(nodes, node)
		target.Addresses, target.PIDs = append(target.Addresses, node.Address), append(target.PIDs, node.PID)
	}
	return e.Profile.Measure(ctx, target, r.timing)
}
