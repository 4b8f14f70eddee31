package blob_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partychat/internal/blob"
	"partychat/internal/blob/blobtest"
	"partychat/internal/chat"
)

func openDisk(t *testing.T, dir string) *blob.Disk {
	t.Helper()
	disk, err := blob.OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

func TestDiskKeepsTheContractOfBlobStores(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) chat.BlobStore {
		t.Helper()
		return openDisk(t, filepath.Join(t.TempDir(), "files"))
	})
}

func TestOnlyTheOwnerCanReadTheFilesOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	disk := openDisk(t, dir)
	if err := disk.Put(t.Context(), "secret", 1, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		if !entry.IsDir() {
			files++
		}
		return nil
	})
	if err != nil || files != 1 {
		t.Errorf("found %d files (%v), want 1", files, err)
	}
}

func TestOpeningTheFolderRemovesWhatWasHalfWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	disk := openDisk(t, dir)
	if err := disk.Put(t.Context(), "whole", 1, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(disk.Temporary(), "wh-123")
	if err := os.WriteFile(half, []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := openDisk(t, dir)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("the half-written file is still there (%v)", err)
	}
	opened, err := again.Open(t.Context(), "whole")
	if err != nil {
		t.Fatalf("the whole file is gone: %v", err)
	}
	opened.Close()
}
