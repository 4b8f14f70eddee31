package httpapi

import (
	"encoding/json"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// bodyGrace is how long a client may send nothing while it uploads. A slow one may take
// as long as it likes, as long as it sends.
const bodyGrace = 30 * time.Second

// byteCalls registers the calls whose bodies are bytes. huma would hold them in memory,
// so they have handlers of their own, and are documented here.
func byteCalls(a *api) {
	file := &huma.Param{Name: "file", In: "path", Required: true, Description: "a file's id", Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}}
	bytes := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	answer := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.UploadAnswer](), true, "")
	byteCall(a, &huma.Operation{
		OperationID: "append-to-upload", Method: http.MethodPatch, Path: filePath, Tags: []string{"files"},
		Summary: "Append bytes to my upload, from where it ended",
		Parameters: []*huma.Param{file, {
			Name: uploadOffset, In: "header", Required: true, Description: "how many bytes have arrived until now",
			Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"},
		}},
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{chunkType: {Schema: bytes}}},
		Responses: map[string]*huma.Response{"200": {
			Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}},
		}},
	}, appendToUpload, http.StatusNotFound, http.StatusConflict)
	byteCall(a, &huma.Operation{
		OperationID: "download-file", Method: http.MethodGet, Path: filePath, Tags: []string{"files"},
		Summary: "Download a file, or a picture in a smaller size; with Range, a part of it",
		Parameters: []*huma.Param{file, {
			Name: "size", In: "query", Description: "small, medium or large; the picture itself if it is not larger",
			Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"small", "medium", "large"}},
		}},
		Responses: map[string]*huma.Response{
			"200": {Description: "OK", Content: map[string]*huma.MediaType{fallbackType: {Schema: bytes}}},
			"206": {Description: "Partial Content", Content: map[string]*huma.MediaType{fallbackType: {Schema: bytes}}},
			"304": {Description: "Not Modified"},
			"416": {Description: "Range Not Satisfiable", Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}},
		},
	}, download, http.StatusNotFound)
}

const (
	uploadOffset = "Upload-Offset"
	chunkType    = "application/offset+octet-stream"
	fallbackType = "application/octet-stream"
)

// byteCall registers a handler and documents it.
func byteCall(a *api, op *huma.Operation, handle func(*api, http.ResponseWriter, *http.Request, chat.User) error, statuses ...int) {
	op.Security = []map[string][]string{{"cookie": {}}, {"token": {}}}
	statuses = append(statuses, http.StatusUnprocessableEntity, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInternalServerError)
	if op.Method != http.MethodGet {
		statuses = append(statuses, http.StatusForbidden)
	}
	slices.Sort(statuses)
	fault := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.ErrorBody](), true, "")
	for _, status := range statuses {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/json": {Schema: fault}},
		}
	}
	a.huma.OpenAPI().AddOperation(op)
	a.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		identity, ok := a.sessions.Identity(r.Context())
		if !ok {
			WriteError(w, a.sessions.Refusal(r.Context()))
			return
		}
		if err := handle(a, w, r, identity.User); err != nil {
			a.fault(r.Context(), *op, err).write(w)
		}
	})
}

func fileIn(r *http.Request) (chat.FileID, error) {
	id, err := strconv.ParseInt(r.PathValue("file"), 10, 64)
	if err != nil || id <= 0 {
		return 0, chat.Errorf(chat.CodeNotFound, "There is no such file.")
	}
	return chat.FileID(id), nil
}

// appendToUpload serves PATCH.
func appendToUpload(a *api, w http.ResponseWriter, r *http.Request, me chat.User) error {
	id, err := fileIn(r)
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(r.Header.Get(uploadOffset), 10, 64)
	switch {
	case err != nil || offset < 0:
		return chat.ErrorIn("offset", chat.CodeInvalid, "Say in %s how many bytes have arrived.", uploadOffset)
	case r.Header.Get("Content-Type") != chunkType:
		return chat.Errorf(chat.CodeInvalid, "Send the bytes as Content-Type: %s.", chunkType)
	}
	if err := a.chat.Budget().Write(me.ID); err != nil {
		return err
	}
	control := http.NewResponseController(w)
	// The server's time-outs are for requests of known size.
	_ = control.SetWriteDeadline(time.Time{}) // a test's recorder has none
	file, err := a.chat.Files.Append(r.Context(), me, id, offset, patientBody{r, control})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, wire.UploadAnswerOf(file))
}

// patientBody gives each read its own time.
type patientBody struct {
	r       *http.Request
	control *http.ResponseController
}

// Read is specified by io.Reader.
func (b patientBody) Read(p []byte) (int, error) {
	_ = b.control.SetReadDeadline(time.Now().Add(bodyGrace)) // a test's recorder has none
	return b.r.Body.Read(p)
}

// download serves GET and HEAD.
func download(a *api, w http.ResponseWriter, r *http.Request, me chat.User) error {
	id, err := fileIn(r)
	if err != nil {
		return err
	}
	size := r.URL.Query().Get("size")
	role := chat.BlobRole(size)
	switch chat.ThumbSize(size) {
	case "":
		role = chat.BlobContent
	case chat.ThumbSmall, chat.ThumbMedium, chat.ThumbLarge:
	default:
		return chat.ErrorIn("size", chat.CodeInvalid, "The size must be small, medium or large.")
	}
	done, err := a.chat.Budget().Read(me.ID)
	if err != nil {
		return err
	}
	done() // it limits memory, and a download takes little
	file, part, blob, err := a.chat.Files.Open(r.Context(), me, id, role)
	if err != nil {
		return err
	}
	defer func() { _ = blob.Close() }() // it was only read
	kind, inline := shownAs(file.Type, part.Role)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(inline, file.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// Every use asks the server again, so that people who lose the room lose the file.
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+part.Key+`"`)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a large file takes its time
	http.ServeContent(patientWriter{w, http.NewResponseController(w)}, r, "", time.Time{}, blob)
	return nil
}

// patientWriter gives each write its own time.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write is specified by http.ResponseWriter.
func (w patientWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(bodyGrace)) // a test's recorder has none
	return w.ResponseWriter.Write(p)
}

// inlineTypes are what browsers show or play without running anything. Everything else
// is downloaded: SVG and HTML could run scripts.
var inlineTypes = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/avif": true,
	"video/mp4": true, "video/webm": true, "video/quicktime": true, "video/ogg": true,
	"audio/mpeg": true, "audio/mp4": true, "audio/x-m4a": true, "audio/aac": true, "audio/ogg": true, "audio/wav": true, "audio/flac": true, "audio/webm": true,
}

// shownAs returns the media type to answer with, and whether browsers may show it.
func shownAs(kind string, role chat.BlobRole) (string, bool) {
	switch {
	case role != chat.BlobContent:
		return "image/jpeg", true
	case inlineTypes[kind]:
		return kind, true
	case kind == "application/pdf":
		return kind, false
	}
	return fallbackType, false
}

// disposition returns the header that names the file.
func disposition(inline bool, name string) string {
	how := "attachment"
	if inline {
		how = "inline"
	}
	if header := mime.FormatMediaType(how, map[string]string{"filename": name}); header != "" {
		return header
	}
	return how
}

func writeJSON(w http.ResponseWriter, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, _ = w.Write(append(text, '\n')) // the client may have gone
	return nil
}
