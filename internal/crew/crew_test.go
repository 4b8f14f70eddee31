package crew

import (
	"runtime"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachPieceRunsOnceWithoutWaitingForOthers(t *testing.T) {
	const pieces = 3 * maxWaiting
	var started sync.WaitGroup
	var mu sync.Mutex
	release := make(chan struct{})
	done := make(map[int]int)
	var all sync.WaitGroup
	c := New(func(n int) {
		defer all.Done()
		started.Done()
		<-release
		mu.Lock()
		done[n]++
		mu.Unlock()
	})
	c.Hold()
	defer c.Release()
	for range 3 {
		started.Add(pieces)
		all.Add(pieces)
		for n := range pieces {
			c.Run(n)
		}
		started.Wait() // hangs unless all run at once
		for range pieces {
			release <- struct{}{}
		}
		all.Wait()
	}
	for n := range pieces {
		if done[n] != 3 {
			t.Errorf("piece %d: done %d times, want 3", n, done[n])
		}
	}
}

func TestGoroutinesAreReusedWhileTheCrewIsHeld(t *testing.T) {
	done := make(chan struct{})
	c := New(func(struct{}) { done <- struct{}{} })
	waiting := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.waiting)
	}
	c.Hold()
	for range 100 {
		c.Run(struct{}{})
		<-done
		for waiting() == 0 {
			runtime.Gosched()
		}
	}
	if got := waiting(); got != 1 {
		t.Errorf("%d goroutines for one piece at a time, want 1", got)
	}
	c.Release()
	if got := waiting(); got != 0 {
		t.Errorf("%d goroutines wait after the release", got)
	}
}

func TestUnheldCrewLeavesNoGoroutines(t *testing.T) {
	var all sync.WaitGroup
	c := New(func(int) { all.Done() })
	all.Add(10)
	for n := range 10 {
		c.Run(n)
	}
	all.Wait() // goleak checks the rest
}
