package sqlite

import (
	"slices"
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
		scans  string // steps that scan something other than a table, separated by |
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
		"heads of a list":      {query: statements.ListHeads, args: 1, bounds: "COVERING INDEX rooms_of_user (user=?)"},
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
		"session and user":     {query: statements.SessionUser, args: 2},
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
		"read position":        {query: sqlMoveRead, args: 4},
		"mark as unread":       {query: statements.MarkUnread, args: 4},
		"members":              {query: statements.Members, args: 3},
		"members by name":      {query: statements.MembersNamed, args: 2, scans: "SCAN json_each VIRTUAL TABLE"},
		"subscription":         {query: statements.Subscription, args: 2},
		"subscriptions":        {query: statements.Subscriptions, args: 1, sorts: true},
		"subscription page":    {query: statements.SubscriptionPage, args: 4, sorts: true},
		"rooms by id":          {query: statements.RoomsByID, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"heads":                {query: statements.Heads, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"authors":              {query: sqlAuthors, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"move a head":          {query: sqlMoveHead, args: 3},
		"read one's own":       {query: sqlReadOwn, args: 3},
		"message":              {query: statements.Message, args: 2},
		"change of a message":  {query: statements.ReplaceMessage, args: 7},
		"touch of a message":   {query: statements.TouchMessage, args: 4},
		"reactions":            {query: statements.Reactions, args: 3, sorts: true, scans: "SCAN json_each VIRTUAL TABLE"},
		"reactions by a user":  {query: statements.ReactionsBy, args: 3, scans: "SCAN json_each VIRTUAL TABLE"},
		"reaction taken back":  {query: statements.RemoveReaction, args: 4},
		"reactions counted":    {query: statements.CountDown, args: 3},
		"pins":                 {query: statements.PinsIn, args: 2, scans: "SCAN json_each VIRTUAL TABLE"},
		"pins of a room":       {query: statements.Pins, args: 2, bounds: "pins_in_order (room=?)"},
		"bookmarks":            {query: statements.Bookmarks, args: 3, bounds: "USING INDEX bookmarks_in_order (user=? AND rev<?)"},
		"bookmarks in a room":  {query: statements.BookmarksIn, args: 2},
		"thread of a user":     {query: statements.Follow, args: 3},
		"followed threads":     {query: statements.Threads, args: 5, bounds: "room=? AND thread=? AND seq>?", sorts: true},
		"unread threads":       {query: statements.UnreadThreads, args: 1, bounds: "room=? AND thread=? AND seq>?"},
		"answers":              {query: statements.AnswersIn, args: 2, scans: "SCAN json_each VIRTUAL TABLE"},
		"threads of roots":     {query: statements.ThreadsIn, args: 2, scans: "SCAN json_each VIRTUAL TABLE"},
		"authors of replies":   {query: statements.AuthorsIn, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"summary of a thread":  {query: statements.SelectThread, args: 2},
		"room's messages":      {query: statements.RoomsBefore, args: 3},
		"thread's messages":    {query: statements.ThreadsBefore, args: 5, bounds: "room=? AND thread=? AND seq<?"},
		"later in a thread":    {query: statements.ThreadsAfter, args: 5, bounds: "room=? AND thread=? AND seq>?"},
		"message by client id": {query: statements.MessageByClientID, args: 3},
		"messages before":      {query: statements.MessagesBefore, args: 3},
		"messages after":       {query: statements.MessagesAfter, args: 3},
		"changes":              {query: statements.MessagesByRev, args: 3},
		"rooms of a user":      {query: statements.RoomsOf, args: 2},
		"rooms to be indexed":  {query: statements.UnindexedOf, args: 1, scans: "SCAN json_each VIRTUAL TABLE"},
		"the same of a member": {query: statements.UnindexedOfMember, args: 2},
		"messages to index":    {query: statements.UnindexedMessages, args: 4, bounds: "room=? AND rev>? AND rev<?"},
		"newest to be indexed": {query: statements.NewestUnindexed, args: 3, bounds: "room=? AND rev>?"},
		"conversations with":   {query: statements.ConversationsWith, args: 2, sorts: true, scans: "SCAN json_each VIRTUAL TABLE"},
		"block of a place":     {query: sqlBlockOf, args: 1, bounds: "rowid<?"},
		"block behind a place": {query: sqlNextBlock, args: 1, bounds: "rowid>?"},
		"blocks":               {query: sqlBlocks, args: 3, bounds: "(doc>? AND doc<?)"},
		"messages of a block":  {query: sqlMessagesOfBlock, args: 1, bounds: "(doc=?)"},
		"candidates in rooms":  {query: sqlCandidatesInRooms, args: 2, bounds: "SEARCH d USING PRIMARY KEY (doc=?)", scans: "SCAN j VIRTUAL TABLE|SCAN json_each VIRTUAL TABLE"},
		"those of a member":    {query: sqlCandidatesOfMember, args: 2, bounds: "SEARCH d USING PRIMARY KEY (doc=?)", scans: "SCAN j VIRTUAL TABLE"},
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
			// q is a subquery with a limit, whose rows are already in order.
			scans := strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && step != "SCAN q" && !slices.ContainsFunc(strings.Split(test.scans, "|"), func(scan string) bool { return scan != "" && strings.HasPrefix(step, scan) })
			if scans || strings.Contains(step, "TEMP B-TREE") && !test.sorts {
				t.Errorf("%s has the step %q in its plan:\n\t%s", name, step, steps)
			}
		}
	}
}
