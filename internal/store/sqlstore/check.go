package sqlstore

import (
	"fmt"
	"slices"

	"partychat/internal/naming"
)

// Report is the result of a check.
type Report struct {
	// Running tells whether a server has the database open. What was checked is its
	// state at one moment.
	Running                bool
	Users, Rooms, Messages int64
	// Jobs are waiting; FailingJobs of them have failed before.
	Jobs, FailingJobs int64
	// Blobs are the blobs that have a record, by key.
	Blobs map[string]Blob
	// Findings are sentences about what is wrong.
	Findings []string
}

// Blob is the record of a blob.
type Blob struct {
	Size int64 // in bytes
	Used bool  // a file has it
}

// maxAlike is how many findings of one kind are listed one by one.
const maxAlike = 5

// Checker looks for what breaks the invariants.
type Checker struct {
	Queries Queries // sees one snapshot
	Report  *Report
}

// Count counts what there is.
func (c Checker) Count() error {
	const query = `SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM rooms), (SELECT count(*) FROM messages),
    (SELECT count(*) FROM jobs), (SELECT count(*) FROM jobs WHERE failure <> '')`
	r := c.Report
	if _, err := c.Queries.Row(query, nil, &r.Users, &r.Rooms, &r.Messages, &r.Jobs, &r.FailingJobs); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	const blobs = `SELECT b.key, b.size, EXISTS (SELECT 1 FROM file_blobs f WHERE f.key = b.key) FROM blobs b`
	c.Report.Blobs = make(map[string]Blob)
	err := c.Queries.Each(blobs, nil, func(r Scanner) error {
		var key string
		var blob Blob
		err := r.Scan(&key, &blob.Size, &blob.Used)
		c.Report.Blobs[key] = blob
		return err
	})
	if err != nil {
		return fmt.Errorf("list the files: %w", err)
	}
	return nil
}

// Rules runs queries each of whose rows is a sentence about something that is wrong.
func (c Checker) Rules(queries ...string) error {
	for _, query := range queries {
		var found findings
		err := c.Queries.Each(query, nil, func(r Scanner) error {
			var sentence string
			err := r.Scan(&sentence)
			found.add("%s", sentence)
			return err
		})
		if err != nil {
			return fmt.Errorf("read the database: %w", err)
		}
		found.tell(c.Report)
	}
	return nil
}

// Derived are queries that compare what is derived from names with the names. Each
// row is an id, a name, a display name, and one of the derived texts, which is NULL if there is none;
// rows of one id follow each other. Names that nothing was derived from yet are left
// out.
type Derived struct {
	// PartsOfRooms and PartsOfUsers give the rank and the tail of a part as one text.
	PartsOfRooms, PartsOfUsers string
}

const (
	looksOfRooms = `
SELECT r.id, r.name, '', l.look FROM rooms r LEFT JOIN room_looks l ON l.room = r.id
WHERE r.kind = 'public' AND r.keyed_name = r.name ORDER BY r.id`

	looksOfUsers = `
SELECT u.id, u.username, '', l.look FROM users u LEFT JOIN user_looks l ON l."user" = u.id
WHERE u.keyed_name = u.username ORDER BY u.id`
)

// Names checks what is derived from names.
func (c Checker) Names(derived Derived) error {
	for _, check := range []struct {
		query, sentence string
		want            func(Named) []string
	}{
		{derived.PartsOfRooms, "The search finds room %d under %q, but its name has %q.", partsOf},
		{derived.PartsOfUsers, "The search finds user %d under %q, but its name has %q.", partsOf},
		{looksOfRooms, "Room %d counts as looking like %q, but its name looks like %q.", looksOf},
		{looksOfUsers, "User %d counts as looking like %q, but its name looks like %q.", looksOf},
	} {
		if err := c.derivedFrom(check.query, check.sentence, check.want); err != nil {
			return err
		}
	}
	return nil
}

func looksOf(row Named) []string { return naming.Looks(row.Name) }

func partsOf(row Named) (parts []string) {
	for _, part := range row.Parts() {
		parts = append(parts, fmt.Sprint(part.Rank, part.Key))
	}
	return parts
}

func (c Checker) derivedFrom(query, sentence string, of func(Named) []string) error {
	var found findings
	var now Named
	var has []string
	compare := func() {
		if now.ID == 0 {
			return // before the first row
		}
		want := of(now)
		slices.Sort(want)
		slices.Sort(has)
		if !slices.Equal(has, want) {
			found.add(sentence, now.ID, has, want)
		}
	}
	err := c.Queries.Each(query, nil, func(r Scanner) error {
		var row Named
		var text *string
		if err := r.Scan(&row.ID, &row.Name, &row.Display, &text); err != nil {
			return err
		}
		if row.ID != now.ID {
			compare()
			now, has = row, nil
		}
		if text != nil {
			has = append(has, *text)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	compare()
	found.tell(c.Report)
	return nil
}

// Add adds findings of one kind, each a sentence.
func (r *Report) Add(sentences ...string) {
	var found findings
	for _, sentence := range sentences {
		found.add("%s", sentence)
	}
	found.tell(r)
}

// findings gathers sentences of one kind.
type findings struct {
	first []string
	more  int
}

func (f *findings) add(format string, args ...any) {
	if len(f.first) == maxAlike {
		f.more++
		return
	}
	f.first = append(f.first, fmt.Sprintf(format, args...))
}

func (f *findings) tell(report *Report) {
	report.Findings = append(report.Findings, f.first...)
	if f.more > 0 {
		report.Findings = append(report.Findings, fmt.Sprintf("The same error is in %d more places.", f.more))
	}
}
