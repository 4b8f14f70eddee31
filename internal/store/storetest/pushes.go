package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
)

// device is a push subscription, made at the time of all messages.
func device(user chat.User, name string) chat.PushSubscription {
	return chat.PushSubscription{
		ID: name, User: user.ID, Session: "session of " + name, Endpoint: "https://push.example/" + name, P256DH: "key", Auth: "secret",
		Origin: "https://chat.example", ShowsText: true, CreatedAt: now, RenewedAt: now,
	}
}

const devicesMax = 3

func putDevice(t *testing.T, f *fixture, device chat.PushSubscription) {
	t.Helper()
	if err := f.PutPushSubscription(t.Context(), device, devicesMax); err != nil {
		t.Fatalf("PutPushSubscription: %v", err)
	}
}

func devices(t *testing.T, f *fixture, user chat.User) string {
	t.Helper()
	list := []string{}
	for _, sub := range must[[]chat.PushSubscription](t)(f.PushSubscriptions(t.Context(), user.ID)) {
		list = append(list, sub.ID)
	}
	return strings.Join(list, " ")
}

// plan writes all jobs of pushes, as after the start of a server, and returns how many
// messages and notifications were processed.
func plan(t *testing.T, f *fixture, notifies func(chat.PushMember, bool, chat.Message) bool) (n int) {
	t.Helper()
	if err := f.ComparePushes(t.Context()); err != nil {
		t.Fatalf("ComparePushes: %v", err)
	}
	for {
		some, err := f.PlanPushes(t.Context(), chat.PushPlan{Notifies: notifies, Now: now, Delay: time.Second, Keep: time.Hour, Messages: 3})
		if err != nil {
			t.Fatalf("PlanPushes: %v", err)
		}
		if some == 0 {
			return n
		}
		n += some
	}
}

func always(chat.PushMember, bool, chat.Message) bool { return true }

// planned ends the jobs that are due and returns their targets.
func planned(t *testing.T, f *fixture, at time.Time) string {
	t.Helper()
	jobs, _ := lease(t, f, at)
	list := []string{}
	for _, job := range jobs {
		list = append(list, job.Payload)
		if err := f.JobDone(t.Context(), job, at); err != nil {
			t.Fatalf("JobDone: %v", err)
		}
	}
	return strings.Join(list, ", ")
}

func target(device string, room chat.RoomID, seq int64) string {
	return chat.PushTarget{Subscription: device, Room: room, Seq: seq}.Payload()
}

var pushContracts = []contract{
	{"all nodes get the keys that were stored first", func(t *testing.T, f *fixture) {
		first := chat.PushKeys{Public: "a", Private: "b"}
		want(t, "stored", must[chat.PushKeys](t)(f.PushKeys(t.Context(), first, now)), first)
		want(t, "again", must[chat.PushKeys](t)(f.PushKeys(t.Context(), chat.PushKeys{Public: "c", Private: "d"}, now)), first)
	}},
	{"a device is stored once, and replaced by what it reports later", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		phone := device(ann, "phone")
		putDevice(t, f, phone)
		phone.ShowsText, phone.Session, phone.RenewedAt = false, "another", now.Add(time.Hour)
		putDevice(t, f, phone)
		want(t, "devices", must[[]chat.PushSubscription](t)(f.PushSubscriptions(t.Context(), ann.ID)), []chat.PushSubscription{phone})
		stranger := device(ann, "strange")
		stranger.User = 99
		wantCode(t, "of nobody", f.PutPushSubscription(t.Context(), stranger, devicesMax), chat.CodeNotFound, "")
	}},
	{"a device belongs to the latest user, and a session has one device", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		putDevice(t, f, device(ann, "phone"))
		putDevice(t, f, device(bob, "phone"))
		want(t, "devices of ann", devices(t, f, ann), "")
		want(t, "devices of bob", devices(t, f, bob), "phone")
		again := device(bob, "new")
		again.Session = "session of phone"
		putDevice(t, f, again)
		want(t, "after the browser has made a new one", devices(t, f, bob), "new")
	}},
	{"a user has only so many devices, those used last", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for i := range devicesMax + 1 {
			d := device(ann, fmt.Sprint(i))
			d.RenewedAt = now.Add(time.Duration(i) * time.Second)
			putDevice(t, f, d)
		}
		want(t, "devices", devices(t, f, ann), "3 2 1")
		want(t, "error", f.DeletePushSubscription(t.Context(), 99, "2"), nil)
		want(t, "after somebody else's deletion", devices(t, f, ann), "3 2 1")
		want(t, "error", f.DeletePushSubscription(t.Context(), ann.ID, "2"), nil)
		want(t, "error", f.DeletePushSubscription(t.Context(), 0, "3"), nil)
		want(t, "after a deletion", devices(t, f, ann), "1")
	}},
	{"the end of a session ends its device", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		putDevice(t, f, device(ann, "phone"))
		putDevice(t, f, device(ann, "laptop"))
		must[int64](t)(f.EndSession(t.Context(), ann.ID, "session of phone", chat.EndLogOut))
		want(t, "devices", devices(t, f, ann), "laptop")
	}},
	{"messages become one job for each device and room, even after a crash", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		putDevice(t, f, device(ann, "desk"))
		putDevice(t, f, device(bob, "phone"))
		putDevice(t, f, device(bob, "laptop"))
		f.sendMany(t, den, ann, 7) // nothing runs between the commit and the plan, as after a crash
		want(t, "processed", plan(t, f, always), 7)
		want(t, "before they are due", planned(t, f, now), "")
		want(t, "jobs", planned(t, f, now.Add(time.Second)), target("laptop", den, 7)+", "+target("phone", den, 7))
		want(t, "processed again", plan(t, f, always), 0)
		f.send(t, den, ann, "mention")
		f.send(t, den, ann, "chatter")
		want(t, "processed", plan(t, f, func(m chat.PushMember, _ bool, message chat.Message) bool {
			return m.User.Username == "bob" && message.Body == "mention"
		}), 2)
		want(t, "jobs", planned(t, f, now.Add(time.Hour)), target("laptop", den, 8)+", "+target("phone", den, 8))
	}},
	{"there is no push for messages that the user wrote, has read, or could not read then", func(t *testing.T, f *fixture) {
		ann, bob, cid, dan := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid"), f.user(t, "dan")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		f.subscribe(t, den, dan)
		putDevice(t, f, device(ann, "ann"))
		putDevice(t, f, device(bob, "bob"))
		putDevice(t, f, device(cid, "cid"))
		late := device(dan, "dan")
		late.CreatedAt = now.Add(time.Millisecond)
		putDevice(t, f, late)
		f.sendMany(t, den, ann, 40)
		_, _, err := f.MoveRead(t.Context(), nil, den, bob.ID, 40, chat.AnyMark)
		want(t, "error", err, nil)
		if n := plan(t, f, always); n == 0 || n > 40 {
			t.Errorf("processed %d messages, want some", n)
		}
		want(t, "jobs", planned(t, f, now.Add(time.Hour)), "")
	}},
	{"a long history from before the first device is not read", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		f.sendMany(t, den, ann, 100)
		phone := device(bob, "phone")
		phone.CreatedAt = now.Add(time.Hour)
		putDevice(t, f, phone)
		m := newMessage(den, ann, "news")
		m.CreatedAt = now.Add(time.Hour)
		_, _, err := f.AppendMessage(t.Context(), m)
		want(t, "error", err, nil)
		if n := plan(t, f, always); n > 6 {
			t.Errorf("read %d messages, want only some of the 101", n)
		}
		want(t, "jobs", planned(t, f, now.Add(time.Hour)), target("phone", den, 101))
	}},
	{"a notification that was read elsewhere becomes a job", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den, pub := f.room(t, ann, chat.RoomPublic, "den").ID, f.room(t, ann, chat.RoomPublic, "pub").ID
		putDevice(t, f, device(bob, "phone"))
		for _, room := range []chat.RoomID{den, pub} {
			f.subscribe(t, room, bob)
			f.send(t, room, ann, "hello")
			plan(t, f, always)
			planned(t, f, now.Add(time.Hour))
			want(t, "error", f.PushShown(t.Context(), "phone", room, 1), nil)
		}
		want(t, "processed before", plan(t, f, always), 0)
		_, _, err := f.MoveRead(t.Context(), nil, den, bob.ID, 1, chat.AnyMark)
		want(t, "error", err, nil)
		want(t, "processed", plan(t, f, always) > 0, true)
		want(t, "jobs", planned(t, f, now), target("phone", den, 1))
		state := must[chat.PushState](t)(f.PushState(t.Context(), "phone", den))
		want(t, "state", state, chat.PushState{Subscription: device(bob, "phone"), User: bob, Member: true, ReadSeq: 1, ShownSeq: 1})
		want(t, "error", f.PushShown(t.Context(), "phone", den, 0), nil)
		want(t, "processed afterwards", plan(t, f, always), 0)
		removed(t, f, pub, bob)
		want(t, "jobs after a removal", plan(t, f, always) > 0, true)
		want(t, "jobs", planned(t, f, now), target("phone", pub, 1))
		_, err = f.PushState(t.Context(), "tablet", den)
		wantCode(t, "state of a device that has gone", err, chat.CodeNotFound, "")
	}},
	{"activity is remembered until the latest time", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		putDevice(t, f, device(ann, "phone"))
		want(t, "error", f.ComparePushes(t.Context()), nil)
		want(t, "error", f.KeepActive(t.Context(), ann.ID, now.Add(time.Hour)), nil)
		want(t, "error", f.KeepActive(t.Context(), ann.ID, now), nil)
		want(t, "until", must[chat.PushState](t)(f.PushState(t.Context(), "phone", chat.MainRoom)).ActiveUntil, now.Add(time.Hour))
	}},
}

func removed(t *testing.T, f *fixture, room chat.RoomID, user chat.User) {
	t.Helper()
	removed, err := f.RemoveMember(t.Context(), nil, room, user.ID)
	want(t, "removed", removed, true)
	want(t, "error", err, nil)
}
