package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"partychat/bench/archive"
	"partychat/bench/load"
	"partychat/bench/party"
	"partychat/bench/profile"
	"partychat/bench/report"
	"partychat/internal/store/sqlite"
)

// databaseFile is the database's name within a data folder.
const databaseFile = "partychat.db"

// sampleChat measures the whole program with its own data folder. There is a result
// only if the database is intact after the server's end and contains exactly the
// acknowledged messages.
func (r *runner) sampleChat(ctx context.Context, e *report.Entry) (sample profile.Sample, err error) {
	folder, err := r.folder()
	if err != nil {
		return profile.Sample{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	var members []load.Member
	err = withStore(ctx, folder, func(store *sqlite.Store) (err error) {
		members, err = party.Gather(ctx, store, store, e.Profile.Clients, e.Profile.Rooms, e.Profile.Lists)
		return err
	})
	if err != nil {
		return profile.Sample{}, err
	}
	peer := r.peer(e.Peer)
	server, err := peer.Start(ctx, r.start, "--data", folder)
	if err != nil {
		return profile.Sample{}, err
	}
	sample, err = e.Profile.Measure(ctx, profile.Target{
		Addresses: []string{server.Address}, PIDs: []int{server.PID}, Party: members,
	}, r.timing)
	server.Stop()
	if err != nil {
		return profile.Sample{}, err
	}
	err = withStore(ctx, folder, func(store *sqlite.Store) error {
		return party.Verify(ctx, store, members, sample.Acked)
	})
	return sample, errors.Join(err, doctor(ctx, peer.Command[0], folder))
}

// sampleStore measures the store without a server.
func (r *runner) sampleStore(ctx context.Context, e *report.Entry) (sample profile.Sample, err error) {
	if e.Profile.Kind == profile.Scale {
		return r.sampleScale(ctx, e)
	}
	folder, err := r.folder()
	if err != nil {
		return profile.Sample{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	return e.Profile.Measure(ctx, profile.Target{Folder: folder}, r.timing)
}

func (r *runner) sampleScale(ctx context.Context, e *report.Entry) (profile.Sample, error) {
	for _, size := range []archive.Size{archive.Small, archive.Large} {
		if err := archive.Make(ctx, r.archive, size); err != nil {
			return profile.Sample{}, err
		}
	}
	return e.Profile.Measure(ctx, profile.Target{Folder: r.archive}, r.timing)
}

// folder creates a folder for a database.
func (r *runner) folder() (string, error) {
	return os.MkdirTemp(r.disk, "partychat-bench-")
}

func withStore(ctx context.Context, folder string, use func(*sqlite.Store) error) error {
	store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(folder, databaseFile)})
	if err != nil {
		return err
	}
	return errors.Join(use(store), store.Close())
}

// doctor checks the data folder with the program's own command.
func doctor(ctx context.Context, program, folder string) error {
	out, err := exec.CommandContext(ctx, program, "doctor", "--data", folder).CombinedOutput() //nolint:gosec // the program that was built
	if err != nil {
		return fmt.Errorf("doctor: %w: %.500s", err, out)
	}
	return nil
}
