package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// An Invitation lets one person in, once.
type Invitation struct {
	CodeHash  []byte // SHA-256 of the code
	Role      core.Role
	Claim     bool  // makes the first account, and is void once there is any
	CreatedBy int64 // 0 for Kith itself
	ExpiresAt time.Time
}

// AddInvitation keeps an invitation.
func (s *Store) AddInvitation(ctx context.Context, i Invitation) (err error) {
	defer wrap(&err, "add invitation")
	return s.run(ctx, `-- add invitation
		INSERT INTO invitations (code_hash, role, claim, created_by, expires_at)
		VALUES ($1, $2, $3, $4, $5)`, i.CodeHash, i.Role, i.Claim, orNull(i.CreatedBy), i.ExpiresAt)
}

// LockAccounts has those who make an account come one after the other, each
// once the transaction of the one before has ended.
func (s *Store) LockAccounts(ctx context.Context) (err error) {
	defer wrap(&err, "lock accounts")
	return s.run(ctx, `-- lock accounts
		SELECT pg_advisory_xact_lock(hashtext('kith accounts'))`)
}

// UseInvitation marks the invitation with that hash as used and returns it. It
// is an error of kind core.ErrNotFound when there is none, or it is used,
// expired, or void. Two users of one invitation, or of two claims, come one
// after the other.
func (s *Store) UseInvitation(ctx context.Context, codeHash []byte) (_ Invitation, err error) {
	defer wrap(&err, "use invitation")
	if err := s.LockAccounts(ctx); err != nil {
		return Invitation{}, err
	}
	return one[Invitation](ctx, s, `-- use invitation
		UPDATE invitations SET used_at = now()
		WHERE code_hash = $1 AND used_at IS NULL AND expires_at > now()
			AND NOT (claim AND EXISTS (SELECT FROM users))
		RETURNING code_hash, role, claim, COALESCE(created_by, 0) AS created_by, expires_at`, codeHash)
}

// CloseInvitation says who came in by the invitation.
func (s *Store) CloseInvitation(ctx context.Context, codeHash []byte, userID int64) (err error) {
	defer wrap(&err, "close invitation")
	return s.run(ctx, `-- close invitation
		UPDATE invitations SET used_by = $2 WHERE code_hash = $1`, codeHash, userID)
}

// DropStaleInvitations removes what can no longer let anybody in.
func (s *Store) DropStaleInvitations(ctx context.Context) (err error) {
	defer wrap(&err, "drop stale invitations")
	return s.run(ctx, `-- drop stale invitations
		DELETE FROM invitations WHERE used_at IS NULL
			AND (expires_at < now() OR claim AND EXISTS (SELECT FROM users))`)
}
