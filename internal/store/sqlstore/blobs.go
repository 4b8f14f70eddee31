package sqlstore

import (
	"context"
	"time"

	"partychat/internal/chat"
)

type blobStatements struct {
	StaleFiles, BlobsToCheck, LockBlob, KeepBlob, DoomBlob, ForgetBlobs string
}

func (d Dialect) blobs() blobStatements {
	return blobStatements{
		StaleFiles: `
SELECT ` + fileColumns + ` FROM files f WHERE f.room IS NULL AND f.changed_at < $1 ORDER BY f.changed_at LIMIT $2`,

		BlobsToCheck: `SELECT key FROM blobs WHERE checked_at < $1 ORDER BY checked_at LIMIT $2`,
		LockBlob:     `SELECT b.doomed FROM blobs b WHERE b.key = $1` + d.Lock("b"),
		KeepBlob: `
UPDATE blobs SET checked_at = NULL WHERE key = $1 AND EXISTS (SELECT 1 FROM file_blobs fb WHERE fb.key = $1)`,
		DoomBlob: `UPDATE blobs SET doomed = $3 WHERE key = $1 AND checked_at < $2`,

		ForgetBlobs: `DELETE FROM blobs WHERE doomed AND ` + d.Any("key", "$1"),
	}
}

// DeleteStale is specified by chat.BlobRecords.
func (s blobStore) DeleteStale(ctx context.Context, before time.Time, limit int) (n int, err error) {
	list, err := all(ctx, s.Core, s.sql.StaleFiles, []any{Millis(before), limit}, func(r Scanner) (chat.File, error) {
		var row fileRow
		err := r.Scan(row.dest()...)
		return row.file(), err
	})
	if err != nil {
		return 0, err
	}
	for _, stale := range list {
		err := s.db.WriteBeside(ctx, func(tx Tx) error {
			file, err := fileIn(tx, s.sql, s.sql.LockFile, stale.ID)
			if chat.CodeOf(err) == chat.CodeNotFound || err == nil && (file.Room != 0 || file.Received != stale.Received) {
				return nil // gone, sent, or continued
			}
			if err != nil {
				return err
			}
			return s.dropFile(tx, file)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// TakeUnused is specified by chat.BlobRecords.
func (s blobStore) TakeUnused(ctx context.Context, before time.Time, limit int) (keys []string, checked int, err error) {
	list, err := all(ctx, s.Core, s.sql.BlobsToCheck, []any{Millis(before), limit}, func(r Scanner) (key string, err error) {
		err = r.Scan(&key)
		return key, err
	})
	if err != nil {
		return nil, 0, err
	}
	for _, key := range list {
		doomed := false
		err := s.db.WriteBeside(ctx, func(tx Tx) (err error) {
			doomed, err = s.doom(tx, key, Millis(before))
			return err
		})
		if err != nil {
			return nil, 0, err
		}
		if doomed {
			keys = append(keys, key)
		}
	}
	return keys, len(list), nil
}

// doom marks the blob as being deleted if no file has it. Taking or releasing
// a blob changes its row, so the answer is valid as long as the lock is held.
func (s blobStore) doom(tx Tx, key string, before int64) (bool, error) {
	found, err := tx.Row(s.sql.LockBlob, []any{key}, new(bool))
	if err != nil || !found {
		return false, err
	}
	kept, err := tx.Exec(s.sql.KeepBlob, key)
	if err != nil || kept > 0 {
		return false, err
	}
	n, err := tx.Exec(s.sql.DoomBlob, key, before, true)
	return n > 0, err
}

// ForgetBlobs is specified by chat.BlobRecords.
func (s blobStore) ForgetBlobs(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	list, err := s.dialect.List(keys)
	if err != nil {
		return err
	}
	_, err = s.db.Exec(ctx, s.sql.ForgetBlobs, list)
	return err
}
