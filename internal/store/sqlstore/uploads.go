package sqlstore

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// fileColumns are what a fileRow receives, of files f.
const fileColumns = `f.id, f.owner, f.client_id, coalesce(f.room, 0), f.seq, f.name, f.type, f.size, f.received, f.ready, f.width, f.height, f.created_at`

type uploadStatements struct {
	FileByClientID, File, LockFile, InsertFile, BlobsOfFile       string
	LockTotal, Total, AddTotal                                    string
	InsertBlob, IntendBlob, TakeBlob, InsertFileBlob, DeleteParts string
	MoveFile, ReadyFile, ReleaseBlobs, ReleaseParts, DeleteFile   string
}

func (d Dialect) uploads() uploadStatements {
	const from = `SELECT ` + fileColumns + ` FROM files f WHERE `
	return uploadStatements{
		FileByClientID: from + `f.owner = $1 AND f.client_id = $2`,
		File:           from + `f.id = $1`,
		LockFile:       from + `f.id = $1` + d.Lock("f"),
		InsertFile: `
INSERT INTO files (id, owner, client_id, name, size, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (owner, client_id) DO NOTHING`,

		BlobsOfFile: `
SELECT fb.role, fb.place, fb.key, b.size FROM file_blobs fb ` + d.Join + ` blobs b ON b.key = fb.key
WHERE fb.file = $1 ORDER BY fb.role, fb.place`,

		LockTotal: `SELECT t.bytes FROM file_totals t WHERE t.owner = 0` + d.Lock("t"),
		Total:     `SELECT bytes FROM file_totals WHERE owner = $1`,
		AddTotal: `
INSERT INTO file_totals (owner, bytes) VALUES ($1, $2)
ON CONFLICT (owner) DO UPDATE SET bytes = file_totals.bytes + excluded.bytes`,

		InsertBlob: `INSERT INTO blobs (key, size, checked_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`,
		IntendBlob: `UPDATE blobs SET checked_at = $2 WHERE key = $1 AND NOT doomed`,
		TakeBlob:   `UPDATE blobs SET checked_at = NULL WHERE key = $1 AND NOT doomed`,

		InsertFileBlob: `INSERT INTO file_blobs (file, role, place, key) VALUES ($1, $2, $3, $4)`,
		DeleteParts:    `DELETE FROM file_blobs WHERE file = $1 AND role = 'part'`,
		MoveFile:       `UPDATE files SET received = $2, changed_at = $3 WHERE id = $1`,
		ReadyFile: `
UPDATE files SET ready = $2, type = $3, size = $4, received = $4, width = $5, height = $6 WHERE id = $1`,

		// What is no longer needed is deleted by the next sweep, not an hour later.
		ReleaseBlobs: `UPDATE blobs SET checked_at = 0 WHERE key IN (SELECT key FROM file_blobs WHERE file = $1)`,
		ReleaseParts: `UPDATE blobs SET checked_at = 0 WHERE key IN (SELECT key FROM file_blobs WHERE file = $1 AND role = 'part')`,
		DeleteFile:   `DELETE FROM files WHERE id = $1`,
	}
}

func noFile() error { return chat.Errorf(chat.CodeNotFound, "There is no such file.") }

// fileRow receives fileColumns.
type fileRow struct {
	f         chat.File
	clientID  []byte
	createdAt int64
}

func (r *fileRow) dest() []any {
	return []any{
		(*int64)(&r.f.ID), (*int64)(&r.f.Owner), &r.clientID, (*int64)(&r.f.Room), &r.f.Seq, &r.f.Name, &r.f.Type,
		&r.f.Size, &r.f.Received, &r.f.Ready, &r.f.Width, &r.f.Height, &r.createdAt,
	}
}

func (r *fileRow) file() chat.File {
	f := r.f
	f.ClientID, f.CreatedAt = FormatUUID(r.clientID), FromMillis(r.createdAt)
	return f
}

// CreateFile is specified by chat.UploadStore.
func (s uploadStore) CreateFile(ctx context.Context, n chat.NewFile) (file chat.File, created bool, err error) {
	clientID, err := ParseUUID(n.ClientID)
	if err != nil {
		return chat.File{}, false, err
	}
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		created = false
		var total int64
		if _, err := tx.Row(s.sql.LockTotal, nil, &total); err != nil { // also orders equal calls
			return err
		}
		var row fileRow
		found, err := tx.Row(s.sql.FileByClientID, []any{n.Owner, clientID}, row.dest()...)
		if file = row.file(); err != nil || found {
			return err
		}
		if err := s.fits(tx, n, total); err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.InsertFile, n.ID, n.Owner, clientID, n.Name, n.Size, Millis(n.CreatedAt)); err != nil {
			return err
		}
		if err := s.addTotals(tx, n.Owner, n.Size); err != nil {
			return err
		}
		created = true
		file, err = fileIn(tx, s.sql, s.sql.File, n.ID)
		return err
	})
	if err != nil {
		return chat.File{}, false, err
	}
	return file, created, nil
}

// fits fails with CodeTooLarge if the totals leave no space for the file.
func (s uploadStore) fits(tx Tx, n chat.NewFile, total int64) error {
	if n.OfServer > 0 && total+n.Size > n.OfServer {
		return chat.ErrorIn("size", chat.CodeTooLarge, "There is no space left for files on this server.")
	}
	var own int64
	if _, err := tx.Row(s.sql.Total, []any{n.Owner}, &own); err != nil {
		return err
	}
	if n.OfUser > 0 && own+n.Size > n.OfUser {
		return chat.ErrorIn("size", chat.CodeTooLarge, "You have no space left for files. Delete messages with files that you no longer need.")
	}
	return nil
}

// addTotals counts bytes of a user's files. The total of everybody is locked first, and
// all transactions lock files before totals.
func (c *Core) addTotals(tx Tx, owner chat.UserID, bytes int64) error {
	for _, of := range []chat.UserID{0, owner} {
		if _, err := tx.Exec(c.sql.AddTotal, of, bytes); err != nil {
			return err
		}
	}
	return nil
}

// File is specified by chat.UploadStore.
func (s uploadStore) File(ctx context.Context, id chat.FileID) (file chat.File, err error) {
	err = s.db.Read(ctx, func(q Queries) (err error) {
		file, err = fileIn(q, s.sql, s.sql.File, id)
		return err
	})
	if err != nil {
		return chat.File{}, err
	}
	return file, nil
}

// fileIn reads a file with its blobs.
func fileIn(q Queries, sql Statements, query string, id chat.FileID) (chat.File, error) {
	var row fileRow
	found, err := q.Row(query, []any{id}, row.dest()...)
	if err == nil && !found {
		err = noFile()
	}
	if err != nil {
		return chat.File{}, err
	}
	file := row.file()
	err = q.Each(sql.BlobsOfFile, []any{id}, func(r Scanner) error {
		var b chat.FileBlob
		err := r.Scan((*string)(&b.Role), &b.Offset, &b.Key, &b.Size)
		file.Blobs = append(file.Blobs, b)
		return err
	})
	return file, err
}

// IntendBlobs is specified by chat.UploadStore.
func (s uploadStore) IntendBlobs(ctx context.Context, blobs []chat.FileBlob, at time.Time) error {
	return s.db.WriteBeside(ctx, func(tx Tx) error {
		for _, b := range blobs {
			if _, err := tx.Exec(s.sql.InsertBlob, b.Key, b.Size, Millis(at)); err != nil {
				return err
			}
		}
		return onBlobs(tx, s.sql.IntendBlob, blobs, Millis(at))
	})
}

// onBlobs runs a statement on each blob. It fails if one is being deleted.
func onBlobs(tx Tx, statement string, blobs []chat.FileBlob, args ...any) error {
	for _, b := range blobs {
		n, err := tx.Exec(statement, append([]any{b.Key}, args...)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return chat.Errorf(chat.CodeUnavailable, "The server is clearing up. Please try again.")
		}
	}
	return nil
}

// addBlobs gives blobs to a file.
func addBlobs(tx Tx, sql Statements, id chat.FileID, blobs []chat.FileBlob) error {
	if err := onBlobs(tx, sql.TakeBlob, blobs); err != nil {
		return err
	}
	for _, b := range blobs {
		if _, err := tx.Exec(sql.InsertFileBlob, id, string(b.Role), b.Offset, b.Key); err != nil {
			return err
		}
	}
	return nil
}

// AddPart is specified by chat.UploadStore.
func (s uploadStore) AddPart(ctx context.Context, id chat.FileID, part chat.FileBlob, at time.Time) (file chat.File, err error) {
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		if file, err = fileIn(tx, s.sql, s.sql.LockFile, id); err != nil {
			return err
		}
		if part.Offset != file.Received || part.Offset+part.Size > file.Size {
			return chat.ErrorIn("offset", chat.CodeTaken, "The upload goes on at byte %d.", file.Received)
		}
		if err := addBlobs(tx, s.sql, id, []chat.FileBlob{part}); err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.MoveFile, id, part.Offset+part.Size, Millis(at)); err != nil {
			return err
		}
		file, err = fileIn(tx, s.sql, s.sql.File, id)
		return err
	})
	if err != nil {
		return chat.File{}, err
	}
	return file, nil
}

// FinishFile is specified by chat.UploadStore.
func (s uploadStore) FinishFile(ctx context.Context, id chat.FileID, p chat.Prepared) (file chat.File, err error) {
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		if file, err = fileIn(tx, s.sql, s.sql.LockFile, id); err != nil || file.Ready {
			return err
		}
		content, _ := chat.File{Blobs: p.Blobs}.Blob(chat.BlobContent)
		if _, err := tx.Exec(s.sql.ReleaseParts, id); err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.DeleteParts, id); err != nil {
			return err
		}
		if err := addBlobs(tx, s.sql, id, p.Blobs); err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.ReadyFile, id, true, p.Type, content.Size, p.Width, p.Height); err != nil {
			return err
		}
		if err := s.addTotals(tx, file.Owner, content.Size-file.Size); err != nil {
			return err
		}
		file, err = fileIn(tx, s.sql, s.sql.File, id)
		return err
	})
	if err != nil {
		return chat.File{}, err
	}
	return file, nil
}

// DeleteFile is specified by chat.UploadStore.
func (s uploadStore) DeleteFile(ctx context.Context, id chat.FileID) error {
	return s.db.WriteBeside(ctx, func(tx Tx) error {
		file, err := fileIn(tx, s.sql, s.sql.LockFile, id)
		if err == nil && file.Room != 0 {
			err = noFile()
		}
		if err != nil {
			return err
		}
		return s.dropFile(tx, file)
	})
}

// dropFile deletes a file. Its blobs go with the next sweep, unless others use them.
func (c *Core) dropFile(tx Tx, file chat.File) error {
	if _, err := tx.Exec(c.sql.ReleaseBlobs, file.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(c.sql.DeleteFile, file.ID); err != nil {
		return err
	}
	return c.addTotals(tx, file.Owner, -file.Size)
}
