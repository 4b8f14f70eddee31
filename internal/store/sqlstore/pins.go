package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

type pinStatements struct {
	PinsIn, Pins, CountPins string
	PutPin, DropPin         string
}

func (d Dialect) pins() pinStatements {
	return pinStatements{
		PinsIn: `
SELECT x.seq, x.at, ` + AuthorColumns + ` FROM pins x ` + d.Join + ` users u ON u.id = x."user"
WHERE x.room = $1 AND ` + d.Any("x.seq", "$2"),

		Pins: `
SELECT ` + previewColumns + ` FROM pins x ` + d.Join + ` messages t ON t.room = x.room AND t.seq = x.seq
` + d.Join + ` users u ON u.id = t.author
WHERE x.room = $1 ORDER BY x.rev DESC LIMIT $2`,

		CountPins: `SELECT count(*) FROM pins WHERE room = $1`,

		PutPin: `
INSERT INTO pins (room, seq, "user", at, rev) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (room, seq) DO NOTHING`,
		DropPin: `DELETE FROM pins WHERE room = $1 AND seq = $2`,
	}
}

// readPins adds who pinned the messages of a room.
func (x Extras) readPins(q Queries, room chat.RoomID, seqs []int64, bySeq map[int64]*chat.Message) error {
	list, err := x.dialect.List(seqs)
	if err != nil {
		return err
	}
	return q.Each(x.pins.PinsIn, []any{room, list}, func(r Scanner) error {
		var seq, at int64
		var pin chat.Pin
		err := r.Scan(append([]any{&seq, &at}, AuthorDest(&pin.By)...)...)
		if m := bySeq[seq]; m != nil {
			pin.At = FromMillis(at)
			m.Pinned = &pin
		}
		return err
	})
}

// pin stores what a change of a pin has made of a message, behind the lock of the room.
func (s messageStore) pin(tx Tx, m chat.Message, change chat.MessagePin) error {
	if m.Pinned == nil {
		if _, err := tx.Exec(s.sql.DropPin, m.Room, m.Seq); err != nil {
			return err
		}
	} else {
		var pinned int
		if _, err := tx.Row(s.sql.CountPins, []any{m.Room}, &pinned); err != nil {
			return err
		}
		if err := change.Fits(pinned); err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.PutPin, m.Room, m.Seq, m.Pinned.By.ID, Millis(m.Pinned.At), m.Rev); err != nil {
			return err
		}
	}
	_, err := tx.Exec(s.sql.TouchMessage, m.Room, m.Seq, m.Rev, extraPin)
	return err
}

// Pins is specified by chat.PinStore.
func (s pinStore) Pins(ctx context.Context, room chat.RoomID, limit int) (messages []chat.Message, err error) {
	err = s.db.Read(ctx, func(q Queries) error {
		messages = []chat.Message{}
		var seqs []int64
		err := q.Each(s.sql.Pins, []any{room, limit}, func(r Scanner) error {
			var row MessageRow
			err := r.Scan(row.Dest()...)
			messages, seqs = append(messages, row.Message(room).Preview()), append(seqs, row.seq)
			return err
		})
		if err != nil || len(seqs) == 0 {
			return err
		}
		bySeq := make(map[int64]*chat.Message, len(messages))
		for i := range messages {
			bySeq[messages[i].Seq] = &messages[i]
		}
		return s.extras.readPins(q, room, seqs, bySeq)
	})
	return messages, err
}
