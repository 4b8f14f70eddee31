package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"partychat/internal/chat"
)

// profileOf changes a user's profile and returns the user.
func (f *fixture) profileOf(t *testing.T, user chat.User, change chat.ProfileChange) chat.User {
	t.Helper()
	changed, _, err := f.ChangeProfile(t.Context(), nil, user.ID, change)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

var profileContracts = []contract{
	{"a changed profile takes the next rev of its user's stream", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		before := must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID)).Rev
		status := chat.Status{Emoji: "🌴", Text: "on holiday", Until: now.Add(time.Hour)}
		got, changed, err := f.ChangeProfile(t.Context(), nil, ann.ID, chat.ProfileChange{DisplayName: new("Ann Ærø"), Status: &status})
		want(t, "error", err, nil)
		want(t, "changed", changed, true)
		want(t, "profile", got.Profile, chat.Profile{DisplayName: "Ann Ærø", Status: status, Rev: before + 1})
		want(t, "as read", must[chat.User](t)(f.UserByID(t.Context(), ann.ID)), got)
		changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), ann.ID, before, 9, 0))
		want(t, "changes", changes.Events, []chat.Event{chat.UserPut{User: got, Rev: before + 1}})
	}},
	{"the same profile again changes nothing, and a change keeps the rest", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		first := f.profileOf(t, ann, chat.ProfileChange{DisplayName: new("Ann"), Status: &chat.Status{Text: "busy"}})
		again, changed, err := f.ChangeProfile(t.Context(), nil, ann.ID, chat.ProfileChange{DisplayName: new("Ann")})
		want(t, "error", err, nil)
		want(t, "changed", changed, false)
		want(t, "again", again, first)
		later := f.profileOf(t, ann, chat.ProfileChange{DisplayName: new("Annie")})
		want(t, "later", later.Profile, chat.Profile{DisplayName: "Annie", Status: chat.Status{Text: "busy"}, Rev: first.Profile.Rev + 1})
		cleared := f.profileOf(t, ann, chat.ProfileChange{DisplayName: new(""), Status: &chat.Status{}})
		want(t, "cleared", cleared.Profile, chat.Profile{Rev: first.Profile.Rev + 2})
		_, _, err = f.ChangeProfile(t.Context(), nil, 77, chat.ProfileChange{DisplayName: new("Ann")})
		wantCode(t, "an unknown user", err, chat.CodeNotFound, "user")
	}},
	{"a display name may be shared, but not look like the username of somebody else", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob_o")
		f.profileOf(t, ann, chat.ProfileChange{DisplayName: new("Ann Bo")})
		f.profileOf(t, bob, chat.ProfileChange{DisplayName: new("Ann Bo")})
		f.profileOf(t, bob, chat.ProfileChange{DisplayName: new("Bob_O")})
		for _, name := range []string{"bob_o", "BOB_0"} {
			_, _, err := f.ChangeProfile(t.Context(), nil, ann.ID, chat.ProfileChange{DisplayName: new(name)})
			wantCode(t, name, err, chat.CodeTaken, "displayName")
		}
		want(t, "the name stays", must[chat.User](t)(f.UserByID(t.Context(), ann.ID)).Profile.DisplayName, "Ann Bo")
	}},
	{"who may not act changes no profile", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		refusal := chat.Errorf(chat.CodeForbidden, "No.")
		act := &chat.Act{By: ann.ID, May: func(a chat.Access) error {
			want(t, "by", a.By, ann)
			return refusal
		}}
		_, _, err := f.ChangeProfile(t.Context(), act, ann.ID, chat.ProfileChange{DisplayName: new("Ann")})
		want(t, "error", err, error(refusal))
		want(t, "profile", must[chat.User](t)(f.UserByID(t.Context(), ann.ID)).Profile, chat.Profile{})
	}},
	{"users are found by display name, too, once each", func(t *testing.T, f *fixture) {
		zoe, ann := f.user(t, "z"), f.user(t, "ann")
		f.user(t, "anton")
		f.profileOf(t, zoe, chat.ProfileChange{DisplayName: new("Zoë de Antón")})
		want(t, "a later word, without its accent", userNames(t, f, "anton", "", 9), []string{"anton", "z"})
		want(t, "the beginning", userNames(t, f, "zoe", "", 9), []string{"z"})
		want(t, "in both names", userNames(t, f, "z", "", 9), []string{"z"})
		want(t, "by pages", userNames(t, f, "ant", "anton", 1), []string{"z"})
		want(t, "everybody", userNames(t, f, "", "", 9), []string{"ann", "anton", "z"})
		f.profileOf(t, zoe, chat.ProfileChange{DisplayName: new("Ann Zoë")})
		want(t, "the former name", userNames(t, f, "anton", "", 9), []string{"anton"})
		f.profileOf(t, ann, chat.ProfileChange{DisplayName: new("Ann Zoë")})
		want(t, "a shared name", slices.Sorted(slices.Values(userNames(t, f, "ann zo", "", 9))), []string{"ann", "z"})
		f.profileOf(t, zoe, chat.ProfileChange{DisplayName: new("")})
		want(t, "without a name", userNames(t, f, "zoe", "", 9), []string{"ann"})
	}},
	{"messages, quotes, threads, pins, reactions and lists have the present profile", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.profileOf(t, bob, chat.ProfileChange{DisplayName: new("Bo")})
		ctx := context.WithoutCancel(t.Context())
		sent := f.send(t, chat.MainRoom, bob, "hello")
		want(t, "as sent", sent.Author.DisplayName, "Bo")
		_, _, err := f.ChangeMessage(ctx, nil, chat.MainRoom, sent.Seq, chat.MessagePin{By: bob.Author(), At: now, On: true, Max: 9})
		want(t, "pinned", err, nil)
		reply := newMessage(chat.MainRoom, ann, "hi")
		reply.ReplyTo, reply.Thread = sent.Seq, sent.Seq
		_, _, err = f.AppendMessage(ctx, reply)
		want(t, "answered", err, nil)
		answer := newMessage(chat.MainRoom, bob, "so?")
		answer.Thread = sent.Seq
		_, _, err = f.AppendMessage(ctx, answer)
		want(t, "answered in the thread", err, nil)
		named := f.profileOf(t, bob, chat.ProfileChange{DisplayName: new("Bobby")})
		author := named.Author()
		want(t, "author", author, chat.Author{
			ID: bob.ID, Username: "bob", Kind: bob.Kind, DisplayName: "Bobby", ProfileRev: named.Profile.Rev,
		})
		later := f.send(t, chat.MainRoom, bob, "again")
		want(t, "as sent later", later.Author, author)
		page := must[chat.Page](t)(f.Messages(ctx, chat.MainRoom, chat.MessagePage{Direction: chat.PageLatest, Limit: 9})).Messages
		want(t, "author in a page", page[0].Author, author)
		want(t, "who pinned it", page[0].Pinned.By, author)
		want(t, "who answered", page[0].Replies.Authors[0], author)
		want(t, "quoted", page[1].ReplyTo.Author, author)
		members := must[[]chat.Member](t)(f.Members(ctx, chat.MainRoom, chat.MemberPage{Limit: 9}))
		want(t, "member", members[1].User, named)
		sub, _, err := f.OpenConversation(ctx, nil, chat.NewConversation{Room: 900, By: ann.ID, With: bob.ID, CreatedAt: ann.CreatedAt})
		want(t, "error", err, nil)
		want(t, "peer", *sub.Peer, named)
		want(t, "in a list", must[[]chat.User](t)(f.UsersByID(ctx, []chat.UserID{bob.ID})), []chat.User{named})
	}},
}
