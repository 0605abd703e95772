package people

import (
	"context"
	"regexp"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// plainColor is the colour of a group that was given none.
const plainColor = "#888888"

// Groups returns groups by name, after a place in the list.
func Groups(ctx context.Context, db *store.Store, userID int64, after store.NamePlace, limit int) ([]store.Group, error) {
	return db.Groups(ctx, userID, after, limit)
}

// Group returns a group, or an error of kind core.ErrNotFound.
func Group(ctx context.Context, db *store.Store, userID, id int64) (store.Group, error) {
	g, err := db.Group(ctx, userID, id)
	return g, because(err, "group")
}

// AddGroup adds a group; without a colour it is grey. A name that is there
// already is an error of kind core.ErrConflict.
func AddGroup(ctx context.Context, db *store.Store, userID int64, name, color string) (store.Group, error) {
	if color == "" {
		color = plainColor
	}
	name, color, err := group(&name, color)
	if err != nil {
		return store.Group{}, err
	}
	id, err := db.AddGroup(ctx, userID, name, color)
	if err != nil {
		return store.Group{}, because(err, "group")
	}
	return Group(ctx, db, userID, id)
}

// ChangeGroup gives a group another name, unless that is nil, and another
// colour, unless that is empty.
func ChangeGroup(ctx context.Context, db *store.Store, userID, id int64, name *string, color string) (store.Group, error) {
	newName, color, err := group(name, color)
	if err != nil {
		return store.Group{}, err
	}
	if err := db.ChangeGroup(ctx, userID, id, newName, color); err != nil {
		return store.Group{}, because(err, "group")
	}
	return Group(ctx, db, userID, id)
}

var colorShape = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// group returns the name and the colour of a group as they are kept.
func group(said *string, color string) (name, kept string, err error) {
	if said != nil {
		if name, err = label("name", *said); err != nil {
			return "", "", err
		}
	}
	color = strings.ToLower(color)
	if color != "" && !colorShape.MatchString(color) {
		return "", "", core.Tell(core.ErrInvalid, `color: write it like "#1e90ff".`)
	}
	return name, color, nil
}

// DropGroup removes a group. Its members stay.
func DropGroup(ctx context.Context, db *store.Store, userID, id int64) error {
	return because(step(ctx, db, func(tx *store.Store) error { return tx.DropGroup(ctx, userID, id) }), "group")
}

// AddMember makes a live contact a member. Saying it again changes nothing.
func AddMember(ctx context.Context, db *store.Store, userID, groupID, contactID int64) error {
	return step(ctx, db, func(tx *store.Store) error {
		there, err := tx.AddMember(ctx, userID, groupID, contactID)
		return bothThere(there, err, "group")
	})
}

// DropMember takes a live contact out of a group. Saying it again changes nothing.
func DropMember(ctx context.Context, db *store.Store, userID, groupID, contactID int64) error {
	return step(ctx, db, func(tx *store.Store) error {
		there, err := tx.DropMember(ctx, userID, groupID, contactID)
		return bothThere(there, err, "group")
	})
}

// Members returns the live members of a group by name, after a place in the list.
func Members(ctx context.Context, db *store.Store, userID, groupID int64, after store.NamePlace, limit int) ([]store.Member, error) {
	if _, err := Group(ctx, db, userID, groupID); err != nil {
		return nil, err
	}
	return db.Members(ctx, userID, groupID, after, limit)
}
