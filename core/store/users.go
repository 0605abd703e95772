package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

const userColumns = `id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at`

// UserByTelegram returns the user with that Telegram identity, or an error of
// kind core.ErrNotFound.
func (s *Store) UserByTelegram(ctx context.Context, telegramID int64) (_ core.User, err error) {
	defer wrap(&err, "user by telegram id")
	return one[core.User](ctx, s, `-- user by telegram id
		SELECT `+userColumns+` FROM users WHERE telegram_id = $1`, telegramID)
}

// User returns the user of that id, or an error of kind core.ErrNotFound.
func (s *Store) User(ctx context.Context, id int64) (_ core.User, err error) {
	defer wrap(&err, "user %d", id)
	return one[core.User](ctx, s, `-- user
		SELECT `+userColumns+` FROM users WHERE id = $1`, id)
}

// Users returns all users, the oldest first.
func (s *Store) Users(ctx context.Context) (_ []core.User, err error) {
	defer wrap(&err, "users")
	return all[core.User](ctx, s, `-- users
		SELECT `+userColumns+` FROM users ORDER BY id`)
}

// AnyUser reports whether there is an account.
func (s *Store) AnyUser(ctx context.Context) (exists bool, err error) {
	defer wrap(&err, "any user")
	err = s.scan(ctx, &exists, `-- any user
		SELECT EXISTS (SELECT FROM users)`)
	return exists, err
}

// A Login is a user with the hash of their password, "" where there is none.
type Login struct {
	core.User
	PasswordHash string
}

const loginColumns = userColumns + `, COALESCE(password_hash, '') AS password_hash`

// Login returns the user of that id with the hash of their password, or an
// error of kind core.ErrNotFound.
func (s *Store) Login(ctx context.Context, id int64) (_ Login, err error) {
	defer wrap(&err, "login of user %d", id)
	return one[Login](ctx, s, `-- login
		SELECT `+loginColumns+` FROM users WHERE id = $1`, id)
}

// LoginByUsername is Login by the username, in whichever case.
func (s *Store) LoginByUsername(ctx context.Context, username string) (_ Login, err error) {
	defer wrap(&err, "login by username")
	return one[Login](ctx, s, `-- login by username
		SELECT `+loginColumns+` FROM users WHERE lower(username) = lower($1)`, username)
}

// MarkLogin notes that the user signs in now.
func (s *Store) MarkLogin(ctx context.Context, id int64) (err error) {
	defer wrap(&err, "mark login of user %d", id)
	return s.run(ctx, `-- mark login
		UPDATE users SET last_login_at = now() WHERE id = $1`, id)
}

// SetPassword gives the user a username and the hash of a password in place of
// the hash old, "" for none. It reports false, and changes nothing, when the
// hash is another by now. A username that is taken is an error of kind
// core.ErrConflict.
func (s *Store) SetPassword(ctx context.Context, id int64, username, hash, old string) (set bool, err error) {
	defer wrap(&err, "set password of user %d", id)
	tag, err := s.db.Exec(ctx, `-- set password
		UPDATE users SET username = $2, password_hash = $3 WHERE id = $1 AND COALESCE(password_hash, '') = $4`, id, username, hash, old)
	return tag.RowsAffected() == 1, known(err)
}

// SetTimezone says in which time zone, by its IANA name, the user is.
func (s *Store) SetTimezone(ctx context.Context, id int64, timezone string) (err error) {
	defer wrap(&err, "set time zone of user %d", id)
	return s.run(ctx, `-- set timezone
		UPDATE users SET timezone = $2 WHERE id = $1`, id, timezone)
}

// LinkTelegram gives a user who has no Telegram identity one, and a name if they
// have none, and returns them. It is an error of kind core.ErrNotFound when the
// user has one, and core.ErrConflict when somebody else has that one.
func (s *Store) LinkTelegram(ctx context.Context, id, telegramID int64, name string) (_ core.User, err error) {
	defer wrap(&err, "link user %d to Telegram", id)
	return one[core.User](ctx, s, `-- link telegram
		UPDATE users SET telegram_id = $2, name = COALESCE(NULLIF(name, ''), $3) WHERE id = $1 AND telegram_id IS NULL
		RETURNING `+userColumns, id, telegramID, name)
}

// AddUser adds an account and returns it with its id. A second account with
// the Telegram identity or the username is an error of kind core.ErrConflict.
func (s *Store) AddUser(ctx context.Context, u core.User) (_ core.User, err error) {
	defer wrap(&err, "add user")
	return one[core.User](ctx, s, `-- add user
		INSERT INTO users (telegram_id, username, name, role, timezone)
		VALUES ($1, $2, $3, $4, $5)
		RETURNING `+userColumns,
		orNull(u.TelegramID), orNull(u.Username), u.Name, u.Role, u.Timezone)
}

// SetRole gives the user a role. The last enabled admin keeps theirs: that is
// an error of kind core.ErrConflict.
func (s *Store) SetRole(ctx context.Context, id int64, role core.Role) (err error) {
	defer wrap(&err, "set role of user %d", id)
	return s.keepAnAdmin(ctx, id, `-- set role
		UPDATE users SET role = $2 WHERE id = $1`, role)
}

// SetDisabled shuts the user out, or lets them in again. The last enabled
// admin cannot be shut out: that is an error of kind core.ErrConflict.
func (s *Store) SetDisabled(ctx context.Context, id int64, disabled bool) (err error) {
	defer wrap(&err, "disable user %d", id)
	return s.keepAnAdmin(ctx, id, `-- set disabled
		UPDATE users SET disabled_at = CASE WHEN $2 THEN COALESCE(disabled_at, now()) END WHERE id = $1`, disabled)
}

// DropUser deletes the user and every row of theirs. The last enabled admin
// cannot be deleted: that is an error of kind core.ErrConflict.
func (s *Store) DropUser(ctx context.Context, id int64) (err error) {
	defer wrap(&err, "drop user %d", id)
	return s.keepAnAdmin(ctx, id, `-- drop user
		DELETE FROM users WHERE id = $1`)
}

// keepAnAdmin runs a change of one user and takes it back if no enabled admin
// is left.
func (s *Store) keepAnAdmin(ctx context.Context, id int64, change string, values ...any) error {
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.run(ctx, `-- lock admins
			SELECT FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE`); err != nil {
			return err
		}
		tag, err := tx.db.Exec(ctx, change, append([]any{id}, values...)...)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return core.Tell(core.ErrNotFound, "There is no user %d.", id)
		}
		var left bool
		if err := tx.scan(ctx, &left, `-- any admin
			SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL)`); err != nil {
			return err
		}
		if !left {
			return core.Tell(core.ErrConflict, "User %d is the last admin; make somebody else admin first.", id)
		}
		return nil
	})
}
