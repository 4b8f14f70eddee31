package main

import (
	"errors"
	"os"
	"runtime"
	"runtime/pprof"
)

// profiled runs a function and writes profiles of it. An empty file name means no
// profile.
func profiled(cpu, allocs string, run func() error) (err error) {
	if cpu != "" {
		file, createErr := os.Create(cpu)
		if createErr != nil {
			return createErr
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return errors.Join(err, file.Close())
		}
		defer func() {
			pprof.StopCPUProfile()
			err = errors.Join(err, file.Close())
		}()
	}
	if allocs != "" {
		runtime.MemProfileRate = 4096
		defer func() { err = errors.Join(err, writeAllocs(allocs)) }()
	}
	return run()
}

func writeAllocs(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("allocs").WriteTo(file, 0), file.Close())
}
