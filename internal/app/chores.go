package app

import (
	"partychat/internal/chat"
	"partychat/internal/jobs"
)

// newChores returns the runner of the jobs that are not pushes.
func (a *App) newChores(services *chat.Chat) *jobs.Runner {
	runner := jobs.New(a.store, jobs.Options{AtOnce: 1, Log: a.log})
	runner.Handle(chat.KindPurge, services.RoomAdmin.Purge)
	return runner
}
