package insight

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/store"
)

// An Observer looks at all that a user knows at once.
type Observer struct {
	Store   *store.Store
	Results *cache.Results
}

// fresh is how long a result is kept. It has names in it, and what is forgotten
// must be gone from everywhere within a minute.
const fresh = 45 * time.Second

// kept returns what compute does, or did a moment ago on the same data. The
// version is read first: what is written in the meantime has another.
func kept[T any](ctx context.Context, o Observer, what string, u core.User, now time.Time, compute func(ctx context.Context, db *store.Store) (T, error)) (T, error) {
	var v T
	version, err := o.Store.Version(ctx, u.ID)
	if err != nil {
		return v, err
	}
	today := now.In(u.Location()).Format(time.DateOnly)
	key := strings.Join([]string{what, strconv.FormatInt(u.ID, 10), version, today, u.Timezone}, ":")
	found, answered := o.Results.Find(ctx, key)
	if found != nil && json.Unmarshal(found, &v) == nil {
		return v, nil
	}
	v, err = reading(ctx, o.Store, u.ID, compute)
	if err != nil || !answered {
		return v, err
	}
	result, err := json.Marshal(v)
	if err != nil {
		return v, err
	}
	o.Results.Keep(ctx, key, result, fresh)
	return v, nil
}

// reading returns what compute does on the replica, or on the database itself.
func reading[T any](ctx context.Context, db *store.Store, userID int64, compute func(ctx context.Context, db *store.Store) (T, error)) (v T, err error) {
	err = db.Reading(ctx, userID, func(ctx context.Context, db *store.Store) (err error) {
		v, err = compute(ctx, db)
		return err
	})
	return v, err
}
