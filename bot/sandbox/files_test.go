package sandbox_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/bot/sandbox/botapitest"
)

// get reads an address.
func get(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func TestDocument(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		f := startWith(t, sandbox.Options{Dir: dir, OnCall: botapitest.Checker(t)})
		f.hello(t)
		m, err := f.bot.SendDocument(t.Context(), &bot.SendDocumentParams{
			ChatID: f.ana.ID, Caption: "<b>all</b>", ParseMode: models.ParseModeHTML,
			Document: &models.InputFileUpload{Filename: "../export.csv", Data: strings.NewReader("a,b")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := m.Document; d.FileName != "export.csv" || d.FileSize != 3 || m.Caption != "all" || len(m.CaptionEntities) != 1 {
			t.Errorf("sent %+v", m)
		}
		again, err := f.bot.SendDocument(t.Context(), &bot.SendDocumentParams{
			ChatID: f.ana.ID, Document: &models.InputFileString{Data: m.Document.FileID},
		})
		if err != nil || again.Document.FileID != m.Document.FileID {
			t.Errorf("sent again %+v, %v", again, err)
		}
		file, err := f.bot.GetFile(t.Context(), &bot.GetFileParams{FileID: m.Document.FileID})
		if err != nil {
			t.Fatal(err)
		}
		if _, body := get(t, f.bot.FileDownloadLink(file)); string(body) != "a,b" {
			t.Errorf("downloaded %q", body)
		}
		if resp, body := get(t, f.server.PageURL("")+"api/files/"+file.FileID); string(body) != "a,b" ||
			!strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("page got %q as %s", body, resp.Header)
		}
	}
}

func TestPhoto(t *testing.T) {
	t.Parallel()
	f := startWith(t, sandbox.Options{OnCall: botapitest.Checker(t)})
	f.hello(t)
	send := func(data []byte) (*models.Message, error) {
		return f.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{
			ChatID: f.ana.ID, Photo: &models.InputFileUpload{Filename: "p.png", Data: bytes.NewReader(data)},
		})
	}
	m, err := send(picture(t))
	if err != nil || m.Photo[0].Width != 30 || m.Photo[0].Height != 20 {
		t.Fatalf("sent %+v, %v", m, err)
	}
	if resp, _ := get(t, f.server.PageURL("")+"api/files/"+m.Photo[0].FileID); resp.Header.Get("Content-Type") != "image/png" {
		t.Errorf("page got %s", resp.Header)
	}
	_, err = send([]byte("no picture"))
	refused(t, err, "IMAGE_PROCESS_FAILED")
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 10_000, 1))); err != nil {
		t.Fatal(err)
	}
	_, err = send(wide.Bytes())
	refused(t, err, "PHOTO_INVALID_DIMENSIONS")
}

func TestFileRefusals(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	send := func(in bot.SendDocumentParams) error {
		if in.ChatID == nil {
			in.ChatID = f.ana.ID
		}
		_, err := f.bot.SendDocument(t.Context(), &in)
		return err
	}
	named := func(id string) models.InputFile { return &models.InputFileString{Data: id} }
	refused(t, send(bot.SendDocumentParams{Document: named("nonsense")}), "wrong file identifier")
	refused(t, send(bot.SendDocumentParams{Document: named("https://example.com/a.pdf")}), "failed to get HTTP URL content")
	refused(t, send(bot.SendDocumentParams{Document: named("")}), "there is no document in the request")
	refused(t, send(bot.SendDocumentParams{Document: named("attach://x")}), "there is no file")
	refused(t, send(bot.SendDocumentParams{Document: named("x"), Caption: strings.Repeat("x", 1025)}), "message caption is too long")
	refused(t, send(bot.SendDocumentParams{Document: named("x"), Caption: "<x>", ParseMode: "HTML"}), "Unsupported start tag \"x\"")
	refused(t, send(bot.SendDocumentParams{ChatID: 5, Document: named("x")}), "chat not found")
	empty := &models.InputFileUpload{Filename: "a", Data: strings.NewReader("")}
	refused(t, send(bot.SendDocumentParams{Document: empty}), "file must be non-empty")
	large := &models.InputFileUpload{Filename: "a", Data: strings.NewReader(strings.Repeat("x", 50<<20+1))}
	refused(t, send(bot.SendDocumentParams{Document: large}), "Request Entity Too Large")
	huge := &models.InputFileUpload{Filename: "a", Data: strings.NewReader(strings.Repeat("x", 53<<20))}
	if err := send(bot.SendDocumentParams{Document: huge}); err == nil {
		t.Error("takes a body beyond all bounds")
	}

	_, err := f.bot.GetFile(t.Context(), &bot.GetFileParams{FileID: "nonsense"})
	refused(t, err, "wrong file_id or the file is temporarily unavailable")
	big, err := f.client.Upload(t.Context(), "big", make([]byte, 20<<20+1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.bot.GetFile(t.Context(), &bot.GetFileParams{FileID: big.FileID})
	refused(t, err, "file is too big")

	link := f.server.BotURL() + "/file/bot" + f.server.Token() + "/documents/nonsense.txt"
	if resp, _ := get(t, link); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is not there: %s", resp.Status)
	}
	if resp, _ := get(t, f.server.BotURL()+"/file/bot1:x/documents/a"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong token: %s", resp.Status)
	}
	if resp, _ := get(t, f.server.PageURL("")+"api/files/nonsense"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is not there, on the page: %s", resp.Status)
	}
}
