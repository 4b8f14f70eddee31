package sqlstore

// fileRules are the invariants of files and blobs.
var fileRules = []string{
	`SELECT format('Message %s of room %s has no file.', t.seq, t.room)
	FROM messages t WHERE t.kind = 'file' AND NOT t.deleted AND NOT EXISTS (SELECT 1 FROM files f WHERE f.room = t.room AND f.seq = t.seq)`,

	`SELECT format('File %s belongs to message %s of room %s, which cannot have it.', f.id, f.seq, f.room)
	FROM files f LEFT JOIN messages t ON t.room = f.room AND t.seq = f.seq
	WHERE f.room IS NOT NULL AND (t.seq IS NULL OR t.kind <> 'file' OR t.deleted OR t.author <> f.owner)`,

	`SELECT format('File %s is in message %s of room %s, but is not complete.', f.id, f.seq, f.room)
	FROM files f WHERE f.room IS NOT NULL AND NOT f.ready`,

	`SELECT format('File %s has received %s bytes of %s.', f.id, f.received, f.size)
	FROM files f WHERE f.received < 0 OR f.received > f.size OR f.ready AND f.received <> f.size`,

	`SELECT format('File %s is complete, but its content is not recorded.', f.id)
	FROM files f WHERE f.ready AND NOT EXISTS (SELECT 1 FROM file_blobs b WHERE b.file = f.id AND b.role = 'content')`,

	`SELECT format('File %s is not complete, but the parts that are recorded have %s bytes, not %s.', f.id, coalesce(sum(b.size), 0), f.received)
	FROM files f LEFT JOIN file_blobs p ON p.file = f.id AND p.role = 'part' LEFT JOIN blobs b ON b.key = p.key
	WHERE NOT f.ready GROUP BY f.id, f.received HAVING coalesce(sum(b.size), 0) <> f.received`,

	`SELECT format('Blob %s of file %s is marked as being deleted.', b.key, p.file)
	FROM blobs b JOIN file_blobs p ON p.key = b.key WHERE b.doomed`,

	`SELECT format('Blob %s belongs to no file, but nothing will delete it.', b.key)
	FROM blobs b WHERE b.checked_at IS NULL AND NOT EXISTS (SELECT 1 FROM file_blobs p WHERE p.key = b.key)`,

	`SELECT format('The files of user %s are recorded as %s bytes, but have %s.', coalesce(t.owner, f.owner), coalesce(t.bytes, 0), coalesce(f.bytes, 0))
	FROM file_totals t FULL JOIN (
		SELECT owner, sum(size) AS bytes FROM files GROUP BY owner UNION ALL SELECT 0, coalesce(sum(size), 0) FROM files
	) f ON f.owner = t.owner WHERE coalesce(t.bytes, 0) <> coalesce(f.bytes, 0)`,
}
