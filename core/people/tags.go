package people

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// maxLabelLen is the most characters in the name of a tag or group, and in the
// label of a relationship.
const maxLabelLen = 100

// Tags returns tags by name, after a place in the list.
func Tags(ctx context.Context, db *store.Store, userID int64, after store.NamePlace, limit int) ([]store.Tag, error) {
	return db.Tags(ctx, userID, after, limit)
}

// Tag returns a tag, or an error of kind core.ErrNotFound.
func Tag(ctx context.Context, db *store.Store, userID, id int64) (store.Tag, error) {
	t, err := db.Tag(ctx, userID, id)
	return t, because(err, "tag")
}

// AddTag adds a tag. A name that is there already is an error of kind core.ErrConflict.
func AddTag(ctx context.Context, db *store.Store, userID int64, name string) (store.Tag, error) {
	name, err := label("name", name)
	if err != nil {
		return store.Tag{}, err
	}
	id, err := db.AddTag(ctx, userID, name)
	if err != nil {
		return store.Tag{}, because(err, "tag")
	}
	return Tag(ctx, db, userID, id)
}

// RenameTag gives a tag another name.
func RenameTag(ctx context.Context, db *store.Store, userID, id int64, name string) (store.Tag, error) {
	name, err := label("name", name)
	if err != nil {
		return store.Tag{}, err
	}
	if err := db.RenameTag(ctx, userID, id, name); err != nil {
		return store.Tag{}, because(err, "tag")
	}
	return Tag(ctx, db, userID, id)
}

// DropTag removes a tag, from all contacts too.
func DropTag(ctx context.Context, db *store.Store, userID, id int64) error {
	return because(step(ctx, db, func(tx *store.Store) error { return tx.DropTag(ctx, userID, id) }), "tag")
}

// PutTag puts a tag on a live contact. Saying it again changes nothing.
func PutTag(ctx context.Context, db *store.Store, userID, contactID, tagID int64) error {
	return step(ctx, db, func(tx *store.Store) error {
		there, err := tx.TagContact(ctx, userID, contactID, tagID)
		return bothThere(there, err, "tag")
	})
}

// TakeTag takes a tag off a live contact. Saying it again changes nothing.
func TakeTag(ctx context.Context, db *store.Store, userID, contactID, tagID int64) error {
	return step(ctx, db, func(tx *store.Store) error {
		there, err := tx.UntagContact(ctx, userID, contactID, tagID)
		return bothThere(there, err, "tag")
	})
}

// step does something as one act of the user.
func step(ctx context.Context, db *store.Store, do func(tx *store.Store) error) error {
	return db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		return do(tx)
	})
}

// because says in words that a thing is not there, or is there already.
func because(err error, thing string) error {
	switch {
	case errors.Is(err, core.ErrNotFound):
		return core.Tell(core.ErrNotFound, "There is no such %s.", thing)
	case errors.Is(err, core.ErrConflict):
		return core.Tell(core.ErrConflict, "You have a %s of that name already.", thing)
	}
	return err
}

func bothThere(there bool, err error, thing string) error {
	if err == nil && !there {
		return core.Tell(core.ErrNotFound, "There is no such contact, or no such %s.", thing)
	}
	return err
}

// label returns the text of a label, tidied, or an error of kind
// core.ErrInvalid that names its field.
func label(field, text string) (string, error) {
	text = strings.Join(strings.Fields(core.Clean(text)), " ")
	switch {
	case core.Blank(text):
		return "", core.Tell(core.ErrInvalid, "%s: it is empty.", field)
	case utf8.RuneCountInString(text) > maxLabelLen:
		return "", tooLong(field, maxLabelLen)
	}
	return text, nil
}
