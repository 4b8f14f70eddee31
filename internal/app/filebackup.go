package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"partychat/internal/blob"
	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// backupFiles follows the name of a backup: the folder with its files.
const backupFiles = ".files"

// savedFiles is the part of a backup that copies the files of the folder from into the
// new folder to. What is stored under a key never changes, so links suffice.
type savedFiles struct {
	from, to string
	saved    map[string]bool // by key
}

func (s *savedFiles) partial() string { return s.to + ".partial" }

// begin saves all files. Those that a message loses before the database is copied are
// then in the backup, too.
func (s *savedFiles) begin(ctx context.Context) error {
	s.saved = make(map[string]bool)
	if _, err := os.Lstat(s.to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s already exists and stays unchanged", s.to), err)
	}
	if err := os.RemoveAll(s.partial()); err != nil {
		return err
	}
	return blob.ReadDisk(s.from).Each(ctx, func(b chat.StoredBlob) error { return s.save(ctx, b.Key) })
}

// end saves the files that came between, drops those that the copied database does not
// know, and gives the folder its name. Missing are sentences about those that are lost.
func (s *savedFiles) end(ctx context.Context, report sqlite.Report) (missing []string, err error) {
	var lost []string
	for key, record := range report.Blobs {
		if !record.Used || s.saved[key] {
			continue
		}
		if err := s.save(ctx, key); chat.CodeOf(err) == chat.CodeNotFound || errors.Is(err, fs.ErrNotExist) {
			lost = append(lost, key)
		} else if err != nil {
			return nil, err
		}
	}
	saved := blob.ReadDisk(s.partial())
	for key := range s.saved {
		if !report.Blobs[key].Used {
			if err := saved.Delete(ctx, key); err != nil {
				return nil, err
			}
		}
	}
	if len(s.saved) > 0 {
		if err := os.Rename(s.partial(), s.to); err != nil {
			return nil, err
		}
	}
	return named("The bytes of a file are missing: %s.", lost), nil
}

func (s *savedFiles) save(ctx context.Context, key string) error {
	err := linkBlob(ctx, s.from, s.partial(), key)
	if err == nil {
		s.saved[key] = true
	}
	return err
}

// linkBlob adds a blob of one folder to another one: a link if both are on one disk,
// otherwise a copy.
func linkBlob(ctx context.Context, from, to, key string) error {
	source, target := blob.ReadDisk(from).Path(key), blob.ReadDisk(to).Path(key)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	err := os.Link(source, target)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		if errors.Is(err, fs.ErrExist) {
			err = nil
		}
		return err
	}
	disk, err := blob.OpenDisk(to)
	if err != nil {
		return err
	}
	return copyBlob(ctx, blob.ReadDisk(from), disk, key)
}

// restoredFiles is the part of a restoration that brings the files of a backup.
type restoredFiles struct{ from, to string }

// bring adds the files of the backup. Findings are sentences about those that neither the
// backup nor the folder has; then nothing is restored.
func (r restoredFiles) bring(ctx context.Context, report sqlite.Report) (findings []string, err error) {
	there := make(map[string]bool)
	for _, folder := range []string{r.to, r.from} {
		err := blob.ReadDisk(folder).Each(ctx, func(b chat.StoredBlob) error {
			there[b.Key] = there[b.Key] || report.Blobs[b.Key].Size == b.Size
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var lost []string
	for key, record := range report.Blobs {
		if record.Used && !there[key] {
			lost = append(lost, key)
		}
	}
	if len(lost) > 0 {
		return named("The bytes of a file are neither in "+r.from+" nor in the data folder: %s.", lost), nil
	}
	return nil, blob.ReadDisk(r.from).Each(ctx, func(b chat.StoredBlob) error {
		return linkBlob(ctx, r.from, r.to, b.Key)
	})
}

// setAside moves files that the restored database does not know into a folder of their
// own, with which the previous database is complete. It returns its name, or "".
func (r restoredFiles) setAside(ctx context.Context, report sqlite.Report, now time.Time) (aside string, err error) {
	folder := r.to + ".before-" + now.UTC().Format("20060102T150405Z")
	disk := blob.ReadDisk(r.to)
	err = disk.Each(ctx, func(b chat.StoredBlob) error {
		if _, known := report.Blobs[b.Key]; known {
			return nil
		}
		aside = folder
		if err := linkBlob(ctx, r.to, folder, b.Key); err != nil {
			return err
		}
		return disk.Delete(ctx, b.Key)
	})
	return aside, err
}
