package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

const (
	filesPath = apiPath + "/files"
	filePath  = filesPath + "/{file}"
)

type newFileInput struct {
	Body wire.NewFile
}

type fileInput struct {
	File chat.FileID `path:"file" doc:"a file's id"`
}

type roomFilesInput struct {
	Room   chat.RoomID `path:"room" doc:"a room's id"`
	Before int64       `query:"before" doc:"a seq: files of messages below it; by default the latest"`
	Limit  int         `query:"limit" doc:"number of messages: 50 by default, at most 200"`
}

type uploadOutput struct {
	Status int
	Body   wire.UploadAnswer
}

type sentFilesOutput struct {
	Body wire.SentFileList
}

func fileCalls(a *api) {
	member(a, huma.Operation{
		OperationID: "announce-file", Method: http.MethodPost, Path: filesPath, Tags: []string{"files"},
		Summary:       "Announce an upload; 200 with the same file if it was a retry",
		DefaultStatus: http.StatusCreated,
		Responses:     also[wire.UploadAnswer](a, http.StatusOK),
		Errors:        []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *newFileInput) (*uploadOutput, error) {
		file, created, err := a.chat.Files.Create(ctx, me, in.Body.Input())
		status := http.StatusCreated
		if !created {
			status = http.StatusOK
		}
		return &uploadOutput{status, wire.UploadAnswerOf(file)}, err
	})
	member(a, huma.Operation{
		OperationID: "get-upload", Method: http.MethodGet, Path: filePath + "/upload", Tags: []string{"files"},
		Summary: "See how many bytes of my upload have arrived",
		Errors:  []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *fileInput) (*uploadOutput, error) {
		file, err := a.chat.Files.Upload(ctx, me, in.File)
		return &uploadOutput{http.StatusOK, wire.UploadAnswerOf(file)}, err
	})
	member(a, huma.Operation{
		OperationID: "cancel-upload", Method: http.MethodDelete, Path: filePath, Tags: []string{"files"},
		Summary: "Delete a file of mine that is not in a message", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, me chat.User, in *fileInput) (*noContent, error) {
		return &noContent{}, a.chat.Files.Cancel(ctx, me, in.File)
	})
	member(a, huma.Operation{
		OperationID: "list-files", Method: http.MethodGet, Path: apiPath + "/rooms/{room}/files", Tags: []string{"files"},
		Summary: "List the files in a room's messages, those of the latest messages first",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *roomFilesInput) (*sentFilesOutput, error) {
		files, more, err := a.chat.Files.In(ctx, me, in.Room, in.Before, in.Limit)
		return &sentFilesOutput{wire.SentFileListOf(files, more)}, err
	})
	byteCalls(a)
}
