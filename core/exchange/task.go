package exchange

import (
	"context"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/store"
)

// PhraseImport names the message that shows how an import goes. Its arguments
// are the file's id at Telegram in Query, its name in Name, how far it is in
// Page, and once it is over in Sentence how it went.
const PhraseImport = "import"

// Ask owes a message about a file that the user sent, and adds the task that
// imports it.
func Ask(ctx context.Context, tx *store.Store, m core.Message, fileID, name string) (core.Task, error) {
	m.Kind, m.Args = core.MessagePhrase, core.MessageArgs{Phrase: PhraseImport, Query: fileID, Name: name}
	m, err := outbox.Owe(ctx, tx, m)
	if err != nil {
		return core.Task{}, err
	}
	return tx.AddTask(ctx, core.Task{UserID: m.UserID, Kind: core.TaskImportChats, MessageID: m.ID})
}
