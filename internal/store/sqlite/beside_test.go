package sqlite

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

func TestACommandWritesBesideTheServer(t *testing.T) {
	folder := t.TempDir()
	server := openIn(t, folder)
	user := populate(t, server, 1, 0)[0]
	command, err := Open(t.Context(), Options{Path: filepath.Join(folder, "partychat.db"), Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := command.Close(); err != nil {
			t.Error(err)
		}
	}()
	var work sync.WaitGroup
	for _, store := range []*Store{server, command} { // in turn, each waiting for the other's lock
		work.Go(func() {
			for i := range 20 {
				role := []chat.Role{chat.RoleAdmin, chat.RoleMember}[i%2]
				if _, _, err := store.SetRole(t.Context(), user.ID, role); err != nil {
					t.Errorf("SetRole: %v", err)
				}
			}
		})
	}
	work.Wait()
	if err := command.AddSetupLink(t.Context(), "link", time.Now()); err != nil {
		t.Fatal(err)
	}
	if has, err := server.HasSetupLink(t.Context(), "link", time.Now()); !has || err != nil {
		t.Errorf("the server finds the command's link: %v, %v", has, err)
	}
}

func TestACommandNeedsAnExistingMigratedDatabase(t *testing.T) {
	_, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "partychat.db"), Beside: true})
	if err == nil || !strings.Contains(err.Error(), "start the server once") {
		t.Errorf("without a database: got %v, want to be told to start the server once", err)
	}
	_, err = Open(t.Context(), Options{Path: older(t, 7), Beside: true})
	if err == nil || !strings.Contains(err.Error(), "of version 7") {
		t.Errorf("of an older database: got %v, want to be told its version", err)
	}
}
