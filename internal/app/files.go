package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"partychat/internal/blob"
	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/picture"
)

const (
	// filesFolder is the name of the folder for files within the data folder.
	filesFolder = "files"
	// fileSweepInterval is the interval at which the bytes of deleted files are removed.
	fileSweepInterval = time.Minute
)

// The values of --file-storage.
const (
	filesAuto = "auto"
	filesDisk = "disk"
	filesS3   = "s3"
	filesOff  = "off"
)

// fileStorage returns where files are kept. Its errors are sentences for the operator.
func fileStorage(c config.Config) (string, error) {
	switch {
	case c.FileStorage == filesS3 && c.S3URL == "":
		return "", errors.New("--file-storage s3 needs the address of a bucket: set --s3-url or PARTYCHAT_S3_URL")
	case c.FileStorage == filesDisk && c.RedisURL != "":
		return "", errors.New("several nodes cannot share a folder for files: with --redis-url, use --file-storage s3 and --s3-url, or --file-storage off")
	case c.FileStorage != filesAuto && c.FileStorage != "":
		return c.FileStorage, nil
	case c.S3URL != "":
		return filesS3, nil
	case c.RedisURL != "":
		return filesOff, nil
	}
	return filesDisk, nil
}

// openFiles opens the storage for files; the keeper is nil if they are off.
func openFiles(ctx context.Context, c config.Config) (keeper chat.FileKeeper, where string, err error) {
	storage, err := fileStorage(c)
	if err != nil {
		return nil, "", err
	}
	pool := picture.NewPool(picture.Options{AtOnce: c.ImagesAtOnce, Memory: c.ImageMemory, Timeout: c.ImageTimeout})
	switch storage {
	case filesOff:
		return nil, "nowhere", nil
	case filesS3:
		bucket, err := openBucket(ctx, c)
		if err != nil {
			return nil, "", err
		}
		return blob.NewKeeper(bucket, pool, ""), "the bucket at " + redacted(c.S3URL), nil
	}
	folder := filepath.Join(c.Data, filesFolder)
	disk, err := blob.OpenDisk(folder)
	if err != nil {
		return nil, "", fmt.Errorf("cannot use the data folder %s: %w", c.Data, err)
	}
	return blob.NewKeeper(disk, pool, disk.Temporary()), "the folder " + folder, nil
}

func openBucket(ctx context.Context, c config.Config) (*blob.S3, error) {
	bucket, err := blob.OpenS3(ctx, blob.S3Options{URL: c.S3URL, Region: c.S3Region, Key: c.S3Key, Secret: c.S3Secret})
	if err != nil {
		return nil, fmt.Errorf("cannot use the S3 storage for files: %w", err)
	}
	return bucket, nil
}

// sweepFiles removes what nobody needs any more.
func (a *App) sweepFiles(ctx context.Context) {
	ticker := time.NewTicker(fileSweepInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := a.files.Sweep(ctx); err != nil && !errors.Is(err, context.Canceled) {
				a.log.Warn("cannot remove the bytes of deleted files", "error", err)
			}
		}
	}
}
