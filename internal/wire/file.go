package wire

import (
	"time"

	"partychat/internal/chat"
)

// File is a file in a message.
type File struct {
	ID     chat.FileID `json:"id"`
	Name   string      `json:"name"`
	Type   string      `json:"type"` // media type, found in the content
	Size   int64       `json:"size"` // in bytes
	Width  int         `json:"width,omitempty"`
	Height int         `json:"height,omitempty"` // of a picture as it is shown, in pixels; absent if unknown
}

// FileOf returns the file as clients see it in a message.
func FileOf(f chat.FileInfo) File { return File(f) }

// NewFile announces an upload.
type NewFile struct {
	ClientID string `json:"clientId" doc:"a new UUID for each file, repeated in each retry"`
	Name     string `json:"name" doc:"the file's name, at most 255 bytes of which are kept"`
	Size     int64  `json:"size" doc:"number of bytes"`
}

// Input returns what the client announces.
func (f NewFile) Input() chat.NewFileInput {
	return chat.NewFileInput{ClientID: f.ClientID, Name: f.Name, Size: f.Size}
}

// Upload is a file of mine that is not sent yet.
type Upload struct {
	File
	Received int64 `json:"received"` // bytes that have arrived
	Ready    bool  `json:"ready"`    // it can be sent
}

// UploadAnswer is the state of an upload.
type UploadAnswer struct {
	File Upload `json:"file"`
}

// UploadAnswerOf returns the state of an upload.
func UploadAnswerOf(f chat.File) UploadAnswer {
	return UploadAnswer{Upload{File: FileOf(f.FileInfo), Received: f.Received, Ready: f.Ready}}
}

// SentFile is a file with the message that it is in.
type SentFile struct {
	File
	Seq    int64     `json:"seq"` // of the message
	Author Author    `json:"author"`
	SentAt time.Time `json:"sentAt"`
}

// SentFileList is a part of a room's files, those of the latest messages first.
type SentFileList struct {
	Files []SentFile `json:"files"`
	More  bool       `json:"more"` // whether there are older ones
}

// SentFileListOf returns files as clients see them.
func SentFileListOf(files []chat.SentFile, more bool) SentFileList {
	return SentFileList{Files: listOf(files, func(f chat.SentFile) SentFile {
		return SentFile{File: FileOf(f.FileInfo), Seq: f.Seq, Author: AuthorOf(f.Author), SentAt: f.SentAt}
	}), More: more}
}

// FileLimits are what the server allows; absent if it keeps no files.
type FileLimits struct {
	PerMessage int   `json:"perMessage"`
	Size       int64 `json:"size"` // of one file, in bytes
}
