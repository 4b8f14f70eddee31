package sqlite

import (
	"strings"
	"testing"

	"partychat/internal/store/sqlstore"
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
		"user by id":           {query: statements.UserByID, args: 1},
		"user by name":         {query: statements.Credentials, args: 1},
		"users that begin":     {query: sqlUsersThatBegin, args: 3, bounds: "rank=? AND (tail,user)>(?,?) AND tail<?"},
		"users by word":        {query: sqlUsersByWord, args: 3, bounds: "rank=? AND (tail,user)>(?,?) AND tail<?"},
		"users within":         {query: sqlUsersWithin, args: 3, bounds: "rank=? AND (tail,user)>(?,?) AND tail<?"},
		"parts of a user":      {query: users.forgetParts(), args: 1},
		"looks of a user":      {query: derivedNames.Users.Looks, args: 1},
		"users alike":          {query: derivedNames.Users.Alike, args: 2},
		"unkeyed users":        {query: derivedNames.Users.Unkeyed, args: 2, bounds: "users_unkeyed (id>?)"},
		"users by id":          {query: statements.UsersByID, args: 1, sorts: true, scans: "SCAN json_each VIRTUAL TABLE"},
		"rooms shared":         {query: statements.SharesRoom, args: 2},
		"invitation by token":  {query: statements.InvitationByToken, args: 2},
		"invitation by id":     {query: statements.InvitationByID, args: 2},
		"invitations of room":  {query: statements.InvitationsOfRoom, args: 2, sorts: true},
		"invitations to user":  {query: statements.InvitationsToUser, args: 2, sorts: true},
		"expired invitations":  {query: statements.ForgetInvitations, args: 1},
		"an invitation anew":   {query: statements.ReplaceInvitation, args: 3},
		"use of an invitation": {query: statements.UseInvitation, args: 1},
		"guest to member":      {query: statements.PromoteGuest, args: 4},
		"links by a user":      {query: statements.DeleteInvitationsBy, args: 1, sorts: true, bounds: "made_by=?"},
		"links into a room":    {query: statements.DeleteInvitationsInto, args: 2, sorts: true, bounds: "room=? AND made_by=?"},
		"users to lock":        {query: statements.LockUsers, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"memberships of two":   {query: statements.MembershipsOf, args: 2, scans: "SCAN json_each VIRTUAL TABLE"},
		"touched sessions":     {query: statements.TouchSessions, args: 4, sorts: true, scans: "SCAN json_each VIRTUAL TABLE"},
		"rooms of a list":      {query: statements.SubscriptionsIn, args: 2, sorts: true, scans: "SCAN json_each VIRTUAL TABLE"},
		"ban from room":        {query: statements.BanFromRoom, args: 4},
		"ban from server":      {query: statements.BanFromServer, args: 3},
		"unban from room":      {query: statements.UnbanFromRoom, args: 2},
		"unban from server":    {query: statements.UnbanFromServer, args: 1},
		"whether banned":       {query: statements.IsBanned, args: 2, bounds: "room=? AND user=?"},
		"one ban from room":    {query: statements.RoomBan, args: 2},
		"one ban from server":  {query: statements.ServerBan, args: 1},
		"bans from room":       {query: statements.RoomBans, args: 3, bounds: "room=? AND folded_name>?"},
		"bans from server":     {query: statements.ServerBans, args: 2, bounds: "folded_name>?"},
		"conversation":         {query: statements.Conversation, args: 2},
		"hide":                 {query: statements.Hide, args: 2},
		"show":                 {query: statements.Show, args: 2},
		"session":              {query: statements.SessionByID, args: 2},
		"stored sessions":      {query: statements.StoredSessions, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"sessions of user":     {query: statements.SessionsOfUser, args: 2, sorts: true},
		"expired sessions":     {query: statements.DeleteExpiredSessions, args: 1},
		"room":                 {query: statements.RoomByID, args: 1},
		"public room by name":  {query: statements.PublicRoomNamed, args: 1},
		"rooms that begin":     {query: sqlRoomsThatBegin, args: 3, bounds: "rank=? AND (tail,room)>(?,?) AND tail<?"},
		"rooms by word":        {query: sqlRoomsByWord, args: 3, bounds: "rank=? AND (tail,room)>(?,?) AND tail<?"},
		"rooms within":         {query: sqlRoomsWithin, args: 3, bounds: "rank=? AND (tail,room)>(?,?) AND tail<?"},
		"parts of a room":      {query: rooms.forgetParts(), args: 1},
		"looks of a room":      {query: derivedNames.Rooms.Looks, args: 1},
		"rooms alike":          {query: derivedNames.Rooms.Alike, args: 2},
		"unkeyed rooms":        {query: derivedNames.Rooms.Unkeyed, args: 2, bounds: "rooms_unkeyed (id>?)"},
		"maker of a link":      {query: statements.LockMaker, args: 1},
		"whether a member":     {query: statements.IsMember, args: 2},
		"membership":           {query: statements.Membership, args: 2},
		"new member":           {query: statements.InsertMember, args: 5},
		"member gone":          {query: statements.DeleteMember, args: 2},
		"read position":        {query: sqlMoveRead, args: 3},
		"members":              {query: statements.Members, args: 3},
		"subscription":         {query: statements.Subscription, args: 2},
		"subscriptions":        {query: statements.Subscriptions, args: 1, sorts: true},
		"subscription page":    {query: statements.SubscriptionPage, args: 4, sorts: true},
		"rooms by id":          {query: statements.RoomsByID, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"heads":                {query: statements.Heads, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"authors":              {query: sqlAuthors, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"move a head":          {query: sqlMoveHead, args: 3},
		"read one's own":       {query: sqlReadOwn, args: 3},
		"message":              {query: statements.Message, args: 2},
		"change of a message":  {query: statements.ReplaceMessage, args: 6},
		"message by client id": {query: statements.MessageByClientID, args: 3},
		"messages before":      {query: statements.MessagesBefore, args: 3},
		"messages after":       {query: statements.MessagesAfter, args: 3},
		"changes":              {query: statements.MessagesByRev, args: 3},
	} {
		var plan []string
		args := make([]any, test.args)
		for i := range args {
			args[i] = 1
		}
		err := store.readers.each(t.Context(), "EXPLAIN QUERY PLAN "+test.query, args, func(r sqlstore.Scanner) error {
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
