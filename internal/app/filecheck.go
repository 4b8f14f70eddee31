package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"partychat/internal/blob"
	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/store/sqlite"
)

// maxBlobsNamed is how many blobs of one kind of finding are named.
const maxBlobsNamed = 5

// storageOf opens the storage for files beside a server; nil if there is none.
func storageOf(ctx context.Context, c config.Config) (chat.BlobStore, error) {
	storage, err := fileStorage(c)
	switch {
	case err != nil:
		return nil, err
	case storage == filesS3:
		return openBucket(ctx, c)
	case storage == filesDisk:
		return blob.ReadDisk(filepath.Join(c.Data, filesFolder)), nil
	}
	return nil, nil //nolint:nilnil // there may be none
}

// withFiles runs a check of the database, and adds what is wrong with the bytes of files.
func withFiles(ctx context.Context, c config.Config, check func() (sqlite.Report, error)) (sqlite.Report, error) {
	storage, err := storageOf(ctx, c)
	if err != nil {
		return sqlite.Report{}, err
	}
	start := time.Now()
	report, err := check()
	if err != nil || storage == nil || len(report.Findings) > 0 {
		return report, err
	}
	lost, unknown, err := compareBlobs(ctx, report, storage, start)
	if err != nil {
		return report, err
	}
	if len(lost) > 0 && report.Running {
		// A message may have been deleted since the check.
		again, err := check()
		if err != nil {
			return report, err
		}
		lost = slices.DeleteFunc(lost, func(key string) bool { return !again.Blobs[key].Used })
	}
	report.Findings = append(report.Findings, named("The bytes of a file are missing, or have another length: %s.", lost)...)
	report.Findings = append(report.Findings, named("Nothing knows of the stored bytes %s.", unknown)...)
	return report, nil
}

// compareBlobs returns the blobs that files have and that are not stored as recorded, and
// those that were stored before the check and have no record.
func compareBlobs(ctx context.Context, report sqlite.Report, storage chat.BlobStore, start time.Time) (lost, unknown []string, err error) {
	there := make(map[string]bool, len(report.Blobs))
	err = storage.Each(ctx, func(b chat.StoredBlob) error {
		record, known := report.Blobs[b.Key]
		switch {
		case known:
			there[b.Key] = record.Size == b.Size
		case b.At.Before(start.Add(-time.Minute)): // clocks differ
			unknown = append(unknown, b.Key)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for key, record := range report.Blobs {
		if record.Used && !there[key] {
			lost = append(lost, key)
		}
	}
	slices.Sort(lost)
	slices.Sort(unknown)
	return lost, unknown, nil
}

// named returns a sentence for each of the first keys, and one for all others.
func named(sentence string, keys []string) (findings []string) {
	for i, key := range keys {
		if i == maxBlobsNamed {
			return append(findings, fmt.Sprintf("The same is true of %d more.", len(keys)-i))
		}
		findings = append(findings, fmt.Sprintf(sentence, key))
	}
	return findings
}

// moveFiles copies the bytes of all files into the bucket, if one is configured.
func moveFiles(ctx context.Context, c config.Config, from *sqlite.Export, say func(string)) error {
	count, err := from.Count(ctx, "files")
	if err != nil || count == 0 {
		return err
	}
	if c.S3URL == "" {
		say(fmt.Sprintf("files: their bytes stay in the folder %s, which the server still needs. To move them into a bucket, for several nodes, run this again with --s3-url.", filepath.Join(c.Data, filesFolder)))
		return nil
	}
	bucket, err := openBucket(ctx, c)
	if err != nil {
		return err
	}
	sizes := make(map[string]int64)
	err = bucket.Each(ctx, func(b chat.StoredBlob) error {
		sizes[b.Key] = b.Size
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot list the bucket: %w", err)
	}
	moved := 0
	disk := blob.ReadDisk(filepath.Join(c.Data, filesFolder))
	err = disk.Each(ctx, func(b chat.StoredBlob) error {
		if size, there := sizes[b.Key]; there && size == b.Size {
			return nil
		}
		moved++
		return copyBlob(ctx, disk, bucket, b.Key)
	})
	if err != nil {
		return fmt.Errorf("cannot copy the files into the bucket: %w; run it again to continue", err)
	}
	say(fmt.Sprintf("files: %d blobs copied into the bucket at %s.", moved, redacted(c.S3URL)))
	return nil
}

func copyBlob(ctx context.Context, from, to chat.BlobStore, key string) error {
	b, err := from.Open(ctx, key)
	if err != nil {
		return err
	}
	return errors.Join(to.Put(ctx, key, b.Size(), b), b.Close())
}
