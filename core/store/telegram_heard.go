package store

import "context"

// A Heard says up to where a linked account heard what Telegram says by itself,
// in Telegram's own counts.
type Heard struct {
	Pts  int
	Qts  int
	Date int
	Seq  int
}

// Heard returns up to where the user's account was heard, or an error of kind
// core.ErrNotFound when it never was.
func (s *Store) Heard(ctx context.Context, userID, telegramID int64) (_ Heard, err error) {
	defer wrap(&err, "heard of user %d", userID)
	return one[Heard](ctx, s, `-- heard
		SELECT pts, qts, date, seq FROM telegram_heard WHERE user_id = $1 AND telegram_id = $2`, userID, telegramID)
}

// KeepHeard keeps up to where the user's account was heard.
func (s *Store) KeepHeard(ctx context.Context, userID, telegramID int64, h Heard) (err error) {
	defer wrap(&err, "keep heard of user %d", userID)
	return s.run(ctx, `-- keep heard
		INSERT INTO telegram_heard (user_id, telegram_id, pts, qts, date, seq) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id) DO UPDATE SET telegram_id = $2, pts = $3, qts = $4, date = $5, seq = $6`,
		userID, telegramID, h.Pts, h.Qts, h.Date, h.Seq)
}

// HeardOn is a Heard of which only some counts are known; the others are nil.
type HeardOn struct{ Pts, Qts, Date, Seq *int }

// HearOn keeps that the user's account was heard further. It is an error of kind
// core.ErrNotFound when it never was heard.
func (s *Store) HearOn(ctx context.Context, userID, telegramID int64, h HeardOn) (err error) {
	defer wrap(&err, "hear on for user %d", userID)
	return s.affect(ctx, `-- hear on
		UPDATE telegram_heard SET pts = COALESCE($3, pts), qts = COALESCE($4, qts), date = COALESCE($5, date), seq = COALESCE($6, seq)
		WHERE user_id = $1 AND telegram_id = $2`, userID, telegramID, h.Pts, h.Qts, h.Date, h.Seq)
}

// ForgetHeard forgets up to where the user's account was heard.
func (s *Store) ForgetHeard(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "forget heard of user %d", userID)
	return s.run(ctx, `-- forget heard
		DELETE FROM telegram_heard WHERE user_id = $1`, userID)
}

// PeerHash returns the hash by which the user's account may speak of somebody, or
// an error of kind core.ErrNotFound.
func (s *Store) PeerHash(ctx context.Context, userID, telegramID int64) (hash int64, err error) {
	defer wrap(&err, "peer of user %d", userID)
	err = s.scan(ctx, &hash, `-- peer hash
		SELECT access_hash FROM telegram_peers WHERE user_id = $1 AND telegram_id = $2`, userID, telegramID)
	return hash, known(err)
}

// KeepPeerHash keeps the hash by which the user's account, which was heard, may
// speak of somebody.
func (s *Store) KeepPeerHash(ctx context.Context, userID, telegramID, hash int64) (err error) {
	defer wrap(&err, "keep peer of user %d", userID)
	return s.run(ctx, `-- keep peer hash
		INSERT INTO telegram_peers (user_id, telegram_id, access_hash) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, telegram_id) DO UPDATE SET access_hash = $3`, userID, telegramID, hash)
}
