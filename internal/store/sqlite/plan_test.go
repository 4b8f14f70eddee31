package sqlite

import (
	"strings"
	"testing"
)

// TestQueriesReadAnIndex asks SQLite for the plan of each query on tables that
// grow. None may scan a table or sort its results, except for the few rooms of one
// user.
func TestQueriesReadAnIndex(t *testing.T) {
	store := openIn(t, t.TempDir())
	populate(t, store, 3, 10)
	for name, test := range map[string]struct {
		query  string
		args   int
		sorts  bool
		bounds string // expected bounds of the index, if they matter
		scans  string // steps that scan something other than a table
	}{
		"user by id":           {query: sqlUserByID, args: 1},
		"user by name":         {query: sqlCredentials, args: 1},
		"users that begin":     {query: sqlUsersThatBegin, args: 3, bounds: "rank=? AND (tail,user)>(?,?) AND tail<?"},
		"users by word":        {query: sqlUsersByWord, args: 3, bounds: "rank=? AND (tail,user)>(?,?) AND tail<?"},
		"users within":         {query: sqlUsersWithin, args: 3, bounds: "rank=? AND (tail,user)>(?,?) AND tail<?"},
		"parts of a user":      {query: sqlForgetUserParts, args: 1},
		"looks of a user":      {query: sqlLooksOfUser, args: 1},
		"users alike":          {query: sqlUsersAlike, args: 2},
		"unkeyed users":        {query: sqlUnkeyedUsers, args: 2, bounds: "users_unkeyed (id>?)"},
		"users by id":          {query: sqlUsersByID, args: 1, sorts: true, scans: "SCAN e VIRTUAL TABLE"},
		"rooms shared":         {query: sqlSharesRoom, args: 2},
		"invitation by token":  {query: sqlInvitationByToken, args: 2},
		"invitation by id":     {query: sqlInvitationByID, args: 2},
		"invitations of room":  {query: sqlInvitationsOfRoom, args: 2, sorts: true},
		"invitations to user":  {query: sqlInvitationsToUser, args: 2, sorts: true},
		"expired invitations":  {query: sqlForgetInvitations, args: 1},
		"an invitation anew":   {query: sqlReplaceInvitation, args: 3},
		"use of an invitation": {query: sqlUseInvitation, args: 1},
		"guest to member":      {query: sqlPromoteGuest, args: 4},
		"links by a user":      {query: sqlDeleteInvitationsBy, args: 1, bounds: "made_by=?"},
		"ban from room":        {query: sqlBanFromRoom, args: 4},
		"ban from server":      {query: sqlBanFromServer, args: 3},
		"unban from room":      {query: sqlUnbanFromRoom, args: 2},
		"unban from server":    {query: sqlUnbanFromServer, args: 1},
		"whether banned":       {query: sqlIsBanned, args: 2, bounds: "room=? AND user=?"},
		"one ban from room":    {query: sqlRoomBan, args: 2},
		"one ban from server":  {query: sqlServerBan, args: 1},
		"bans from room":       {query: sqlRoomBans, args: 3, bounds: "room=? AND folded_name>?"},
		"bans from server":     {query: sqlServerBans, args: 2, bounds: "folded_name>?"},
		"conversation":         {query: sqlConversation, args: 2},
		"hide":                 {query: sqlHide, args: 2},
		"show":                 {query: sqlShow, args: 2},
		"session":              {query: sqlSessionByID, args: 2},
		"stored sessions":      {query: sqlStoredSessions, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"sessions of user":     {query: sqlSessionsOfUser, args: 2, sorts: true},
		"expired sessions":     {query: sqlDeleteExpiredSessions, args: 1},
		"room":                 {query: sqlRoomByID, args: 1},
		"public room by name":  {query: sqlPublicRoomNamed, args: 1},
		"rooms that begin":     {query: sqlRoomsThatBegin, args: 3, bounds: "rank=? AND (tail,room)>(?,?) AND tail<?"},
		"rooms by word":        {query: sqlRoomsByWord, args: 3, bounds: "rank=? AND (tail,room)>(?,?) AND tail<?"},
		"rooms within":         {query: sqlRoomsWithin, args: 3, bounds: "rank=? AND (tail,room)>(?,?) AND tail<?"},
		"parts of a room":      {query: sqlForgetRoomParts, args: 1},
		"looks of a room":      {query: sqlLooksOfRoom, args: 1},
		"rooms alike":          {query: sqlRoomsAlike, args: 2},
		"unkeyed rooms":        {query: sqlUnkeyedRooms, args: 2, bounds: "rooms_unkeyed (id>?)"},
		"maker of a link":      {query: sqlMaker, args: 1},
		"whether a member":     {query: sqlIsMember, args: 2},
		"membership":           {query: sqlMembership, args: 2},
		"subscribe":            {query: sqlSubscribe, args: 4},
		"unsubscribe":          {query: sqlUnsubscribe, args: 2},
		"read position":        {query: sqlMoveRead, args: 3},
		"members":              {query: sqlMembers, args: 3},
		"subscription":         {query: sqlSubscription, args: 2},
		"subscriptions":        {query: sqlSubscriptions, args: 1, sorts: true},
		"subscription page":    {query: sqlSubscriptionPage, args: 4, sorts: true},
		"rooms by id":          {query: sqlRoomsByID, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"heads":                {query: sqlHeads, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"authors":              {query: sqlAuthors, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"move a head":          {query: sqlMoveHead, args: 3},
		"read one's own":       {query: sqlReadOwn, args: 3},
		"message":              {query: sqlMessage, args: 2},
		"edit":                 {query: sqlEdit, args: 4},
		"delete":               {query: sqlDelete, args: 2},
		"message by client id": {query: sqlMessageByClientID, args: 3},
		"messages before":      {query: sqlMessagesBefore, args: 3},
		"messages after":       {query: sqlMessagesAfter, args: 3},
		"changes":              {query: sqlChangesSince, args: 3},
	} {
		var plan []string
		args := make([]any, test.args)
		for i := range args {
			args[i] = 1
		}
		err := store.readers.each(t.Context(), "EXPLAIN QUERY PLAN "+test.query, args, func(r scanner) error {
			var id, parent, unused int
			var detail string
			err := r.Scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		steps := strings.Join(plan, "\n\t")
		if !strings.Contains(steps, "SEARCH") {
			t.Errorf("%s searches nothing:\n\t%s", name, steps)
		}
		if !strings.Contains(steps, test.bounds) {
			t.Errorf("%s does not keep within %q:\n\t%s", name, test.bounds, steps)
		}
		for _, step := range plan {
			scans := strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && (test.scans == "" || !strings.HasPrefix(step, test.scans))
			if scans || strings.Contains(step, "TEMP B-TREE") && !test.sorts {
				t.Errorf("%s has the step %q in its plan:\n\t%s", name, step, steps)
			}
		}
	}
}
