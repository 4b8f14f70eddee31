package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestQueriesReadAnIndex asks PostgreSQL for the plan of each query on tables that
// grow, with scans and sorts made as expensive as possible. No plan may have any,
// except to sort the few rooms or invitations of one user.
func TestQueriesReadAnIndex(t *testing.T) {
	url := empty.Database(t)
	populate(t, openAt(t, Options{URL: url}), 3, 10)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, setting := range []string{
		"enable_seqscan = off", "enable_bitmapscan = off", "enable_hashjoin = off",
		"enable_mergejoin = off", "plan_cache_mode = force_generic_plan",
	} {
		if _, err := conn.Exec(t.Context(), "SET "+setting); err != nil {
			t.Fatal(err)
		}
	}
	const two, three, four = "1, 1", "1, 1, 1", "'a', 1, 'a', 'a'"
	for name, test := range map[string]struct {
		query  string
		args   string
		sorts  bool
		bounds string // expected bounds of the index, if they matter
	}{
		"user by id":            {query: statements.UserByID, args: "1"},
		"user by name":          {query: statements.Credentials, args: "'a'"},
		"is there an admin":     {query: statements.HasAdmin},
		"users that begin":      {query: sqlUsersThatBegin, args: "'a', 1, 'a', 1", bounds: "(ROW(search_key, id) > ROW($1, $2)) AND (search_key < $3)"},
		"users by word":         {query: sqlUsersByWord, args: "'a', 1, 'a', 1", bounds: `(rank = 1) AND (ROW(tail, "user") > ROW($1, $2)) AND (tail < $3)`},
		"users within":          {query: sqlUsersWithin, args: "'a', 1, 'a', 1", bounds: `(rank = 2) AND (ROW(tail, "user") > ROW($1, $2)) AND (tail < $3)`},
		"parts of a user":       {query: users.forgetParts(), args: "'{1}'"},
		"looks of a user":       {query: derivedNames.Users.Looks, args: "1"},
		"users alike":           {query: derivedNames.Users.Alike, args: "'a', 1"},
		"unkeyed users":         {query: derivedNames.Users.Unkeyed, args: two, bounds: "id > $1"},
		"users by id":           {query: statements.UsersByID, args: "'{1}'", sorts: true, bounds: "id = ANY ($1)"},
		"rooms shared":          {query: statements.SharesRoom, args: two},
		"invitation by token":   {query: statements.InvitationByToken, args: "'a', 1"},
		"invitation to lock":    {query: statements.LockInvitationByToken, args: "'a', 1"},
		"invitation by id":      {query: statements.InvitationByID, args: two},
		"invitations of room":   {query: statements.InvitationsOfRoom, args: two, sorts: true},
		"invitations to user":   {query: statements.InvitationsToUser, args: two, sorts: true},
		"expired invitations":   {query: statements.ForgetInvitations, args: "1"},
		"an invitation anew":    {query: statements.ReplaceInvitation, args: three, sorts: true},
		"use of an invitation":  {query: statements.UseInvitation, args: "1"},
		"guest to member":       {query: statements.PromoteGuest, args: "1, 'a', 'a', 'a'"},
		"links into a room":     {query: statements.DeleteInvitationsInto, args: two, sorts: true, bounds: "(room = $1) AND (made_by = $2)"},
		"links by a user":       {query: statements.DeleteInvitationsBy, args: "1", sorts: true, bounds: "made_by = $1"},
		"room to empty":         {query: statements.EmptyRoom, args: "1"},
		"heir of a room":        {query: statements.Heir, args: "1", sorts: true},
		"another admin":         {query: statements.HasOtherAdmin, args: two},
		"messages to purge":     {query: statements.FirstMessages, args: two},
		"files to purge":        {query: statements.FilesUpTo, args: two, sorts: true},
		"links of a room":       {query: statements.DeleteInvitationsOf, args: "1", sorts: true},
		"ban from room":         {query: statements.BanFromRoom, args: "1, 1, 1, 1"},
		"ban from server":       {query: statements.BanFromServer, args: three},
		"unban from room":       {query: statements.UnbanFromRoom, args: two, bounds: `(room = $1) AND ("user" = $2)`},
		"unban from server":     {query: statements.UnbanFromServer, args: "1", bounds: `"user" = $1`},
		"whether banned":        {query: statements.IsBanned, args: two, bounds: `(room = $1) AND ("user" = $2)`},
		"one ban from room":     {query: statements.RoomBan, args: two, bounds: `(room = $1) AND ("user" = $2)`},
		"one ban from server":   {query: statements.ServerBan, args: "1", bounds: `"user" = $1`},
		"bans from room":        {query: statements.RoomBans, args: "1, 'a', 1", bounds: "(room = $1) AND (folded_name > $2)"},
		"bans from server":      {query: statements.ServerBans, args: "'a', 1", bounds: "folded_name > $1"},
		"user to lock":          {query: statements.LockUser, args: "1"},
		"rooms of a list":       {query: statements.SubscriptionsIn, args: "1, '{1}'", sorts: true},
		"user to mark":          {query: statements.MarkUser, args: "1, true"},
		"conversation":          {query: statements.Conversation, args: two},
		"hide":                  {query: statements.Hide, args: two},
		"show":                  {query: statements.Show, args: two},
		"session":               {query: statements.SessionByID, args: "'a', 1"},
		"session and user":      {query: statements.SessionUser, args: "'a', 1"},
		"sessions of user":      {query: statements.SessionsOfUser, args: two, sorts: true},
		"expired sessions":      {query: statements.DeleteExpiredSessions, args: "1"},
		"stored sessions":       {query: statements.StoredSessions, args: "'{a}'"},
		"touched sessions":      {query: statements.TouchSessions, args: "'{a}', 1, 1, 1", sorts: true},
		"room":                  {query: statements.RoomByID, args: "1"},
		"users to lock":         {query: statements.LockUsers, args: "'{1}'", bounds: "id = ANY ($1)"},
		"room to lock and read": {query: statements.LockRoom, args: "1"},
		"memberships of two":    {query: statements.MembershipsOf, args: "1, '{1}'"},
		"link to lock":          {query: statements.LockInvitation, args: "1"},
		"room to lock":          {query: statements.LockHead, args: "1"},
		"maker of a link":       {query: statements.LockMaker, args: "1"},
		"whether a member":      {query: statements.IsMember, args: two},
		"membership":            {query: statements.Membership, args: two},
		"new member":            {query: statements.InsertMember, args: "1, 1, 'a', 1, 1"},
		"member gone":           {query: statements.DeleteMember, args: two},
		"read position":         {query: sqlMoveRead, args: "1, 1, 1, 1"},
		"mark as unread":        {query: statements.MarkUnread, args: "1, 1, 1, 1"},
		"public room by name":   {query: statements.PublicRoomNamed, args: "'a'"},
		"rooms that begin":      {query: sqlRoomsThatBegin, args: "'a', 1, 'a', 1", bounds: "(ROW(search_key, id) > ROW($1, $2)) AND (search_key < $3)"},
		"rooms by word":         {query: sqlRoomsByWord, args: "'a', 1, 'a', 1", bounds: "(rank = 1) AND (ROW(tail, room) > ROW($1, $2)) AND (tail < $3)"},
		"rooms within":          {query: sqlRoomsWithin, args: "'a', 1, 'a', 1", bounds: "(rank = 2) AND (ROW(tail, room) > ROW($1, $2)) AND (tail < $3)"},
		"parts of a room":       {query: rooms.forgetParts(), args: "'{1}'"},
		"looks of a room":       {query: derivedNames.Rooms.Looks, args: "1"},
		"rooms alike":           {query: derivedNames.Rooms.Alike, args: "'a', 1"},
		"unkeyed rooms":         {query: derivedNames.Rooms.Unkeyed, args: two, bounds: "id > $1"},
		"members":               {query: statements.Members, args: "1, 'a', 1", bounds: "(room = $1) AND (folded_name > $2)"},
		"members by name":       {query: statements.MembersNamed, args: "1, '{a}'"},
		"subscription":          {query: statements.Subscription, args: two},
		"subscriptions":         {query: statements.Subscriptions, args: "1", sorts: true},
		"subscription page":     {query: statements.SubscriptionPage, args: "1, 'a', 1, 1", sorts: true},
		"rooms by id":           {query: statements.RoomsByID, args: "'{1}'", bounds: "id = ANY ($1)"},
		"heads":                 {query: statements.Heads, args: "'{1}'", bounds: "id = ANY ($1)"},
		"append":                {query: sqlAppend, args: "1, '{1}', '{00000000-0000-4000-8000-000000000001}', '{a}', '{a}', '{1}', '{t}', '{t}', '{a}', '{t}'", sorts: true},
		"message":               {query: statements.Message, args: two},
		"change of a message":   {query: statements.ReplaceMessage, args: "1, 1, 'a', 1, true, 1, 'a'"},
		"touch of a message":    {query: statements.TouchMessage, args: "1, 1, 1, 1"},
		"reactions":             {query: statements.Reactions, args: "1, 1, '{1}'", sorts: true},
		"reactions by a user":   {query: statements.ReactionsBy, args: "1, 1, '{1}'"},
		"reaction taken back":   {query: statements.RemoveReaction, args: "1, 1, 1, 'a'"},
		"reactions counted":     {query: statements.CountDown, args: "1, 1, 'a'"},
		"answers":               {query: statements.AnswersIn, args: "1, '{1}'"},
		"threads of roots":      {query: statements.ThreadsIn, args: "1, '{1}'"},
		"authors of replies":    {query: statements.AuthorsIn, args: "'{1}'"},
		"summary of a thread":   {query: statements.SelectThread, args: two},
		"room's messages":       {query: statements.RoomsBefore, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (seq < $2)"},
		"thread's messages":     {query: statements.ThreadsBefore, args: "1, 1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (thread = $5) AND (seq < $2)"},
		"later in a thread":     {query: statements.ThreadsAfter, args: "1, 1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (thread = $5) AND (seq > $2)"},
		"message by client id":  {query: statements.MessageByClientID, args: "1, 1, '00000000-0000-4000-8000-000000000001'"},
		"messages before":       {query: statements.MessagesBefore, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (seq < $2)"},
		"messages after":        {query: statements.MessagesAfter, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (seq > $2)"},
		"changes":               {query: statements.MessagesByRev, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (rev > $2)"},
		"rooms of a user":       {query: statements.RoomsOf, args: two},
		"rooms to be indexed":   {query: statements.UnindexedOf, args: "'{1}'"},
		"the same of a member":  {query: statements.UnindexedOfMember, args: two},
		"messages to index":     {query: statements.UnindexedMessages, args: "1, 1, 1, 1", bounds: "(room = $1) AND (rev > $2) AND (rev <= $3)"},
		"newest to be indexed":  {query: statements.NewestUnindexed, args: three, bounds: "(room = $1) AND (rev > $2)"},
		"conversations with":    {query: statements.ConversationsWith, args: "1, '{1}'", sorts: true},
		"a doc behind others":   {query: sqlDocBehind, args: two, bounds: "doc <= $1"},
	} {
		if _, err := conn.Exec(t.Context(), fmt.Sprintf("SET enable_sort = %v", test.sorts)); err != nil {
			t.Fatal(err)
		}
		steps, err := plan(t, conn, test.query, test.args)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(steps, "Index") {
			t.Errorf("%s reads no index:\n%s", name, steps)
		}
		if test.bounds != "" && !strings.Contains(steps, "Index Cond: ("+test.bounds) {
			t.Errorf("%s does not keep within %q:\n%s", name, test.bounds, steps)
		}
		if strings.Contains(steps, "Seq Scan") || strings.Contains(steps, "Sort Key") && !test.sorts {
			t.Errorf("%s scans or sorts:\n%s", name, steps)
		}
	}
}

// plan returns the generic plan, for unknown arguments.
func plan(t *testing.T, conn *pgx.Conn, query, args string) (string, error) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), "PREPARE p AS "+query); err != nil {
		return "", err
	}
	defer conn.Exec(t.Context(), "DEALLOCATE p")
	execute := "EXPLAIN (COSTS OFF) EXECUTE p"
	if args != "" {
		execute += fmt.Sprintf("(%s)", args)
	}
	rows, err := conn.Query(t.Context(), execute, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}
