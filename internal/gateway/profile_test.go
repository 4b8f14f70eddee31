package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// profiles watches people and returns those whose profiles were ever changed.
func (c *tab) profiles(people ...*person) []wire.User {
	c.t.Helper()
	command := wire.PresenceWatchCommand{Profiles: true}
	for _, p := range people {
		command.Users = append(command.Users, p.ID)
	}
	var answer wire.PresenceAnswer
	raw, err := c.Command("presence:watch", command)
	if err != nil {
		c.t.Fatal(err)
	}
	decode(c.t, raw, &answer)
	return answer.Profiles
}

func TestAProfileReachesItsUsersDevicesAndThoseWhoWatch(t *testing.T) {
	s := newPresentServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	mine, his := ada.connect(), bob.connect()
	if got := his.profiles(ada, bob); len(got) != 0 {
		t.Fatalf("profiles that nobody has changed: got %+v, want none", got)
	}
	name := "Ada L"
	user, err := s.chat.Users.ChangeProfile(t.Context(), ada.User, chat.ProfileChange{DisplayName: &name})
	if err != nil {
		t.Fatal(err)
	}
	var put wire.UserPut
	mine.await("user:put", &put)
	if put.User.DisplayName != name || put.Rev != user.Profile.Rev || put.User.ProfileRev != put.Rev {
		t.Errorf("user:put: got %+v, want the new name at rev %d", put, user.Profile.Rev)
	}
	var seen wire.ProfilePut
	his.await("profile:put", &seen)
	if seen.User.ID != ada.ID || seen.User.DisplayName != name || seen.User.ProfileRev != user.Profile.Rev {
		t.Errorf("profile:put: got %+v, want ada's new name", seen)
	}
	if got := his.profiles(ada, bob); len(got) != 1 || got[0].DisplayName != name {
		t.Errorf("profiles: got %+v, want ada's", got)
	}
	if got := his.send(chat.MainRoom, "hello").Author.DisplayName; got != "" {
		t.Errorf("bob's name: got %q, want none", got)
	}
	if got := mine.send(chat.MainRoom, "hello").Author.DisplayName; got != name {
		t.Errorf("ada's name: got %q, want %q", got, name)
	}
}

func TestAProfileWhoseEventWasLostIsSentAnew(t *testing.T) {
	s := newPresentServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	his := bob.connect()
	his.profiles(ada)
	name := "Ada L"
	if _, _, err := s.store.ChangeProfile(t.Context(), nil, ada.ID, chat.ProfileChange{DisplayName: &name}); err != nil {
		t.Fatal(err)
	}
	s.late(chat.Missed{Of: chat.Topic{Presence: ada.ID}})
	var seen wire.ProfilePut
	his.await("profile:put", &seen)
	if seen.User.DisplayName != name {
		t.Errorf("profile:put: got %+v, want ada's new name", seen)
	}
}
