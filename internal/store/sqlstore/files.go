package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

type fileStatements struct {
	LockFiles, SendFile, FilesOfMessages, FilesIn string
}

func (d Dialect) files() fileStatements {
	return fileStatements{
		LockFiles: `SELECT ` + fileColumns + ` FROM files f WHERE ` + d.Any("f.id", "$1") + ` ORDER BY f.id` + d.Lock("f"),
		SendFile:  `UPDATE files SET room = $2, seq = $3, place = $4 WHERE id = $1`,

		FilesOfMessages: `
SELECT ` + fileColumns + ` FROM files f WHERE f.room = $1 AND ` + d.Any("f.seq", "$2") + ` ORDER BY f.seq, f.place`,

		FilesIn: `
SELECT ` + fileColumns + `, t.created_at, ` + AuthorColumns + `
FROM (SELECT DISTINCT seq FROM files WHERE room = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3) s
` + d.Join + ` files f ON f.room = $1 AND f.seq = s.seq
` + d.Join + ` messages t ON t.room = $1 AND t.seq = s.seq
` + d.Join + ` users u ON u.id = t.author
ORDER BY f.seq DESC, f.place`,
	}
}

// maySend locks the files, and fails unless the author may send each of them.
func maySend(tx Tx, c *Core, author chat.UserID, files []chat.FileID) error {
	if len(files) == 0 {
		return nil
	}
	list, err := c.dialect.List(files)
	if err != nil {
		return err
	}
	n := 0
	err = tx.Each(c.sql.LockFiles, []any{list}, func(r Scanner) error {
		var row fileRow
		err := r.Scan(row.dest()...)
		if f := row.file(); f.Owner == author && f.Ready && f.Room == 0 {
			n++
		}
		return err
	})
	if err == nil && n < len(files) {
		err = chat.ErrorIn("files", chat.CodeInvalid, "One of the files is not there, not complete, or already sent.")
	}
	return err
}

// FilesIn is specified by chat.SentFileStore.
func (s sentFileStore) FilesIn(ctx context.Context, room chat.RoomID, before int64, limit int) ([]chat.SentFile, error) {
	if before == 0 {
		before = 1 << 62
	}
	return all(ctx, s.Core, s.sql.FilesIn, []any{room, before, limit}, func(r Scanner) (chat.SentFile, error) {
		var row fileRow
		var sent chat.SentFile
		var at int64
		err := r.Scan(append(append(row.dest(), &at), AuthorDest(&sent.Author)...)...)
		sent.File, sent.SentAt = row.file(), FromMillis(at)
		return sent, err
	})
}

// readFiles adds the files of those messages of a room.
func (x Extras) readFiles(q Queries, room chat.RoomID, seqs []int64, bySeq map[int64]*chat.Message) error {
	if len(seqs) == 0 {
		return nil
	}
	list, err := x.dialect.List(seqs)
	if err != nil {
		return err
	}
	return q.Each(x.files.FilesOfMessages, []any{room, list}, func(r Scanner) error {
		var row fileRow
		err := r.Scan(row.dest()...)
		m := bySeq[row.f.Seq]
		m.Files = append(m.Files, row.file().FileInfo)
		return err
	})
}

// dropFiles deletes the files of a message.
func (c *Core) dropFiles(tx Tx, m chat.Message) error {
	if len(m.Files) == 0 {
		return nil
	}
	seqs, err := c.dialect.List([]int64{m.Seq})
	if err != nil {
		return err
	}
	var files []chat.File
	err = tx.Each(c.sql.FilesOfMessages, []any{m.Room, seqs}, func(r Scanner) error {
		var row fileRow
		err := r.Scan(row.dest()...)
		files = append(files, row.file())
		return err
	})
	for _, file := range files {
		if err == nil {
			err = c.dropFile(tx, file)
		}
	}
	return err
}
