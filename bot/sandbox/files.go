package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // a photo's size is read from it, in the formats registered here
	_ "image/jpeg"
	_ "image/png"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-telegram/bot/models"
)

const (
	attachPrefix = "attach://"
	maxDownload  = 20 << 20 // what getFile hands out
	maxUpload    = 50 << 20
)

// A storedFile is a file that a user or the bot sent. Its bytes are in the journal's
// folder, or in memory without one.
type storedFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`

	data []byte
}

func (f *storedFile) unique() string { return "u" + f.ID }

// path is the file_path of getFile.
func (f *storedFile) path() string { return "documents/" + f.ID + path.Ext(f.Name) }

// addFile stores an upload.
func (w *world) addFile(up upload) (*storedFile, error) {
	w.last.File++
	f := &storedFile{
		ID:   "sandbox_file_" + strconv.Itoa(w.last.File),
		Name: filepath.Base(up.Name),
		Type: up.Type,
		Size: len(up.Data),
	}
	if f.Type == "" || f.Type == "application/octet-stream" {
		f.Type = kindOf(f.Name, up.Data)
	}
	if w.journal == nil {
		f.data = bytes.Clone(up.Data)
	} else if err := os.WriteFile(w.journal.filePath(f), up.Data, 0o600); err != nil {
		return nil, fmt.Errorf("store file: %w", err)
	}
	w.files[f.ID] = f
	w.keepCounters()
	w.journal.put("file/"+f.ID, f)
	return f, nil
}

func kindOf(name string, data []byte) string {
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return http.DetectContentType(data)
}

func (j *journal) filePath(f *storedFile) string { return filepath.Join(j.dir, filesName, f.ID) }

func (w *world) content(f *storedFile) ([]byte, error) {
	if w.journal == nil {
		return f.data, nil
	}
	return os.ReadFile(w.journal.filePath(f))
}

// file is the file of a sending call: uploaded with it, or sent before.
func (w *world) file(c *call, field string) (*storedFile, error) {
	value := c.text(field)
	if name, ok := strings.CutPrefix(value, attachPrefix); ok {
		up, ok := c.files[name]
		switch {
		case !ok:
			return nil, badRequest("there is no file %q in the request", name)
		case len(up.Data) == 0:
			return nil, badRequest("file must be non-empty")
		case len(up.Data) > maxUpload:
			return nil, &refusal{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
		}
		return w.addFile(up)
	}
	switch f := w.files[value]; {
	case value == "":
		return nil, badRequest("there is no %s in the request", field)
	case strings.Contains(value, "://"):
		return nil, badRequest("failed to get HTTP URL content")
	case f == nil:
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	default:
		return f, nil
	}
}

func (s *Server) sendDocument(_ context.Context, c *call) (any, error) {
	return s.sendFile(c, "document", func(m *Message, f *storedFile) error {
		m.Document = f.document()
		return nil
	})
}

func (f *storedFile) document() *models.Document {
	return &models.Document{
		FileID: f.ID, FileUniqueID: f.unique(), FileName: f.Name, MimeType: f.Type, FileSize: int64(f.Size),
	}
}

func (s *Server) sendPhoto(_ context.Context, c *call) (any, error) {
	return s.sendFile(c, "photo", func(m *Message, f *storedFile) error {
		data, err := s.world.content(f)
		if err != nil {
			return err
		}
		m.Photo, err = f.photo(data)
		return err
	})
}

func (f *storedFile) photo(data []byte) ([]models.PhotoSize, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, badRequest("IMAGE_PROCESS_FAILED")
	}
	if size.Width+size.Height > 10_000 {
		return nil, badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return []models.PhotoSize{{
		FileID: f.ID, FileUniqueID: f.unique(), Width: size.Width, Height: size.Height, FileSize: f.Size,
	}}, nil
}

// sendFile sends a message with a file, which attach puts where it belongs.
func (s *Server) sendFile(c *call, field string, attach func(*Message, *storedFile) error) (any, error) {
	b, err := c.body("caption", "caption_entities")
	if err != nil {
		return nil, err
	}
	if utf16Len(b.text) > maxCaption {
		return nil, badRequest("message caption is too long")
	}
	s.world.mu.Lock()
	_, err = s.world.writable(c)
	var f *storedFile
	if err == nil {
		f, err = s.world.file(c, field)
	}
	s.world.mu.Unlock()
	if err != nil {
		return nil, err
	}
	m := &Message{Message: models.Message{Caption: b.text, CaptionEntities: b.entities}}
	if err := attach(m, f); err != nil {
		return nil, err
	}
	return s.post(c, m)
}

func (s *Server) getFile(_ context.Context, c *call) (any, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	f := s.world.files[c.text("file_id")]
	switch {
	case f == nil:
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	case f.Size > maxDownload:
		return nil, badRequest("file is too big")
	}
	return models.File{FileID: f.ID, FileUniqueID: f.unique(), FileSize: int64(f.Size), FilePath: f.path()}, nil
}

// serveFile is where the bot downloads a file.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	if err := s.allowed(r); err != nil {
		refuse(w, err)
		return
	}
	name := path.Base(chi.URLParam(r, "*"))
	f, data, err := s.openFile(strings.TrimSuffix(name, path.Ext(name)))
	if err != nil {
		refuse(w, notFound())
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(f.Size))
	_, _ = w.Write(data) // a client that went away needs no file
}

var errNoFile = errors.New("no such file")

func (s *Server) openFile(id string) (*storedFile, []byte, error) {
	s.world.mu.Lock()
	f := s.world.files[id]
	s.world.mu.Unlock()
	if f == nil {
		return nil, nil, errNoFile
	}
	data, err := s.world.content(f)
	return f, data, err
}
