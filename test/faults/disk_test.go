//go:build linux

package faults

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// disk is a small file system for one test.
type disk struct {
	dir    string
	image  string // file behind a loop device
	device string // such as /dev/loop0
}

// mounting fails the test if the machine doesn't allow mounting, because a full
// disk or a power loss can't be simulated otherwise.
func mounting(t *testing.T, err error, out []byte) {
	t.Helper()
	if err != nil {
		t.Fatalf("this machine does not let the test mount a file system (it takes root, mkfs.ext4 and losetup): %v %s", err, out)
	}
}

// memoryDisk mounts a file system in memory of that size.
func memoryDisk(t *testing.T, size string) *disk {
	t.Helper()
	d := &disk{dir: t.TempDir()}
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "partychat-faults", d.dir).CombinedOutput()
	mounting(t, err, out)
	t.Cleanup(func() { d.run(t, "umount", d.dir) })
	return d
}

// loopDisk creates an ext4 file system of that size in a file and mounts it.
func loopDisk(t *testing.T, size string) *disk {
	t.Helper()
	image := filepath.Join(t.TempDir(), "disk.img")
	if out, err := exec.Command("truncate", "-s", size, image).CombinedOutput(); err != nil {
		t.Fatalf("truncate: %v %s", err, out)
	}
	out, err := exec.Command("mkfs.ext4", "-q", "-F", image).CombinedOutput()
	mounting(t, err, out)
	return mountImage(t, image)
}

// mountImage mounts a file that contains an ext4 file system. Its journal is
// replayed, as after a power loss.
func mountImage(t *testing.T, image string) *disk {
	t.Helper()
	d := &disk{dir: t.TempDir(), image: image}
	out, err := exec.Command("losetup", "--find", "--show", image).CombinedOutput()
	mounting(t, err, out)
	d.device = strings.TrimSpace(string(out))
	t.Cleanup(func() { d.run(t, "losetup", "--detach", d.device) })
	out, err = exec.Command("mount", "-t", "ext4", d.device, d.dir).CombinedOutput()
	mounting(t, err, out)
	t.Cleanup(func() { d.run(t, "umount", d.dir) })
	return d
}

// run runs a command that must succeed.
func (d *disk) run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v %s", name, err, out)
	}
}

// fill writes a file that occupies all remaining space.
func (d *disk) fill(t *testing.T) (name string) {
	t.Helper()
	name = filepath.Join(d.dir, "filler")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for block := make([]byte, 64<<10); len(block) > 0; {
		n, err := f.Write(block)
		switch {
		case errors.Is(err, syscall.ENOSPC):
			block = block[:len(block)/2]
		case err != nil:
			t.Fatalf("filling the disk: %v after %d bytes", err, n)
		}
	}
	return name
}

// activity returns the loop device's counters, including requests in flight.
func (d *disk) activity(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, file := range []string{"stat", "inflight"} {
		raw, err := os.ReadFile(filepath.Join("/sys/block", filepath.Base(d.device), file))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}

// losePower copies what is on the device now, without data that the file system has
// not written to it yet. The test must not write meanwhile. If the system writes by
// itself, the copy is repeated, so that it shows a single moment.
func (d *disk) losePower(t *testing.T) (image string) {
	t.Helper()
	image = filepath.Join(t.TempDir(), "after.img")
	eventually(t, "the disk is copied while nothing is written to it", func() bool {
		before := d.activity(t)
		d.run(t, "cp", "--sparse=always", d.image, image)
		return d.activity(t) == before
	})
	return image
}
