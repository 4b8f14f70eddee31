package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

func newFile(owner chat.User, size int64) chat.NewFile {
	return chat.NewFile{
		ID: chat.FileID(nextID()), Owner: owner.ID, ClientID: newUUID(), Name: "tea & <cake>.png", Size: size, CreatedAt: now,
		OfUser: 1000, OfServer: 5000,
	}
}

func createFile(t *testing.T, f *fixture, n chat.NewFile) chat.File {
	t.Helper()
	file, created, err := f.CreateFile(t.Context(), n)
	if err != nil || !created {
		t.Fatalf("CreateFile: created %v, %v; want a new file", created, err)
	}
	return file
}

func part(offset, size int64) chat.FileBlob {
	return chat.FileBlob{Role: chat.BlobPart, Offset: offset, Key: fmt.Sprintf("part-%d", nextID()), Size: size}
}

func content(key string, size int64) chat.FileBlob {
	return chat.FileBlob{Role: chat.BlobContent, Key: key, Size: size}
}

func addPart(t *testing.T, f *fixture, id chat.FileID, p chat.FileBlob, at time.Time) chat.File {
	t.Helper()
	want(t, "error of IntendBlobs", f.IntendBlobs(t.Context(), []chat.FileBlob{p}, at), nil)
	return must[chat.File](t)(f.AddPart(t.Context(), id, p, at))
}

// readyFile is a file of 10 bytes with a content and a thumbnail.
func readyFile(t *testing.T, f *fixture, owner chat.User, key string) chat.File {
	t.Helper()
	return readyFileOf(t, f, owner, key, "image/png")
}

func readyFileOf(t *testing.T, f *fixture, owner chat.User, key, mediaType string) chat.File {
	t.Helper()
	file := createFile(t, f, newFile(owner, 10))
	addPart(t, f, file.ID, part(0, 10), now)
	blobs := []chat.FileBlob{content(key, 9), {Role: chat.BlobRole(chat.ThumbSmall), Key: key + "-small", Size: 3}}
	want(t, "error of IntendBlobs", f.IntendBlobs(t.Context(), blobs, now), nil)
	return must[chat.File](t)(f.FinishFile(t.Context(), file.ID, chat.Prepared{Type: mediaType, Width: 40, Height: 30, Blobs: blobs}))
}

// sentIn is the file as it is listed once it is in the message.
func sentIn(file chat.File, m chat.Message) chat.SentFile {
	file.Room, file.Seq, file.Blobs = m.Room, m.Seq, nil
	return chat.SentFile{File: file, Author: m.Author, SentAt: m.CreatedAt}
}

func fileMessage(room chat.RoomID, by chat.User, caption string, files ...chat.FileID) chat.NewMessage {
	m := newMessage(room, by, caption)
	m.Kind, m.Files = chat.MessageFile, files
	return m
}

func sendFiles(t *testing.T, f *fixture, room chat.RoomID, by chat.User, files ...chat.FileID) chat.Message {
	t.Helper()
	m, created, err := f.AppendMessage(t.Context(), fileMessage(room, by, "", files...))
	if err != nil || !created {
		t.Fatalf("AppendMessage: created %v, %v; want a new message", created, err)
	}
	return m
}

// unused takes and forgets all blobs that nothing uses.
func unused(t *testing.T, f *fixture, before time.Time) []string {
	t.Helper()
	keys, _, err := f.TakeUnused(t.Context(), before, 100)
	want(t, "error of TakeUnused", err, nil)
	want(t, "error of ForgetBlobs", f.ForgetBlobs(t.Context(), keys), nil)
	slices.Sort(keys)
	return keys
}

var fileContracts = []contract{
	{"an upload grows part by part, and becomes ready", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		n := newFile(ann, 10)
		file := createFile(t, f, n)
		want(t, "file", file, chat.File{
			FileInfo: chat.FileInfo{ID: n.ID, Name: n.Name, Size: 10}, Owner: ann.ID, ClientID: n.ClientID, CreatedAt: now,
		})
		first, second := part(0, 4), part(4, 6)
		file = addPart(t, f, n.ID, first, now)
		want(t, "received", file.Received, 4)
		file = addPart(t, f, n.ID, second, now)
		want(t, "received", file.Received, 10)
		want(t, "blobs", file.Blobs, []chat.FileBlob{first, second})
		whole := content("whole", 9)
		want(t, "error", f.IntendBlobs(t.Context(), []chat.FileBlob{whole}, now), nil)
		p := chat.Prepared{Type: "image/png", Width: 40, Height: 30, Blobs: []chat.FileBlob{whole}}
		ready := must[chat.File](t)(f.FinishFile(t.Context(), n.ID, p))
		file.Ready, file.Type, file.Size, file.Received, file.Width, file.Height, file.Blobs = true, "image/png", 9, 9, 40, 30, p.Blobs
		want(t, "file", ready, file)
		want(t, "file read again", must[chat.File](t)(f.File(t.Context(), n.ID)), file)
		want(t, "finished once more", must[chat.File](t)(f.FinishFile(t.Context(), n.ID, p)), file)
		want(t, "parts that are deleted", unused(t, f, now.Add(-time.Hour)), sorted(first.Key, second.Key))
	}},
	{"an upload that is announced again is the same file, and counts once", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		n := newFile(ann, 600)
		file := createFile(t, f, n)
		again := n
		again.ID = chat.FileID(nextID())
		got, created, err := f.CreateFile(t.Context(), again)
		want(t, "error", err, nil)
		want(t, "created", created, false)
		want(t, "file", got, file)
		createFile(t, f, newFile(ann, 400))
	}},
	{"a part that does not follow the last one is refused", func(t *testing.T, f *fixture) {
		file := createFile(t, f, newFile(f.user(t, "ann"), 10))
		addPart(t, f, file.ID, part(0, 4), now)
		for _, p := range []chat.FileBlob{part(0, 4), part(5, 2), part(4, 7)} {
			want(t, "error", f.IntendBlobs(t.Context(), []chat.FileBlob{p}, now), nil)
			_, err := f.AddPart(t.Context(), file.ID, p, now)
			wantCode(t, "part", err, chat.CodeTaken, "offset")
		}
		want(t, "received", must[chat.File](t)(f.File(t.Context(), file.ID)).Received, 4)
	}},
	{"the files of a user and of everybody have a limit, and deleting makes space", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		first := createFile(t, f, newFile(ann, 1000))
		_, _, err := f.CreateFile(t.Context(), newFile(ann, 1))
		wantCode(t, "a byte too many", err, chat.CodeTooLarge, "size")
		small := newFile(bob, 2)
		small.OfServer = 1001
		_, _, err = f.CreateFile(t.Context(), small)
		wantCode(t, "a byte too many for the server", err, chat.CodeTooLarge, "size")
		want(t, "error of the deletion", f.DeleteFile(t.Context(), first.ID), nil)
		createFile(t, f, newFile(ann, 1000))
	}},
	{"files that do not exist are not found", func(t *testing.T, f *fixture) {
		_, err := f.File(t.Context(), 5)
		wantCode(t, "File", err, chat.CodeNotFound, "")
		_, err = f.AddPart(t.Context(), 5, part(0, 1), now)
		wantCode(t, "AddPart", err, chat.CodeNotFound, "")
		_, err = f.FinishFile(t.Context(), 5, chat.Prepared{})
		wantCode(t, "FinishFile", err, chat.CodeNotFound, "")
		wantCode(t, "DeleteFile", f.DeleteFile(t.Context(), 5), chat.CodeNotFound, "")
	}},
	{"a message has its files in order wherever it is read", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.subscribe(t, den, bob)
		before := f.roomNow(t, den)
		one, two := readyFile(t, f, ann, "one"), readyFile(t, f, ann, "two")
		n := fileMessage(den, ann, "look", two.ID, one.ID)
		m, created, err := f.AppendMessage(t.Context(), n)
		want(t, "error", err, nil)
		want(t, "created", created, true)
		want(t, "message", m, chat.Message{
			Room: den, Seq: before.Seq + 1, Rev: before.Rev + 1, ClientID: n.ClientID, Author: authorOf(ann), Kind: chat.MessageFile, Body: "look", CreatedAt: now,
			Files: []chat.FileInfo{two.FileInfo, one.FileInfo},
		})
		again, created, err := f.AppendMessage(t.Context(), n)
		want(t, "error of a retry", err, nil)
		want(t, "created by it", created, false)
		want(t, "its answer", again, m)
		want(t, "message", must[chat.Message](t)(f.Message(t.Context(), den, m.Seq)), m)
		want(t, "message by clientId", must[chat.Message](t)(f.MessageByClientID(t.Context(), den, ann.ID, n.ClientID)), m)
		next := f.send(t, den, ann, "next")
		want(t, "page", f.page(t, den, chat.MessagePage{Limit: 2}).Messages, []chat.Message{m, next})
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, before.Rev, 10, 0))
		want(t, "changes", changes.Messages, []chat.Message{m, next})
		want(t, "unread", must[chat.Subscription](t)(f.Subscription(t.Context(), den, bob.ID)).Unread, 2)
		want(t, "read by the author", must[chat.Subscription](t)(f.Subscription(t.Context(), den, ann.ID)).Unread, 0)
		sent := must[[]chat.SentFile](t)(f.FilesIn(t.Context(), den, 0, 10))
		want(t, "files of the room", sent, []chat.SentFile{sentIn(two, m), sentIn(one, m)})
		want(t, "files before it", len(must[[]chat.SentFile](t)(f.FilesIn(t.Context(), den, m.Seq, 10))), 0)
	}},
	{"files that are not the author's, not ready, or already sent are refused, and nothing is stored", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		mine := readyFile(t, f, ann, "mine")
		sent := readyFile(t, f, ann, "sent")
		sendFiles(t, f, den, ann, sent.ID)
		before := f.roomNow(t, den)
		for name, id := range map[string]chat.FileID{
			"of another user": readyFile(t, f, bob, "his").ID, "not ready": createFile(t, f, newFile(ann, 5)).ID, "sent": sent.ID, "not there": 5,
		} {
			_, _, err := f.AppendMessage(t.Context(), fileMessage(den, ann, "", mine.ID, id))
			wantCode(t, name, err, chat.CodeInvalid, "files")
		}
		want(t, "room", f.roomNow(t, den), before)
		want(t, "my file", must[chat.File](t)(f.File(t.Context(), mine.ID)), mine)
	}},
	{"only who may write can send files", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		file := readyFile(t, f, bob, "mine")
		m := fileMessage(den, bob, "", file.ID)
		m.Act = &chat.Act{By: bob.ID, Needs: chat.Standing{Member: true}}
		_, _, err := f.AppendMessage(t.Context(), m)
		wantCode(t, "error", err, chat.CodeForbidden, "")
		want(t, "room of the file", must[chat.File](t)(f.File(t.Context(), file.ID)).Room, 0)
	}},
	{"files can be sent in a thread", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		root := f.send(t, den, ann, "root")
		file := readyFile(t, f, ann, "mine")
		n := fileMessage(den, ann, "", file.ID)
		n.Thread, n.ReplyTo = root.Seq, root.Seq
		m, _, err := f.AppendMessage(t.Context(), n)
		want(t, "error", err, nil)
		want(t, "files", m.Files, []chat.FileInfo{file.FileInfo})
		want(t, "thread", m.Thread, root.Seq)
		want(t, "message read again", must[chat.Message](t)(f.Message(t.Context(), den, m.Seq)), m)
	}},
	{"a message with files is found by its caption, and by having files, until it is deleted", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		m := fileMessage(chat.MainRoom, ann, "our garden", readyFile(t, f, ann, "garden").ID)
		sent, _, err := f.AppendMessage(t.Context(), m)
		want(t, "error", err, nil)
		f.send(t, chat.MainRoom, ann, "a garden without a file")
		search := chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{"garden"}), Has: []chat.Feature{chat.HasFile}}
		look := func(when string, found ...string) {
			t.Helper()
			want(t, when, marked(findPage(t, f, search).Hits), found)
			indexAll(t, f)
			want(t, when+", indexed", marked(findPage(t, f, search).Hits), found)
		}
		look("after it was sent", "our [garden]")
		search.Terms = nil
		look("without words", "our garden")
		_, _, err = f.ChangeMessage(t.Context(), nil, sent.Room, sent.Seq, chat.MessageDeletion{})
		want(t, "error of the deletion", err, nil)
		want(t, "after its deletion", len(findPage(t, f, search).Hits), 0)
	}},
	{"has:image finds messages with a picture among their files", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		picture := func(key string) chat.FileID { return readyFile(t, f, ann, key).ID }
		text := func(key string) chat.FileID { return readyFileOf(t, f, ann, key, "text/plain").ID }
		for _, m := range []chat.NewMessage{
			newMessage(chat.MainRoom, ann, "no file"),
			fileMessage(chat.MainRoom, ann, "a text", text("a")),
			fileMessage(chat.MainRoom, ann, "a picture", picture("b")),
			fileMessage(chat.MainRoom, ann, "both", text("c"), picture("d")),
		} {
			_, _, err := f.AppendMessage(t.Context(), m)
			want(t, "error", err, nil)
		}
		inEachState(t, f, func(state string) {
			find := func(terms []chat.SearchTerm, has ...chat.Feature) []string {
				found := marked(findPage(t, f, chat.MessageSearch{By: ann.ID, Terms: terms, Has: has}).Hits)
				slices.Sort(found)
				return found
			}
			want(t, state+": files", find(nil, chat.HasFile), []string{"a picture", "a text", "both"})
			want(t, state+": pictures", find(nil, chat.HasImage), []string{"a picture", "both"})
			want(t, state+": pictures with a word", find(termsOf([]string{"picture"}), chat.HasImage), []string{"a [picture]"})
			want(t, state+": texts with a word", find(termsOf([]string{"text"}), chat.HasImage), []string{})
		})
	}},
	{"a deleted message has no files, and their bytes and their space are given back", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		file := readyFile(t, f, ann, "photo")
		m := sendFiles(t, f, den, ann, file.ID)
		unused(t, f, now.Add(time.Hour))
		edited, _, err := f.EditMessage(t.Context(), nil, den, m.Seq, "caption", now)
		want(t, "error", err, nil)
		want(t, "files after an edit", edited.Files, m.Files)
		stone, _, err := f.DeleteMessage(t.Context(), nil, den, m.Seq)
		want(t, "error", err, nil)
		want(t, "files", len(stone.Files), 0)
		_, err = f.File(t.Context(), file.ID)
		wantCode(t, "file", err, chat.CodeNotFound, "")
		want(t, "files of the room", len(must[[]chat.SentFile](t)(f.FilesIn(t.Context(), den, 0, 10))), 0)
		want(t, "blobs that are deleted", unused(t, f, now.Add(-time.Hour)), sorted("photo", "photo-small"))
		createFile(t, f, newFile(ann, 1000))
	}},
	{"equal contents share a blob, which goes with the last of them", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		one, two := readyFile(t, f, ann, "same"), readyFile(t, f, bob, "same")
		unused(t, f, now.Add(time.Hour)) // their parts
		want(t, "error", f.DeleteFile(t.Context(), one.ID), nil)
		want(t, "blobs that are deleted", len(unused(t, f, now.Add(time.Hour))), 0)
		want(t, "error", f.DeleteFile(t.Context(), two.ID), nil)
		want(t, "blobs that are deleted", unused(t, f, now.Add(time.Hour)), sorted("same", "same-small"))
	}},
	{"a blob that is about to be stored is kept for a while, and one that is being deleted cannot be taken", func(t *testing.T, f *fixture) {
		file := createFile(t, f, newFile(f.user(t, "ann"), 10))
		p := part(0, 10)
		want(t, "error", f.IntendBlobs(t.Context(), []chat.FileBlob{p}, now), nil)
		keys, _, err := f.TakeUnused(t.Context(), now, 100)
		want(t, "error", err, nil)
		want(t, "taken at that time", len(keys), 0)
		later := now.Add(time.Minute)
		keys, checked, err := f.TakeUnused(t.Context(), later, 100)
		want(t, "error", err, nil)
		want(t, "taken later", keys, []string{p.Key})
		want(t, "checked", checked, 1)
		wantCode(t, "IntendBlobs", f.IntendBlobs(t.Context(), []chat.FileBlob{p}, later), chat.CodeUnavailable, "")
		_, err = f.AddPart(t.Context(), file.ID, p, later)
		wantCode(t, "AddPart", err, chat.CodeUnavailable, "")
		want(t, "received", must[chat.File](t)(f.File(t.Context(), file.ID)).Received, 0)
		again, _, err := f.TakeUnused(t.Context(), later, 100)
		want(t, "error", err, nil)
		want(t, "taken again after a crash", again, []string{p.Key})
		want(t, "error", f.ForgetBlobs(t.Context(), again), nil)
		addPart(t, f, file.ID, p, later)
	}},
	{"uploads to which nothing was added for a while are deleted, but nothing that was sent", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		old, sent := createFile(t, f, newFile(ann, 10)), readyFile(t, f, ann, "sent")
		sendFiles(t, f, den, ann, sent.ID)
		growing := createFile(t, f, newFile(ann, 10))
		addPart(t, f, growing.ID, part(0, 5), now.Add(time.Hour))
		n, err := f.DeleteStale(t.Context(), now, 10)
		want(t, "error", err, nil)
		want(t, "deleted before", n, 0)
		n, err = f.DeleteStale(t.Context(), now.Add(time.Minute), 10)
		want(t, "error", err, nil)
		want(t, "deleted", n, 1)
		_, err = f.File(t.Context(), old.ID)
		wantCode(t, "the old one", err, chat.CodeNotFound, "")
		for _, id := range []chat.FileID{sent.ID, growing.ID} {
			_, err := f.File(t.Context(), id)
			want(t, "error of the others", err, nil)
		}
	}},
	{"a file is sent in one of two messages at the same time", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		rooms := []chat.RoomID{f.room(t, ann, chat.RoomPrivate, "den").ID, f.room(t, ann, chat.RoomPrivate, "hut").ID}
		file := readyFile(t, f, ann, "mine")
		var work sync.WaitGroup
		errs := make([]error, len(rooms))
		for i, room := range rooms {
			work.Go(func() {
				_, _, errs[i] = f.AppendMessage(t.Context(), fileMessage(room, ann, "", file.ID))
			})
		}
		work.Wait()
		sent := 0
		for _, err := range errs {
			if err == nil {
				sent++
			} else {
				wantCode(t, "the other one", err, chat.CodeInvalid, "files")
			}
		}
		want(t, "sent", sent, 1)
	}},
	{"a message with files returns a hidden conversation to the list", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		sub, _, err := f.OpenConversation(t.Context(), nil, chat.NewConversation{Room: chat.RoomID(nextID()), By: ann.ID, With: bob.ID, CreatedAt: now})
		want(t, "error", err, nil)
		room := sub.ID
		f.send(t, room, ann, "hi")
		_, err = f.HideConversation(t.Context(), nil, room, bob.ID)
		want(t, "error", err, nil)
		m := fileMessage(room, ann, "", readyFile(t, f, ann, "mine").ID)
		m.Act = &chat.Act{By: ann.ID}
		_, _, err = f.AppendMessage(t.Context(), m)
		want(t, "error", err, nil)
		want(t, "shown to", m.Act.Shows, []chat.UserID{bob.ID})
		changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), bob.ID, 0, 100, 0))
		shown := slices.ContainsFunc(changes.Events, func(e chat.Event) bool {
			put, ok := e.(chat.SubscriptionPut)
			return ok && put.Subscription.ID == room
		})
		want(t, "in the changes of the user", shown, true)
	}},
}

func sorted(keys ...string) []string {
	slices.Sort(keys)
	return keys
}
