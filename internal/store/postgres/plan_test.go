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
		"user by id":            {query: sqlUserByID, args: "1"},
		"user by name":          {query: sqlCredentials, args: "'a'"},
		"is there an admin":     {query: sqlHasAdmin},
		"users that begin":      {query: sqlUsersThatBegin, args: "'a', 1, 'a', 1", bounds: "(ROW(search_key, id) > ROW($1, $2)) AND (search_key < $3)"},
		"users by word":         {query: sqlUsersByWord, args: "'a', 1, 'a', 1", bounds: `(rank = 1) AND (ROW(tail, "user") > ROW($1, $2)) AND (tail < $3)`},
		"users within":          {query: sqlUsersWithin, args: "'a', 1, 'a', 1", bounds: `(rank = 2) AND (ROW(tail, "user") > ROW($1, $2)) AND (tail < $3)`},
		"parts of a user":       {query: sqlForgetUserParts, args: "'{1}'"},
		"looks of a user":       {query: sqlLooksOfUser, args: "1"},
		"users alike":           {query: sqlUsersAlike, args: "'a', 1"},
		"unkeyed users":         {query: sqlUnkeyedUsers, args: two, bounds: "id > $1"},
		"users by id":           {query: sqlUsersByID, args: "'{1}'", sorts: true, bounds: "id = ANY ($1)"},
		"rooms shared":          {query: sqlSharesRoom, args: two},
		"invitation by token":   {query: sqlInvitationByToken, args: "'a', 1"},
		"invitation to lock":    {query: sqlLockInvitation, args: "'a', 1"},
		"invitation by id":      {query: sqlInvitationByID, args: two},
		"invitations of room":   {query: sqlInvitationsOfRoom, args: two, sorts: true},
		"invitations to user":   {query: sqlInvitationsToUser, args: two, sorts: true},
		"expired invitations":   {query: sqlForgetInvitations, args: "1"},
		"an invitation anew":    {query: sqlReplaceInvitation, args: three, sorts: true},
		"use of an invitation":  {query: sqlUseInvitation, args: "1"},
		"guest to member":       {query: sqlPromoteGuest, args: "1, 'a', 'a', 'a'"},
		"links into a room":     {query: sqlDeleteInvitationsInto, args: two, sorts: true, bounds: "(room = $1) AND (made_by = $2)"},
		"links by a user":       {query: sqlDeleteInvitationsBy, args: "1", sorts: true, bounds: "made_by = $1"},
		"ban from room":         {query: sqlBanFromRoom, args: "1, 1, 1, 1"},
		"ban from server":       {query: sqlBanFromServer, args: three},
		"unban from room":       {query: sqlUnbanFromRoom, args: two, bounds: `(room = $1) AND ("user" = $2)`},
		"unban from server":     {query: sqlUnbanFromServer, args: "1", bounds: `"user" = $1`},
		"whether banned":        {query: sqlIsBanned, args: two, bounds: `(room = $1) AND ("user" = $2)`},
		"one ban from room":     {query: sqlRoomBan, args: two, bounds: `(room = $1) AND ("user" = $2)`},
		"one ban from server":   {query: sqlServerBan, args: "1", bounds: `"user" = $1`},
		"bans from room":        {query: sqlRoomBans, args: "1, 'a', 1", bounds: "(room = $1) AND (folded_name > $2)"},
		"bans from server":      {query: sqlServerBans, args: "'a', 1", bounds: "folded_name > $1"},
		"user to mark":          {query: sqlMarkUser, args: "1, true"},
		"conversation":          {query: sqlConversation, args: two},
		"hide":                  {query: sqlHide, args: two},
		"show":                  {query: sqlShow, args: two},
		"session":               {query: sqlSessionByID, args: "'a', 1"},
		"sessions of user":      {query: sqlSessionsOfUser, args: two, sorts: true},
		"expired sessions":      {query: sqlDeleteExpiredSessions, args: "1"},
		"stored sessions":       {query: sqlStoredSessions, args: "'{a}'"},
		"touched sessions":      {query: sqlTouchSessions, args: "'{a}', 1, 1, 1", sorts: true},
		"room":                  {query: sqlRoomByID, args: "1"},
		"users to lock":         {query: sqlLockUsers, args: "'{1}'", bounds: "id = ANY ($1)"},
		"room to lock and read": {query: sqlLockRoomRow, args: "1"},
		"memberships of two":    {query: sqlMembershipsOf, args: "1, '{1}'"},
		"link to lock":          {query: sqlLockInvitationRow, args: "1"},
		"room to lock":          {query: sqlLockRoom, args: "1"},
		"maker of a link":       {query: sqlLockMaker, args: "1"},
		"whether a member":      {query: sqlIsMember, args: two},
		"membership":            {query: sqlMembership, args: two},
		"new member":            {query: sqlInsertMember, args: "1, 1, 'a', 1, 1"},
		"member gone":           {query: sqlDeleteMember, args: two},
		"read position":         {query: sqlMoveRead, args: three},
		"public room by name":   {query: sqlPublicRoomNamed, args: "'a'"},
		"rooms that begin":      {query: sqlRoomsThatBegin, args: "'a', 1, 'a', 1", bounds: "(ROW(search_key, id) > ROW($1, $2)) AND (search_key < $3)"},
		"rooms by word":         {query: sqlRoomsByWord, args: "'a', 1, 'a', 1", bounds: "(rank = 1) AND (ROW(tail, room) > ROW($1, $2)) AND (tail < $3)"},
		"rooms within":          {query: sqlRoomsWithin, args: "'a', 1, 'a', 1", bounds: "(rank = 2) AND (ROW(tail, room) > ROW($1, $2)) AND (tail < $3)"},
		"parts of a room":       {query: sqlForgetRoomParts, args: "'{1}'"},
		"looks of a room":       {query: sqlLooksOfRoom, args: "1"},
		"rooms alike":           {query: sqlRoomsAlike, args: "'a', 1"},
		"unkeyed rooms":         {query: sqlUnkeyedRooms, args: two, bounds: "id > $1"},
		"members":               {query: sqlMembers, args: "1, 'a', 1", bounds: "(room = $1) AND (folded_name > $2)"},
		"subscription":          {query: sqlSubscription, args: two},
		"subscriptions":         {query: sqlSubscriptions, args: "1", sorts: true},
		"subscription page":     {query: sqlSubscriptionPage, args: "1, 'a', 1, 1", sorts: true},
		"rooms by id":           {query: sqlRoomsByID, args: "'{1}'", bounds: "id = ANY ($1)"},
		"heads":                 {query: sqlHeads, args: "'{1}'", bounds: "id = ANY ($1)"},
		"append":                {query: sqlAppend, args: "1, '{1}', '{00000000-0000-4000-8000-000000000001}', '{a}', '{a}', '{1}', '{t}', '{t}'", sorts: true},
		"message":               {query: sqlMessage, args: two},
		"edit":                  {query: sqlEdit, args: "1, 1, 'a', 1, 1"},
		"delete":                {query: sqlDelete, args: three},
		"message by client id":  {query: sqlMessageByClientID, args: "1, 1, '00000000-0000-4000-8000-000000000001'"},
		"messages before":       {query: sqlMessagesBefore, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (seq < $2)"},
		"messages after":        {query: sqlMessagesAfter, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (seq > $2)"},
		"changes":               {query: sqlChangesSince, args: "1, 1, 1, 1", sorts: true, bounds: "(room = $1) AND (rev > $2)"},
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
