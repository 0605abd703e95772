CREATE TEMP TABLE staged_messages (message_id bigint, out boolean, kind text, text text, day date, at timestamptz, edited_at timestamptz)
;

CREATE TEMP TABLE staged_people (telegram_id bigint, first_name text, last_name text, username text, phone text, birthday text,
	is_verified boolean, is_premium boolean, given_name text, given_username text, given_birthday text,
	state text, candidate_id bigint, in_contacts boolean,
	contact_id bigint, full_name text, telegram_username text, contact_birthday text, new_phone text, old_phone text)
;

-- activity weeks
		SELECT width_bucket(at, $2::timestamptz[]) AS week, sum(notes)::int AS notes, sum(interactions)::int AS interactions
		FROM (
			SELECT n.said_at AS at, 1 AS notes, 0 AS interactions FROM notes n
			WHERE n.user_id = $1 AND n.deleted_at IS NULL AND n.said_at >= $3 AND n.said_at < $4
			UNION ALL
			SELECT i.at, 0, 1 FROM interactions i WHERE i.user_id = $1 AND i.contact_id IS NOT NULL AND (EXISTS (
	SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = i.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE AND i.at >= $3 AND i.at < $4) a
		GROUP BY week ORDER BY week
;

-- add alias
		INSERT INTO aliases (user_id, contact_id, name, source) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, contact_id, name_key) DO NOTHING
;

-- add aliases
		INSERT INTO aliases (user_id, contact_id, name, source)
		SELECT $1, $2, name, 'user' FROM unnest($3::text[]) WITH ORDINALITY AS n (name, nr) ORDER BY nr
		ON CONFLICT (user_id, contact_id, name_key) DO NOTHING
;

-- add batch
		INSERT INTO batches AS b (user_id) VALUES ($1) RETURNING b.user_id, b.id, b.public_id::text AS public_id, b.created_at
;

-- add chat messages
		WITH kept AS (
			INSERT INTO chat_messages AS m (user_id, chat_id, message_id, out, kind, text, day, at, edited_at)
			SELECT $1, $2, message_id, out, kind, text, day, at, edited_at FROM staged_messages
			ON CONFLICT (user_id, chat_id, message_id) DO UPDATE SET kind = excluded.kind, text = excluded.text, edited_at = excluded.edited_at
			WHERE m.deleted_at IS NULL AND (m.kind, m.text, m.edited_at) IS DISTINCT FROM (excluded.kind, excluded.text, excluded.edited_at)
				AND (m.edited_at IS NULL OR excluded.edited_at >= m.edited_at)
			RETURNING day, at, kind),
		days AS (
			INSERT INTO chat_days (user_id, chat_id, day, due_at)
			SELECT DISTINCT $1::bigint, $2::bigint, day, CASE WHEN day < $4::date THEN now() ELSE now() + $5::interval END FROM kept
			ON CONFLICT (user_id, chat_id, day) DO UPDATE SET due_at = excluded.due_at)
		INSERT INTO interactions AS i (user_id, contact_id, chat_id, day, at)
		SELECT $1::bigint, $3::bigint, $2::bigint, day, max(at) FROM kept WHERE kind <> 'service' AND $3::bigint <> 0 GROUP BY day
		ON CONFLICT (user_id, chat_id, day) DO UPDATE SET at = excluded.at WHERE i.at < excluded.at
;

-- add contact
		INSERT INTO contacts (user_id, full_name, tier, birthday, telegram_id, telegram_username)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, lower(full_name)) WHERE deleted_at IS NULL DO NOTHING
;

-- add fact
		INSERT INTO facts (user_id, note_id, mention_id, contact_id, category, text, quote, quote_start,
			confidence, state, slot, value, due_at, said_at, message_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		RETURNING id
;

-- add filled contact
		INSERT INTO contacts (user_id, full_name, tier, birthday, company, location, telegram_username, custom_fields)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (user_id, lower(full_name)) WHERE deleted_at IS NULL DO NOTHING
		RETURNING id
;

-- add former name
		INSERT INTO aliases (user_id, contact_id, name, source)
		SELECT c.user_id, c.id, $3, 'user' FROM contacts c
		WHERE c.user_id = $1 AND c.id = $2 AND c.name_key <> kith_fold($3)
		ON CONFLICT (user_id, contact_id, name_key) DO NOTHING RETURNING id
;

-- add group
		INSERT INTO groups (user_id, name, color) VALUES ($1, $2, $3) RETURNING id
;

-- add interaction
		INSERT INTO interactions (user_id, contact_id, note_id, mention_id, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id, mention_id) DO UPDATE SET at = excluded.at
;

-- add invitation
		INSERT INTO invitations (code_hash, role, claim, created_by, expires_at)
		VALUES ($1, $2, $3, $4, $5)
;

-- add member
		WITH both_there AS (
			SELECT c.id AS contact_id, g.id AS group_id FROM contacts c JOIN groups g ON g.user_id = c.user_id
			WHERE c.user_id = $1 AND g.id = $2 AND c.id = $3 AND c.deleted_at IS NULL FOR KEY SHARE OF c, g),
		added AS (
			INSERT INTO group_members (user_id, group_id, contact_id) SELECT $1, group_id, contact_id FROM both_there
			ON CONFLICT DO NOTHING)
		SELECT EXISTS (SELECT FROM both_there)
;

-- add mention
		INSERT INTO mentions AS m (user_id, note_id, name, contact_id, state, source)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, note_id, name) DO UPDATE SET name = m.name
		RETURNING m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source
;

-- add merge
		INSERT INTO merges (user_id, into_id, from_id, step, moved) VALUES ($1, $2, $3, $4, $5) RETURNING id
;

-- add message
		INSERT INTO messages AS m (user_id, chat_id, kind, note_id, contact_id, paced, args, reply_to)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
;

-- add note
		INSERT INTO notes AS n (user_id, text, lang, chat_id, message_id, step, said_at, author, quote, source)
		VALUES ($1, $2, $3::text::regconfig, $4, $5,
			COALESCE($6::bigint, NULLIF(current_setting('kith.step', true), '')::bigint,
				set_config('kith.step', nextval('steps')::text, true)::bigint), $7, $8, $9, $10)
		RETURNING n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at
;

-- add reach
		INSERT INTO reaches (user_id, contact_id, kind, value) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, contact_id, kind, value) DO NOTHING
;

-- add reaches
		INSERT INTO reaches (user_id, contact_id, kind, value)
		SELECT $1, $2, $3, value FROM unnest($4::text[]) WITH ORDINALITY AS v (value, nr) ORDER BY nr
		ON CONFLICT (user_id, contact_id, kind, value) DO NOTHING
;

-- add relationship
		INSERT INTO relationships (user_id, contact_id, other_id, label, inverse)
		SELECT a.user_id, a.id, b.id, $4, $5 FROM contacts a JOIN contacts b ON b.user_id = a.user_id
		WHERE a.user_id = $1 AND a.id = $2 AND b.id = $3 AND a.deleted_at IS NULL AND b.deleted_at IS NULL
		FOR KEY SHARE OF a, b
		RETURNING id
;

-- add tag
		INSERT INTO tags (user_id, name) VALUES ($1, $2) RETURNING id
;

-- add task
		INSERT INTO tasks AS t (user_id, kind, note_id, revision, batch_id, message_id, nudged_at)
		VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $2 <> 'analyze_chat' THEN now() END)
		RETURNING t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at
;

-- add task for chats
		INSERT INTO tasks (user_id, kind, next_try_at)
		SELECT $1, $2, d.due_at FROM (SELECT min(due_at) AS due_at FROM chat_days WHERE user_id = $1) d
		WHERE d.due_at IS NOT NULL AND NOT EXISTS (
			SELECT FROM tasks t WHERE t.user_id = $1 AND t.kind = 'note_chats' AND t.state = 'queued' AND t.next_try_at <= d.due_at)
;

-- add telegram contacts
		WITH added AS (
			INSERT INTO contacts (user_id, full_name, telegram_id, telegram_username, birthday, is_verified, is_premium)
			SELECT $1, full_name, telegram_id, telegram_username, contact_birthday, is_verified, is_premium
			FROM staged_people WHERE contact_id IS NULL AND full_name <> ''
			ON CONFLICT DO NOTHING RETURNING id, telegram_id)
		UPDATE staged_people s SET contact_id = a.id FROM added a WHERE s.telegram_id = a.telegram_id
;

-- add telegram phones
		WITH added AS (
			INSERT INTO reaches (user_id, contact_id, kind, value)
			SELECT $1, s.contact_id, 'phone', s.new_phone FROM staged_people s
			WHERE s.contact_id IS NOT NULL AND s.new_phone <> '' AND NOT EXISTS (
				SELECT FROM reaches r WHERE r.user_id = $1 AND r.contact_id = s.contact_id AND r.kind = 'phone'
					AND r.value LIKE '+%' AND '+' || regexp_replace(r.value, '\D', '', 'g') = s.new_phone)
			RETURNING contact_id, value)
		UPDATE telegram_people t SET given_phone = a.value FROM added a JOIN staged_people s ON s.contact_id = a.contact_id
		WHERE t.user_id = $1 AND t.telegram_id = s.telegram_id
;

-- add token
		INSERT INTO tokens AS t (user_id, name, scope, expires_at, hash) VALUES ($1, $2, $3, $4, $5)
		RETURNING t.user_id, t.id, t.name, t.scope, t.created_at, t.expires_at, t.last_used_at
;

-- add user
		INSERT INTO users (telegram_id, username, name, role, timezone)
		VALUES ($1, $2, $3, $4, $5)
		RETURNING id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at
;

-- advance
		SELECT setval($1::text::regclass, $2)
;

-- aliases
		SELECT name FROM aliases WHERE user_id = $1 AND contact_id = $2 ORDER BY id
;

-- all tasks (every user)
		SELECT t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at FROM tasks t WHERE $1::bigint = 0 OR t.id < $1 ORDER BY t.id DESC LIMIT $2
;

-- any admin
			SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL)
;

-- any user
		SELECT EXISTS (SELECT FROM users)
;

-- ask chats
		UPDATE telegram_chats SET asked_at = now(), days_back = CASE WHEN $3::int > 0 AND read_to = 0 THEN $3::int ELSE days_back END
		WHERE user_id = $1 AND chosen AND (COALESCE(cardinality($2::bigint[]), 0) = 0 OR chat_id = ANY ($2))
;

-- ask undecided
		WITH asked AS (
			UPDATE messages SET args = $5, wanted = wanted + 1, attempts = 0, given_up = NULL
			WHERE user_id = $1 AND id = (
				SELECT max(id) FROM messages
				WHERE user_id = $1 AND kind = $3 AND args ->> 'view' = 'undecided' AND created_at > now() - interval '1 day')
			RETURNING id)
		INSERT INTO messages (user_id, chat_id, kind, paced, args)
		SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM asked)
;

-- asked chats
		SELECT c.chat_id, c.name, c.chosen, c.access_hash, c.top_id, c.read_to, c.reading_to, c.reading_at, c.days_back, c.asked_at FROM telegram_chats c WHERE c.user_id = $1 AND c.chosen AND c.asked_at IS NOT NULL ORDER BY c.chat_id
;

-- assign facts
			UPDATE facts SET contact_id = $3
			WHERE user_id = $1 AND mention_id = $2 AND contact_id IS DISTINCT FROM $3
;

-- assign mention
			UPDATE mentions SET contact_id = $3, state = $4, source = 'chosen'
			WHERE user_id = $1 AND id = $2
;

-- attempt
		SELECT a.user_id, a.id, a.method, a.step, a.scan, a.progress, a.session, a.problem, a.input IS NOT NULL AS given, a.expires_at FROM link_attempts a WHERE a.user_id = $1 AND a.expires_at > now()
;

-- attempt input
		SELECT input FROM link_attempts WHERE user_id = $1 AND id = $2 AND step <> 'failed' AND expires_at > now()
;

-- audit of contact
		SELECT id, at, actor, entity, entity_id, before, after FROM audit_events
		WHERE user_id = $1 AND contact_ids @> ARRAY[$2::bigint] AND ($3::bigint = 0 OR id < $3) AND before IS DISTINCT FROM after
		ORDER BY id DESC LIMIT $4
;

-- batch by public id
		SELECT b.user_id, b.id, b.public_id::text AS public_id, b.created_at FROM batches b WHERE b.user_id = $1 AND b.public_id = $2
;

-- batch tasks
		SELECT t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at FROM tasks t WHERE t.user_id = $1 AND t.batch_id = $2 ORDER BY t.id
;

-- beat task
		UPDATE tasks SET heartbeat_at = now()
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3
;

-- begin attempt
		INSERT INTO link_attempts AS a (user_id, method, input, expires_at) VALUES ($1, $2, $3, now() + $4)
		ON CONFLICT (user_id) DO UPDATE SET id = DEFAULT, method = $2, step = 'begun', input = $3, scan = NULL,
			progress = NULL, session = NULL, problem = '', expires_at = now() + $4
		RETURNING a.user_id, a.id, a.method, a.step, a.scan, a.progress, a.session, a.problem, a.input IS NOT NULL AS given, a.expires_at
;

-- begin step
		SELECT set_config('kith.step', nextval('steps')::text, true)
;

-- birthdays from
		WITH born AS (
			SELECT b.id FROM contacts b
			WHERE b.user_id = $1 AND b.deleted_at IS NULL AND b.birthday IS NOT NULL AND right(b.birthday, 5) = ANY ($2)
			UNION
			SELECT f.contact_id FROM facts f
			WHERE f.user_id = $1 AND f.slot = 'birthday' AND right(f.value, 5) = ANY ($2))
		SELECT * FROM (
			SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM contacts c
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND c.id IN (SELECT id FROM born)) c
		WHERE right(birthday, 5) = ANY ($2)
		ORDER BY array_position($2::text[], right(birthday, 5)), full_name, id LIMIT $3
;

-- block chat
		UPDATE chats SET blocked_at = now() WHERE user_id = $1
;

-- bot rests
		SELECT COALESCE(max(expires_at) - now(), '0') FROM leases WHERE name = 'calls' AND expires_at > now()
;

-- business owner (every user)
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at FROM users WHERE id = (SELECT user_id FROM business_connections WHERE id = $1 AND enabled)
;

-- cancel batch
		WITH ended AS (
			UPDATE tasks SET state = 'cancelled', finished_at = now()
			WHERE user_id = $1 AND batch_id = $2 AND state = 'queued'
			RETURNING note_id, revision)
		UPDATE notes n SET state = 'failed' FROM ended e
		WHERE n.user_id = $1 AND n.id = e.note_id AND n.revision = e.revision AND n.state = 'pending'
;

-- cancel syncs
		UPDATE tasks t SET state = 'cancelled', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE t.user_id = $1 AND t.kind IN ('sync_telegram_contacts', 'process_telegram_messages') AND t.state IN ('queued', 'running')
		RETURNING t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at
;

-- cancel task
		UPDATE tasks SET state = 'cancelled', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND id = $2 AND state IN ('queued', 'running')
;

-- cancel tasks
		UPDATE tasks SET state = 'cancelled', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND note_id = $2 AND state IN ('queued', 'running')
;

-- categories of contact
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id))) AND f.contact_id = $2)
		SELECT category, count(*) AS facts FROM counted GROUP BY category ORDER BY facts DESC, category
;

-- change group
		UPDATE groups SET name = COALESCE(NULLIF($3, ''), name), color = COALESCE(NULLIF($4, ''), color)
		WHERE user_id = $1 AND id = $2
;

-- change message
		UPDATE messages SET args = $3, wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND id = $2
;

-- change telegram contacts
		UPDATE contacts c SET full_name = s.full_name, telegram_id = s.telegram_id, telegram_username = s.telegram_username,
			birthday = s.contact_birthday, is_verified = s.is_verified, is_premium = s.is_premium, updated_at = now()
		FROM staged_people s
		WHERE c.user_id = $1 AND c.id = s.contact_id AND
			(c.full_name, c.telegram_id, c.telegram_username, c.birthday, c.is_verified, c.is_premium) IS DISTINCT FROM
			(s.full_name, s.telegram_id, s.telegram_username, s.contact_birthday, s.is_verified, s.is_premium)
;

-- chat notes
		SELECT c.part, c.note_id, c.edited, n.author, c.message_ids, c.starts FROM chat_notes c JOIN notes n ON n.user_id = c.user_id AND n.id = c.note_id
		WHERE c.user_id = $1 AND c.chat_id = $2 AND c.day = $3 ORDER BY c.part
;

-- chat of note
		SELECT part, note_id, edited, '' AS author, message_ids, starts FROM chat_notes WHERE user_id = $1 AND note_id = $2 AND NOT edited
;

-- chat of user
		SELECT chat_id FROM chats
		WHERE user_id = $1 AND blocked_at IS NULL AND (rest_until IS NULL OR rest_until < now())
			AND NOT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now())
;

-- chat read
		UPDATE telegram_chats SET read_to = $3, reading_at = 0, reading_to = 0, asked_at = NULL
		WHERE user_id = $1 AND chat_id = $2 AND asked_at = $4
;

-- chat reading
		UPDATE telegram_chats SET reading_at = $3, reading_to = $4 WHERE user_id = $1 AND chat_id = $2 AND asked_at = $5
;

-- chats
		SELECT c.chat_id, c.name, c.chosen, c.access_hash, c.top_id, c.read_to, c.reading_to, c.reading_at, c.days_back, c.asked_at FROM telegram_chats c WHERE c.user_id = $1 ORDER BY c.chosen DESC, c.top_id DESC, c.chat_id
;

-- choose chat
		UPDATE telegram_chats SET chosen = true, chosen_at = now() WHERE user_id = $1 AND chat_id = $2 AND NOT chosen
;

-- choose chats
		UPDATE telegram_chats SET chosen = true, chosen_at = CASE WHEN chosen THEN chosen_at ELSE now() END
		WHERE user_id = $1 AND chat_id = ANY ($2)
;

-- claim chat
		UPDATE chats SET claimed_by = $2, claimed_until = now() + $3
		WHERE user_id = $1 AND blocked_at IS NULL
			AND (claimed_until IS NULL OR claimed_until < now() OR claimed_by = $2)
			AND (rest_until IS NULL OR rest_until < now()) AND NOT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now())
;

-- claim task
			UPDATE tasks t SET state = 'running', message = '', claimed_by = $3, heartbeat_at = now(), attempts = attempts + 1
			WHERE t.user_id = $1 AND t.id = $2 AND t.state = 'queued' AND t.next_try_at <= now()
			RETURNING t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at
;

-- cleanup old batches (every user)
		DELETE FROM batches b WHERE b.created_at < now() - $1::interval AND NOT EXISTS (
			SELECT FROM tasks t WHERE t.user_id = b.user_id AND t.batch_id = b.id)
;

-- cleanup old tasks (every user)
		DELETE FROM tasks WHERE finished_at < now() - $1::interval
;

-- close invitation
		UPDATE invitations SET used_by = $2 WHERE code_hash = $1
;

-- close merge
		UPDATE merges SET undone_at = now() WHERE user_id = $1 AND id = $2 AND undone_at IS NULL
;

-- code owner (every user)
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at FROM users WHERE disabled_at IS NULL AND id = (
			SELECT user_id FROM codes WHERE kind = $1 AND code_hash = $2 AND expires_at > now())
;

-- confirmed quotes
		SELECT quote FROM facts WHERE user_id = $1 AND note_id = $2 AND touched_at IS NOT NULL AND state = 'kept'
		GROUP BY quote ORDER BY min(quote_start), quote
;

-- connected links (every user)
		SELECT count(*) FROM links l JOIN leases e ON e.name = 'telegram/' || l.user_id
		WHERE l.state = 'linked' AND e.expires_at > now()
;

-- contact
		SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM contacts c
		WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
;

-- contact by name
		SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM contacts c
		WHERE c.user_id = $1 AND lower(c.full_name) = lower($2) AND c.deleted_at IS NULL
;

-- contact by telegram id
		SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM contacts c
		WHERE c.user_id = $1 AND c.telegram_id = $2 AND c.deleted_at IS NULL
;

-- contact named
		SELECT id FROM contacts WHERE user_id = $1 AND lower(full_name) = lower($2) AND deleted_at IS NULL
;

-- contacts among
		SELECT id, full_name, tier, telegram_username, verified, premium, created_at, last_at, rank, name FROM (
			SELECT l.*, CASE $6 WHEN 'tier' THEN tier
					WHEN 'created' THEN -(extract(epoch FROM created_at) * 1000000)::bigint
					WHEN 'last_contact' THEN -(extract(epoch FROM last_at) * 1000000)::bigint
					ELSE 0 END AS rank,
				CASE WHEN $6 IN ('name', 'tier') THEN name_key ELSE '' END AS name,
				CASE WHEN $6 IN ('name', 'tier') THEN id ELSE -id END AS nr
			FROM (SELECT c.id, c.full_name, c.tier, COALESCE(c.telegram_username, '') AS telegram_username,
		c.is_verified AS verified, c.is_premium AS premium, c.created_at, COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS last_at, c.name_key FROM contacts c WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0)) AND c.id = ANY ($7::bigint[])) l) p
		WHERE (rank, name, nr) > ($8, $9, $10) ORDER BY rank, name, nr LIMIT $11
;

-- contacts by age
		SELECT c.id, c.full_name, c.tier, COALESCE(c.telegram_username, '') AS telegram_username,
		c.is_verified AS verified, c.is_premium AS premium, c.created_at, COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS last_at, -(extract(epoch FROM c.created_at) * 1000000)::bigint AS rank, '' AS name FROM contacts c
		WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0)) AND (c.created_at, c.id) < ($6, $7)
		ORDER BY c.created_at DESC, c.id DESC LIMIT $8
;

-- contacts by last contact
		WITH ahead AS (
			SELECT c.id, COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS at FROM last_contacts l JOIN contacts c ON c.user_id = l.user_id AND c.id = l.contact_id
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0)) AND l.user_id = $1 AND l.at > now()),
		page AS (
			(SELECT c.id, l.at FROM last_contacts l JOIN contacts c ON c.user_id = l.user_id AND c.id = l.contact_id
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0)) AND l.user_id = $1 AND l.at <= now() AND (l.at, l.contact_id) < ($6, $7)
			ORDER BY l.at DESC, l.contact_id DESC LIMIT $8)
			UNION ALL SELECT id, at FROM ahead WHERE (at, id) < ($6, $7))
		SELECT c.id, c.full_name, c.tier, COALESCE(c.telegram_username, '') AS telegram_username,
		c.is_verified AS verified, c.is_premium AS premium, c.created_at, COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS last_at, -(extract(epoch FROM p.at) * 1000000)::bigint AS rank, '' AS name
		FROM page p JOIN contacts c ON c.id = p.id
		WHERE c.user_id = $1
		ORDER BY p.at DESC, p.id DESC LIMIT $8
;

-- contacts by name
		SELECT c.id, c.full_name, c.tier, COALESCE(c.telegram_username, '') AS telegram_username,
		c.is_verified AS verified, c.is_premium AS premium, c.created_at, COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS last_at, 0::bigint AS rank, c.name_key AS name FROM contacts c
		WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0)) AND (c.name_key, c.id) > ($6, $7)
		ORDER BY c.name_key, c.id LIMIT $8
;

-- contacts by tier
		SELECT c.id, c.full_name, c.tier, COALESCE(c.telegram_username, '') AS telegram_username,
		c.is_verified AS verified, c.is_premium AS premium, c.created_at, COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS last_at, c.tier::bigint AS rank, c.name_key AS name FROM contacts c
		WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0)) AND (c.tier, c.name_key, c.id) > ($6::bigint, $7, $8)
		ORDER BY c.tier, c.name_key, c.id LIMIT $9
;

-- contacts hash
		SELECT CASE WHEN contacts_read_at > $2 THEN contacts_hash ELSE 0 END FROM links WHERE user_id = $1
;

-- contacts page
		SELECT c.id, c.full_name, (
			SELECT max(n.said_at) FROM mentions m JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
			WHERE m.user_id = c.user_id AND m.contact_id = c.id AND n.deleted_at IS NULL) AS last_note
		FROM contacts c
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY c.name_key, c.id LIMIT $3 OFFSET $2
;

-- contacts read
		UPDATE links SET contacts_hash = $2, contacts = $3, contacts_read_at = now(), synced_at = now() WHERE user_id = $1
;

-- contacts same
		UPDATE links SET synced_at = now() WHERE user_id = $1
;

-- count contacts
		SELECT count(*) FROM contacts WHERE user_id = $1 AND deleted_at IS NULL
;

-- count try
		UPDATE messages SET attempts = attempts + 1 WHERE user_id = $1 AND id = $2
;

-- count undecided people
		SELECT count(*) FROM telegram_people WHERE user_id = $1 AND state = 'undecided'
;

-- dated note
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id = $2
;

-- delete chat messages
		WITH gone AS (
			UPDATE chat_messages m SET deleted_at = now(), text = '' FROM telegram_chats c
			WHERE c.user_id = $1 AND ($2::bigint = 0 OR c.chat_id = $2)
				AND m.user_id = $1 AND m.chat_id = c.chat_id AND m.message_id = ANY ($3::bigint[]) AND m.deleted_at IS NULL
			RETURNING m.chat_id, m.day)
		UPDATE chat_days d SET due_at = now() FROM (SELECT DISTINCT chat_id, day FROM gone) g
		WHERE d.user_id = $1 AND d.chat_id = g.chat_id AND d.day = g.day
;

-- delete contacts
		UPDATE contacts SET deleted_at = now(), updated_at = now()
		WHERE user_id = $1 AND id = ANY ($2::bigint[]) AND deleted_at IS NULL
;

-- delete other messages
		WITH gone AS (
			UPDATE chat_messages SET deleted_at = now(), text = ''
			WHERE user_id = $1 AND chat_id = $2 AND message_id BETWEEN $3 AND $4 AND message_id <> ALL ($5::bigint[]) AND deleted_at IS NULL
			RETURNING day)
		UPDATE chat_days SET due_at = now() WHERE user_id = $1 AND chat_id = $2 AND day IN (SELECT day FROM gone)
;

-- drop alias
		DELETE FROM aliases WHERE user_id = $1 AND id = $2
;

-- drop aliases
		DELETE FROM aliases WHERE user_id = $1 AND contact_id = $2 AND name <> ALL ($3::text[])
;

-- drop attempt
		DELETE FROM link_attempts WHERE user_id = $1 AND ($2::bigint = 0 OR id = $2)
;

-- drop codes
		DELETE FROM codes WHERE user_id = $1
;

-- drop group
			DELETE FROM groups WHERE user_id = $1 AND id = $2
;

-- drop interactions
		DELETE FROM interactions WHERE user_id = $1 AND note_id = $2
;

-- drop lease
		UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = $1 AND owner = $2
;

-- drop link
		DELETE FROM links WHERE user_id = $1
;

-- drop member
		WITH both_there AS (
			SELECT c.id AS contact_id, g.id AS group_id FROM contacts c JOIN groups g ON g.user_id = c.user_id
			WHERE c.user_id = $1 AND g.id = $2 AND c.id = $3 AND c.deleted_at IS NULL),
		dropped AS (
			DELETE FROM group_members gm USING both_there b
			WHERE gm.user_id = $1 AND gm.group_id = b.group_id AND gm.contact_id = b.contact_id)
		SELECT EXISTS (SELECT FROM both_there)
;

-- drop members
			DELETE FROM group_members WHERE user_id = $1 AND group_id = $2
;

-- drop mentions
		DELETE FROM mentions m
		WHERE m.user_id = $1 AND m.note_id = $2 AND m.name <> ALL ($3::text[]) AND NOT EXISTS (
			SELECT FROM facts f WHERE f.user_id = $1 AND f.mention_id = m.id AND f.touched_at IS NOT NULL)
;

-- drop note
		DELETE FROM notes WHERE user_id = $1 AND id = $2
;

-- drop reaches
		DELETE FROM reaches WHERE user_id = $1 AND contact_id = $2 AND kind = $3 AND value <> ALL ($4::text[])
;

-- drop relationship
		DELETE FROM relationships WHERE user_id = $1 AND id = $2
;

-- drop session (every user)
		DELETE FROM sessions WHERE token_hash = $1
;

-- drop sessions
		DELETE FROM sessions WHERE user_id = $1
;

-- drop stale attempts (every user)
		DELETE FROM link_attempts WHERE expires_at < now()
;

-- drop stale codes (every user)
		DELETE FROM codes WHERE expires_at < now()
;

-- drop stale invitations
		DELETE FROM invitations WHERE used_at IS NULL
			AND (expires_at < now() OR claim AND EXISTS (SELECT FROM users))
;

-- drop stale sessions (every user)
		DELETE FROM sessions WHERE expires_at < now()
;

-- drop tag
			DELETE FROM tags WHERE user_id = $1 AND id = $2
;

-- drop telegram phones
		DELETE FROM reaches r USING staged_people s, telegram_people t
		WHERE r.user_id = $1 AND r.contact_id = s.contact_id AND r.kind = 'phone' AND r.value = s.old_phone AND s.old_phone <> ''
			AND t.user_id = $1 AND t.telegram_id = s.telegram_id AND t.given_phone = s.old_phone
;

-- drop token
		DELETE FROM tokens WHERE user_id = $1 AND id = $2
;

-- drop tokens
		DELETE FROM tokens WHERE user_id = $1
;

-- drop untouched facts
		DELETE FROM facts WHERE user_id = $1 AND note_id = $2 AND touched_at IS NULL
;

-- drop user
		DELETE FROM users WHERE id = $1
;

-- due between
		SELECT false AS reminder, f.id, f.contact_id, c.full_name, f.text, f.due_at
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE f.user_id = $1 AND f.state = 'kept' AND f.due_at >= $2 AND f.due_at < $3
			AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))
			AND NOT EXISTS (SELECT FROM reminders r WHERE r.user_id = $1 AND r.fact_id = f.id)
		UNION ALL
		SELECT true, r.id, COALESCE(r.contact_id, 0), COALESCE(c.full_name, ''), r.text, r.due_at
		FROM reminders r LEFT JOIN contacts c ON c.user_id = r.user_id AND c.id = r.contact_id
			LEFT JOIN facts f ON f.user_id = r.user_id AND f.id = r.fact_id
			LEFT JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE r.user_id = $1 AND r.state = 'open' AND r.due_at >= $2 AND r.due_at < $3
			AND c.deleted_at IS NULL AND n.deleted_at IS NULL
		ORDER BY due_at, reminder, id LIMIT $4
;

-- due chat of contact
		UPDATE chat_days d SET due_at = now() FROM contacts c
		WHERE d.user_id = $1 AND c.user_id = $1 AND c.id = $2 AND d.chat_id = c.telegram_id AND d.due_at IS NULL
;

-- due chats
		UPDATE chat_days d SET due_at = now()
		WHERE d.user_id = $1 AND d.chat_id = ANY ($2::bigint[]) AND d.due_at IS NULL
			AND NOT EXISTS (SELECT FROM interactions i WHERE i.user_id = $1 AND i.chat_id = d.chat_id AND i.day = d.day)
;

-- due syncs (every user)
		SELECT t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at FROM tasks t
		WHERE t.user_id = ANY ($1) AND t.kind IN ('sync_telegram_contacts', 'process_telegram_messages')
			AND t.state = 'queued' AND t.next_try_at <= now()
;

-- edit chat note
		UPDATE chat_notes SET edited = true WHERE user_id = $1 AND note_id = $2
;

-- fact
		SELECT f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.id = $2 AND n.deleted_at IS NULL
;

-- fact weeks
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id))) AND f.contact_id = $2)
		SELECT width_bucket(said_at, $3::timestamptz[]) AS week, count(*) AS facts,
			round(avg(confidence)::numeric, 4)::float8 AS confidence, count(DISTINCT category) AS categories
		FROM counted
		WHERE width_bucket(said_at, $3::timestamptz[]) BETWEEN 1 AND cardinality($3) - 1
		GROUP BY week ORDER BY week
;

-- facts about
		SELECT f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.contact_id = $2 AND f.state = 'kept' AND n.deleted_at IS NULL
			AND ($3 = '' OR f.category = $3) AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))
		ORDER BY f.said_at DESC, f.id DESC LIMIT $4
;

-- facts asked
		SELECT f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id, n.author FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.contact_id = $2 AND f.state = 'asked' AND n.deleted_at IS NULL
		ORDER BY f.said_at DESC, f.id DESC LIMIT $3
;

-- facts by slot
		SELECT f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id, c.full_name
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE f.user_id = $1 AND f.slot = ANY ($2::text[]) AND f.value_key = kith_fold($3) AND f.state = 'kept'
			AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))
		ORDER BY c.name_key, f.said_at DESC LIMIT $4
;

-- facts of shown note
		SELECT f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id FROM facts f
		WHERE f.user_id = $1 AND f.state <> 'discarded' AND f.note_id = $2 ORDER BY f.quote_start, f.id
;

-- facts of shown notes
		SELECT f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id FROM facts f
		WHERE f.user_id = $1 AND f.state <> 'discarded' AND f.note_id = ANY ($2::bigint[]) ORDER BY f.quote_start, f.id
;

-- fail task
		UPDATE tasks SET state = 'failed', message = $4, claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3
;

-- fill contact
		UPDATE contacts SET full_name = $3, tier = $4, birthday = $5, company = $6, location = $7,
			telegram_username = $8, custom_fields = $9, updated_at = now()
		WHERE user_id = $1 AND id = $2
;

-- finish note
		UPDATE notes n SET state = $4, engine = $5
		WHERE n.user_id = $1 AND n.id = $2 AND n.revision = $3 AND n.deleted_at IS NULL
			AND (n.state = 'pending' OR n.state = 'done' AND n.engine = 'rules' AND $4 = 'done' AND $5 <> 'rules')
		RETURNING n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at
;

-- finish task
		UPDATE tasks SET state = 'done', progress = 100, message = '', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3
;

-- forget heard
		DELETE FROM telegram_heard WHERE user_id = $1
;

-- forget heard of another account
		DELETE FROM telegram_heard WHERE user_id = $1 AND telegram_id <> $2
;

-- forget updates
		DELETE FROM updates WHERE seen_at < now() - $1::interval
;

-- forget updates aside (every user)
		DELETE FROM updates_aside WHERE at < now() - $1::interval
;

-- give attempt
		UPDATE link_attempts SET input = $3, problem = ''
		WHERE user_id = $1 AND step = $2 AND input IS NULL AND expires_at > now()
;

-- give up message
		UPDATE messages SET given_up = CASE WHEN telegram_message_id IS NULL THEN $4 END, shown = $3
		WHERE user_id = $1 AND id = $2
;

-- graph edges
		SELECT r.contact_id AS from_id, r.other_id AS to_id, r.label FROM relationships r
		WHERE r.user_id = $1 AND r.contact_id = ANY ($2) AND r.other_id = ANY ($2)
		ORDER BY r.id LIMIT $3
;

-- graph groups
		SELECT g.id, g.name, g.color FROM groups g WHERE g.user_id = $1 AND g.id = ANY ($2) ORDER BY g.id
;

-- graph nodes
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))),
		known AS (SELECT contact_id, count(*) AS facts FROM counted GROUP BY contact_id),
		grouped AS (SELECT m.contact_id, min(m.group_id) AS group_id FROM group_members m WHERE m.user_id = $1 GROUP BY m.contact_id)
		SELECT c.id, c.full_name, c.tier, COALESCE(k.facts, 0) AS facts, COALESCE(g.group_id, 0) AS group_id
		FROM contacts c LEFT JOIN known k ON k.contact_id = c.id LEFT JOIN grouped g ON g.contact_id = c.id
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY c.tier, COALESCE(k.facts, 0) DESC, c.id LIMIT $2
;

-- group
		SELECT g.id, g.name, lower(g.name) AS name_key, g.color, g.created_at, (
	SELECT count(*) FROM group_members gm JOIN contacts c ON c.user_id = gm.user_id AND c.id = gm.contact_id
	WHERE gm.user_id = g.user_id AND gm.group_id = g.id AND c.deleted_at IS NULL) AS members FROM groups g WHERE g.user_id = $1 AND g.id = $2
;

-- groups
		SELECT g.id, g.name, lower(g.name) AS name_key, g.color, g.created_at, (
	SELECT count(*) FROM group_members gm JOIN contacts c ON c.user_id = gm.user_id AND c.id = gm.contact_id
	WHERE gm.user_id = g.user_id AND gm.group_id = g.id AND c.deleted_at IS NULL) AS members FROM groups g WHERE g.user_id = $1 AND (lower(g.name), g.id) > ($2, $3)
		ORDER BY lower(g.name), g.id LIMIT $4
;

-- groups of
		SELECT g.id, g.name FROM group_members gm JOIN groups g ON g.user_id = gm.user_id AND g.id = gm.group_id
		WHERE gm.user_id = $1 AND gm.contact_id = $2 ORDER BY lower(g.name)
;

-- healths
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id))) AND f.contact_id = ANY ($3)), scored AS (
	SELECT p.*, round((0.3 * recency + 0.3 * engagement + 0.2 * quality + 0.2 * diversity)::numeric, 1)::float8 AS score
	FROM (
		SELECT t.*, GREATEST(0, 100 - 2 * idle) AS recency, LEAST(100, 70.0 * facts / (span + 1))::float8 AS engagement,
			LEAST(100, 100 * confidence) AS quality, LEAST(100, 5 * categories)::float8 AS diversity
		FROM (
			SELECT contact_id, count(*) AS facts, count(DISTINCT category) AS categories,
				round(avg(confidence)::numeric, 6)::float8 AS confidence, max(said_at) AS last_at,
				GREATEST(0, date_part('day', $2::timestamptz - max(said_at))) AS idle,
				date_part('day', max(said_at) - min(said_at)) AS span
			FROM counted GROUP BY contact_id) t) p)
		SELECT c.id AS contact_id, c.full_name, c.tier, COALESCE(s.facts, 0) AS facts, s.last_at,
			COALESCE(s.idle, 0)::int AS idle_days,
			COALESCE(round(s.recency::numeric, 1), 0)::float8 AS recency,
			COALESCE(round(s.engagement::numeric, 1), 0)::float8 AS engagement,
			COALESCE(round(s.quality::numeric, 1), 0)::float8 AS quality,
			COALESCE(round(s.diversity::numeric, 1), 0)::float8 AS diversity,
			COALESCE(s.score, 0) AS score
		FROM contacts c LEFT JOIN scored s ON s.contact_id = c.id
		WHERE c.user_id = $1 AND c.id = ANY ($3) AND c.deleted_at IS NULL
		ORDER BY array_position($3::bigint[], c.id)
;

-- hear on
		UPDATE telegram_heard SET pts = COALESCE($3, pts), qts = COALESCE($4, qts), date = COALESCE($5, date), seq = COALESCE($6, seq)
		WHERE user_id = $1 AND telegram_id = $2
;

-- heard
		SELECT pts, qts, date, seq FROM telegram_heard WHERE user_id = $1 AND telegram_id = $2
;

-- hold leases
		UPDATE leases SET expires_at = now() + $3 WHERE starts_with(name, $1) AND owner = $2 AND expires_at > now()
		RETURNING name
;

-- improve later
		INSERT INTO tasks (user_id, kind, note_id, revision, next_try_at)
		VALUES ($1, 'improve_note', $2, $3, now() + $4::interval)
;

-- inhabited
		SELECT EXISTS (SELECT FROM users)
;

-- keep attempt session
		UPDATE link_attempts SET session = $3 WHERE user_id = $1 AND id = $2 AND step <> 'failed'
;

-- keep business connection
		INSERT INTO business_connections (user_id, id, enabled) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, id) DO UPDATE SET enabled = excluded.enabled, changed_at = now()
;

-- keep chat note
		INSERT INTO chat_notes (user_id, chat_id, day, part, note_id, message_ids, starts) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (user_id, chat_id, day, part) DO UPDATE SET note_id = excluded.note_id, message_ids = excluded.message_ids, starts = excluded.starts
;

-- keep chats
		INSERT INTO telegram_chats AS c (user_id, chat_id, name, access_hash, top_id, chosen)
		SELECT $1, n.chat_id, n.name, n.access_hash, n.top_id, false
		FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS n (chat_id, name, access_hash, top_id)
		ON CONFLICT (user_id, chat_id) DO UPDATE SET name = excluded.name, access_hash = excluded.access_hash, top_id = excluded.top_id
;

-- keep code
		INSERT INTO codes (user_id, kind, code_hash, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, kind) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at
;

-- keep heard
		INSERT INTO telegram_heard (user_id, telegram_id, pts, qts, date, seq) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id) DO UPDATE SET telegram_id = $2, pts = $3, qts = $4, date = $5, seq = $6
;

-- keep link
		INSERT INTO links AS l (user_id, telegram_id, name, username, session) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id) DO UPDATE SET telegram_id = $2, name = $3, username = $4, session = $5,
			state = 'linked', why = '', waits_until = NULL, linked_at = now(), contacts_hash = 0, contacts_read_at = NULL
		WHERE l.state = 'revoked'
;

-- keep link session
		UPDATE links SET session = $2 WHERE user_id = $1 AND state <> 'revoked'
;

-- keep mention
		INSERT INTO mentions AS m (user_id, note_id, name, contact_id, state, source)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, note_id, name) DO NOTHING
;

-- keep peer hash
		INSERT INTO telegram_peers (user_id, telegram_id, access_hash) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, telegram_id) DO UPDATE SET access_hash = $3
;

-- keep session
		INSERT INTO sessions (token_hash, user_id, data, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at, user_id = excluded.user_id
;

-- keep task result
		UPDATE tasks SET result = $3 WHERE user_id = $1 AND id = $2
;

-- keep telegram people
		INSERT INTO telegram_people (user_id, telegram_id, first_name, last_name, username, phone, birthday, is_verified, is_premium,
			given_name, given_username, given_birthday, state, candidate_id, in_contacts)
		SELECT $1, telegram_id, first_name, last_name, username, phone, birthday, is_verified, is_premium,
			given_name, given_username, given_birthday, state, candidate_id, in_contacts FROM staged_people
		ON CONFLICT (user_id, telegram_id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
			username = excluded.username, phone = excluded.phone, birthday = excluded.birthday,
			is_verified = excluded.is_verified, is_premium = excluded.is_premium, given_name = excluded.given_name,
			given_username = excluded.given_username, given_birthday = excluded.given_birthday, state = excluded.state,
			candidate_id = excluded.candidate_id, in_contacts = excluded.in_contacts,
			removed_at = CASE WHEN excluded.in_contacts THEN NULL ELSE telegram_people.removed_at END
;

-- keep whole contact
		UPDATE contacts SET birthday = $3, company = $4, location = $5, telegram_id = $6, telegram_username = $7,
			is_verified = $8, is_premium = $9, custom_fields = $10, updated_at = now()
		WHERE user_id = $1 AND id = $2
;

-- last chat message
		SELECT COALESCE(max(message_id), 0) FROM chat_messages WHERE user_id = $1 AND chat_id = $2 AND deleted_at IS NULL
;

-- last meeting
		SELECT i.at, COALESCE(i.note_id, 0) AS note_id
		FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = $1 AND i.contact_id = $2 AND i.at <= $3 AND n.deleted_at IS NULL
		ORDER BY i.at DESC, i.id DESC LIMIT 1
;

-- last spoken about
		SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM (
			SELECT m.id, COALESCE(m.contact_id, (
				SELECT w.contact_id FROM mentions w JOIN notes n ON n.user_id = w.user_id AND n.id = w.note_id
				WHERE w.user_id = $1 AND w.note_id = m.note_id AND n.deleted_at IS NULL
					AND w.contact_id IS NOT NULL ORDER BY w.id LIMIT 1)) AS contact_id
			FROM messages m
			WHERE m.user_id = $1 AND m.created_at > $3 AND (m.contact_id IS NOT NULL OR m.note_id IS NOT NULL)
				AND NOT EXISTS (SELECT FROM messages o WHERE o.user_id = $1 AND o.note_id = $2 AND o.id <= m.id)
			ORDER BY m.id DESC LIMIT 20) l
		JOIN contacts c ON c.user_id = $1 AND c.id = l.contact_id AND c.deleted_at IS NULL
		ORDER BY l.id DESC LIMIT 1
;

-- latest note
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND n.source = ''
		ORDER BY n.said_at DESC, n.id DESC LIMIT 1
;

-- latest view
		SELECT m.user_id, m.id, m.chat_id, m.kind, COALESCE(m.note_id, 0) AS note_id,
	COALESCE(m.contact_id, 0) AS contact_id, m.paced, m.args, COALESCE(m.reply_to, 0) AS reply_to,
	m.wanted, m.shown, COALESCE(m.telegram_message_id, 0) AS telegram_message_id, m.attempts, m.created_at FROM messages m
		WHERE m.user_id = $1 AND m.kind = 'note' AND m.args ? 'view' ORDER BY m.id DESC LIMIT 1
;

-- leave link
		UPDATE links SET state = 'leaving' WHERE user_id = $1
;

-- leave link that ended
		DELETE FROM links WHERE user_id = $1 AND state = 'revoked'
;

-- leave other chats
		UPDATE telegram_chats SET chosen = false WHERE user_id = $1 AND chosen AND chat_id <> ALL (COALESCE($2::bigint[], '{}'))
;

-- leave out telegram people
		UPDATE telegram_people SET state = 'left_out', candidate_id = NULL, first_name = '', last_name = '', username = '', phone = '',
			birthday = NULL, given_name = '', given_username = '', given_phone = '', given_birthday = NULL
		WHERE user_id = $1 AND telegram_id = ANY ($2::bigint[])
;

-- link
		SELECT l.user_id, l.telegram_id, l.name, l.username, l.state, l.session, l.why, l.waits_until, l.linked_at, l.contacts, l.synced_at FROM links l WHERE l.user_id = $1
;

-- link sessions (every user)
		SELECT l.user_id, l.telegram_id, l.name, l.username, l.state, l.session, l.why, l.waits_until, l.linked_at, l.contacts, l.synced_at FROM links l WHERE l.session IS NOT NULL ORDER BY l.user_id
;

-- link telegram
		UPDATE users SET telegram_id = $2, name = COALESCE(NULLIF(name, ''), $3) WHERE id = $1 AND telegram_id IS NULL
		RETURNING id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at
;

-- link waits
		UPDATE links SET waits_until = GREATEST(waits_until, $2) WHERE user_id = $1
;

-- linked chat
		SELECT c.chat_id, c.name, c.chosen, c.access_hash, c.top_id, c.read_to, c.reading_to, c.reading_at, c.days_back, c.asked_at FROM telegram_chats c
			JOIN contacts k ON k.user_id = c.user_id AND k.telegram_id = c.chat_id AND k.deleted_at IS NULL
			JOIN links l ON l.user_id = c.user_id AND l.state = 'linked'
		WHERE c.user_id = $1 AND k.id = $2 AND c.access_hash <> 0
;

-- lock accounts
		SELECT pg_advisory_xact_lock(hashtext('kith accounts'))
;

-- lock admins
			SELECT FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE
;

-- lock contact
		SELECT full_name, tier, birthday, COALESCE(company, '') AS company, COALESCE(location, '') AS location,
			COALESCE(telegram_username, '') AS telegram_username, custom_fields
		FROM contacts WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE
;

-- lock contacts
		SELECT id FROM contacts WHERE user_id = $1 AND id = ANY ($2::bigint[]) AND deleted_at IS NULL
		ORDER BY id FOR UPDATE
;

-- lock note
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n WHERE n.user_id = $1 AND n.id = $2 FOR UPDATE
;

-- lock tag
		SELECT id FROM tags WHERE user_id = $1 AND id = $2 FOR KEY SHARE
;

-- lock telegram people
		SELECT t.telegram_id, t.first_name, t.last_name, t.username, t.phone, t.birthday, t.is_verified, t.is_premium,
	t.given_name, t.given_username, t.given_birthday, t.state, COALESCE(t.candidate_id, 0) AS candidate_id, t.in_contacts FROM telegram_people t
		WHERE t.user_id = $1 AND t.telegram_id = ANY ($2::bigint[]) ORDER BY t.telegram_id FOR UPDATE
;

-- lock whole contacts
		SELECT id, full_name, tier, birthday, COALESCE(company, '') AS company, COALESCE(location, '') AS location,
			COALESCE(telegram_id, 0) AS telegram_id, COALESCE(telegram_username, '') AS telegram_username,
			is_verified AS verified, is_premium AS premium, custom_fields, deleted_at IS NOT NULL AS trashed
		FROM contacts WHERE user_id = $1 AND id = ANY ($2::bigint[]) ORDER BY id FOR UPDATE
;

-- log end
		SELECT pg_current_wal_lsn()::text
;

-- login
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at, COALESCE(password_hash, '') AS password_hash FROM users WHERE id = $1
;

-- login by username
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at, COALESCE(password_hash, '') AS password_hash FROM users WHERE lower(username) = lower($1)
;

-- made by step
		SELECT entity, entity_id FROM audit_events
		WHERE user_id = $1 AND step = $2 AND before IS NULL ORDER BY id DESC
;

-- mark login
		UPDATE users SET last_login_at = now() WHERE id = $1
;

-- mark shown
		UPDATE messages SET shown = $3, telegram_message_id = $4, attempts = 0
		WHERE user_id = $1 AND id = $2 AND shown < $3
;

-- meet on day
		INSERT INTO interactions AS i (user_id, contact_id, chat_id, day, at)
		SELECT $1::bigint, $4::bigint, $2::bigint, $3::date, max(at) FROM chat_messages
		WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND kind <> 'service' AND deleted_at IS NULL HAVING max(at) IS NOT NULL
		ON CONFLICT (user_id, chat_id, day) DO UPDATE SET at = excluded.at, contact_id = excluded.contact_id
		WHERE (i.at, i.contact_id) IS DISTINCT FROM (excluded.at, excluded.contact_id)
;

-- members
		SELECT c.id, c.full_name, c.name_key, c.tier
		FROM group_members gm JOIN contacts c ON c.user_id = gm.user_id AND c.id = gm.contact_id
		WHERE gm.user_id = $1 AND gm.group_id = $2 AND c.deleted_at IS NULL AND (c.name_key, c.id) > ($3, $4)
		ORDER BY c.name_key, c.id LIMIT $5
;

-- mention
		SELECT m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source FROM mentions m JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
		WHERE m.user_id = $1 AND m.id = $2 AND n.deleted_at IS NULL
;

-- mention teaching
		SELECT m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source FROM aliases a JOIN mentions m ON m.user_id = a.user_id AND m.contact_id = a.contact_id
			JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
		WHERE a.user_id = $1 AND a.id = $2 AND m.source = 'chosen' AND kith_fold(m.name) = a.name_key
			AND n.deleted_at IS NULL
		ORDER BY m.id DESC LIMIT 1
;

-- mentions
		SELECT m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source FROM mentions m
		WHERE m.user_id = $1 AND m.note_id = $2 ORDER BY m.source = 'reply' DESC, m.id
;

-- mentions of shown note
		SELECT m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source, COALESCE(c.full_name, '') AS full_name
		FROM mentions m LEFT JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
		WHERE m.user_id = $1 AND m.note_id = $2 ORDER BY m.source = 'reply' DESC, m.id
;

-- mentions of shown notes
		SELECT m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source, COALESCE(c.full_name, '') AS full_name
		FROM mentions m LEFT JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
		WHERE m.user_id = $1 AND m.note_id = ANY ($2::bigint[]) ORDER BY m.source = 'reply' DESC, m.id
;

-- merge
		SELECT id, into_id, from_id, moved FROM merges WHERE user_id = $1 AND id = $2
;

-- merge of contact
		SELECT id, into_id, from_id, moved FROM merges WHERE user_id = $1 AND from_id = $2 AND undone_at IS NULL
;

-- message
		SELECT m.user_id, m.id, m.chat_id, m.kind, COALESCE(m.note_id, 0) AS note_id,
	COALESCE(m.contact_id, 0) AS contact_id, m.paced, m.args, COALESCE(m.reply_to, 0) AS reply_to,
	m.wanted, m.shown, COALESCE(m.telegram_message_id, 0) AS telegram_message_id, m.attempts, m.created_at FROM messages m WHERE m.user_id = $1 AND m.id = $2
;

-- message shown
		SELECT m.user_id, m.id, m.chat_id, m.kind, COALESCE(m.note_id, 0) AS note_id,
	COALESCE(m.contact_id, 0) AS contact_id, m.paced, m.args, COALESCE(m.reply_to, 0) AS reply_to,
	m.wanted, m.shown, COALESCE(m.telegram_message_id, 0) AS telegram_message_id, m.attempts, m.created_at FROM messages m
		WHERE m.user_id = $1 AND m.telegram_message_id = $2
;

-- move attempt
		UPDATE link_attempts SET step = $3, scan = $4, progress = $5, problem = $6, input = NULL,
			session = CASE WHEN $3 = 'failed' THEN NULL ELSE session END
		WHERE user_id = $1 AND id = $2 AND step <> 'failed' AND expires_at > now()
;

-- move interaction
		UPDATE interactions SET contact_id = $3 WHERE user_id = $1 AND mention_id = $2
;

-- move relationships
		WITH ours AS (
			SELECT id, label, contact_id IN ($2, $3) AS ours_first, $2 IN (contact_id, other_id) AS wanted,
				CASE WHEN contact_id IN ($2, $3) THEN other_id ELSE contact_id END AS other,
				lower(CASE WHEN contact_id IN ($2, $3) = ($3 < CASE WHEN contact_id IN ($2, $3) THEN other_id ELSE contact_id END)
					THEN label ELSE inverse END) AS once
			FROM relationships
			WHERE user_id = $1 AND (contact_id IN ($2, $3) OR other_id IN ($2, $3))
				AND NOT (contact_id IN ($2, $3) AND other_id IN ($2, $3))),
		moved AS (
			UPDATE relationships r SET contact_id = CASE WHEN o.ours_first THEN $3 ELSE o.other END,
				other_id = CASE WHEN o.ours_first THEN o.other ELSE $3 END
			FROM ours o
			WHERE r.user_id = $1 AND r.id = o.id AND o.wanted AND NOT EXISTS (
				SELECT FROM ours b WHERE b.other = o.other AND b.id <> o.id AND (NOT b.wanted OR b.id < o.id)
					AND (b.once = o.once OR b.ours_first = o.ours_first AND b.label = o.label))
			RETURNING r.id)
		SELECT ARRAY(SELECT id FROM moved)
;

-- move relationships back
		UPDATE relationships SET contact_id = CASE contact_id WHEN $3 THEN $2 ELSE contact_id END,
			other_id = CASE other_id WHEN $3 THEN $2 ELSE other_id END
		WHERE user_id = $1 AND id = ANY ($4::bigint[]) AND $3 IN (contact_id, other_id)
;

-- move rows
		WITH mentioned AS (UPDATE mentions SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		learnt AS (UPDATE facts SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		met AS (UPDATE interactions SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		due AS (UPDATE reminders SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		said AS (UPDATE messages SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		named AS (
			UPDATE aliases a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2
				AND NOT EXISTS (SELECT FROM aliases b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.name_key = a.name_key)
				AND NOT EXISTS (SELECT FROM contacts c WHERE c.user_id = $1 AND c.id = $3 AND c.name_key = a.name_key)
			RETURNING a.id),
		reached AS (
			UPDATE reaches a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2 AND NOT EXISTS (
				SELECT FROM reaches b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.kind = a.kind AND b.value = a.value)
			RETURNING a.id),
		tagged AS (
			UPDATE contact_tags a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2 AND NOT EXISTS (
				SELECT FROM contact_tags b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.tag_id = a.tag_id)
			RETURNING a.tag_id),
		grouped AS (
			UPDATE group_members a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2 AND NOT EXISTS (
				SELECT FROM group_members b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.group_id = a.group_id)
			RETURNING a.group_id)
		SELECT ARRAY(SELECT id FROM mentioned) AS mentions, ARRAY(SELECT id FROM learnt) AS facts,
			ARRAY(SELECT id FROM met) AS interactions, ARRAY(SELECT id FROM due) AS reminders,
			ARRAY(SELECT id FROM said) AS messages, ARRAY(SELECT id FROM named) AS aliases,
			ARRAY(SELECT id FROM reached) AS reaches, ARRAY(SELECT tag_id FROM tagged) AS tags,
			ARRAY(SELECT group_id FROM grouped) AS groups,
			(SELECT COALESCE(max(id), 0) FROM facts WHERE user_id = $1) AS last_fact
;

-- move rows back
		WITH mentioned AS (UPDATE mentions SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($4::bigint[]) RETURNING id),
		learnt AS (
			UPDATE facts SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3
				AND (id = ANY ($5::bigint[]) OR id > $13 AND mention_id IN (SELECT id FROM mentioned))),
		met AS (
			UPDATE interactions SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3
				AND (id = ANY ($6::bigint[]) OR mention_id IN (SELECT id FROM mentioned))),
		due AS (UPDATE reminders SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($7::bigint[])),
		said AS (UPDATE messages SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($8::bigint[])),
		named AS (UPDATE aliases SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($9::bigint[])),
		reached AS (UPDATE reaches SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($10::bigint[])),
		tagged AS (UPDATE contact_tags SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND tag_id = ANY ($11::bigint[]))
		UPDATE group_members SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND group_id = ANY ($12::bigint[])
;

-- name chat
		INSERT INTO telegram_chats (user_id, chat_id, name, chosen) VALUES ($1, $2, $3, false)
		ON CONFLICT (user_id, chat_id) DO NOTHING
;

-- names like
		WITH wanted AS MATERIALIZED (SELECT kith_fold($2) AS key, kith_fold($2) AS head),
		found AS (SELECT n.id AS contact_id, n.full_name AS name, n.name_key FROM wanted, contacts n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND wanted.key <% n.name_key UNION SELECT n.contact_id, n.name, n.name_key FROM wanted, aliases n WHERE n.user_id = $1 AND wanted.key <% n.name_key UNION SELECT n.id AS contact_id, n.full_name AS name, n.name_key FROM wanted, contacts n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND n.name_key ~>=~ wanted.head AND n.name_key ~<~ (wanted.head || U&'\+10FFFF') UNION SELECT n.contact_id, n.name, n.name_key FROM wanted, aliases n WHERE n.user_id = $1 AND n.name_key ~>=~ wanted.head AND n.name_key ~<~ (wanted.head || U&'\+10FFFF')
			UNION SELECT n.id, n.telegram_username, key FROM wanted, contacts n
			WHERE n.user_id = $1 AND n.deleted_at IS NULL AND lower(n.telegram_username) = ltrim(key, '@'))
		SELECT c.id AS contact_id, c.full_name, f.name
		FROM wanted, found f JOIN contacts c ON c.user_id = $1 AND c.id = f.contact_id
		WHERE c.deleted_at IS NULL
		ORDER BY word_similarity(key, f.name_key) DESC, similarity(key, f.name_key) DESC, c.full_name LIMIT $3
;

-- names slipped
		WITH wanted AS MATERIALIZED (
			SELECT size, left(key, size - 1 - size / 2) AS head, replace(replace(replace(right(key, size / 2), '\', '\\'), '%', '\%'), '_', '\_') AS tail
			FROM (SELECT kith_fold($2) AS key, char_length(kith_fold($2)) AS size) k),
		found AS (SELECT n.id AS contact_id, n.full_name AS name, n.name_key FROM wanted, contacts n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND n.name_key ~>=~ wanted.head AND n.name_key ~<~ (wanted.head || U&'\+10FFFF') UNION SELECT n.contact_id, n.name, n.name_key FROM wanted, aliases n WHERE n.user_id = $1 AND n.name_key ~>=~ wanted.head AND n.name_key ~<~ (wanted.head || U&'\+10FFFF') UNION SELECT n.id AS contact_id, n.full_name AS name, n.name_key FROM wanted, contacts n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND (n.name_key LIKE '%' || wanted.tail OR n.name_key LIKE '%' || wanted.tail || ' %') UNION SELECT n.contact_id, n.name, n.name_key FROM wanted, aliases n WHERE n.user_id = $1 AND (n.name_key LIKE '%' || wanted.tail OR n.name_key LIKE '%' || wanted.tail || ' %'))
		SELECT c.id AS contact_id, c.full_name, f.name
		FROM wanted, found f JOIN contacts c ON c.user_id = $1 AND c.id = f.contact_id
		WHERE c.deleted_at IS NULL AND (abs(char_length(f.name_key) - size) <= 1
			OR abs(char_length(split_part(f.name_key, ' ', 1)) - size) <= 1)
		ORDER BY c.full_name LIMIT $3
;

-- names starting
		WITH words AS (SELECT DISTINCT kith_fold(w) AS word FROM unnest($2::text[]) w)
		SELECT c.id AS contact_id, c.full_name, c.full_name AS name
		FROM contacts c JOIN words ON c.first_key = word
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		UNION ALL
		SELECT c.id, c.full_name, a.name
		FROM words JOIN aliases a ON a.user_id = $1 AND a.first_key = word
			JOIN contacts c ON c.user_id = $1 AND c.id = a.contact_id
		WHERE c.deleted_at IS NULL
		UNION ALL
		SELECT c.id, c.full_name, c.telegram_username
		FROM contacts c JOIN words ON lower(c.telegram_username) = word
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		LIMIT $3
;

-- narrow contacts
			WITH w AS (
				SELECT CASE WHEN $2 = '' THEN '' ELSE '%' || regexp_replace(kith_fold($2), '([\\%_])', '\\\1', 'g') || '%' END AS pattern,
					CASE WHEN $3 = '' THEN 0 ELSE COALESCE((
						SELECT t.id FROM tags t WHERE t.user_id = $1 AND (lower(t.name) = lower($3) OR t.id::text = $3)
						ORDER BY lower(t.name) = lower($3) DESC LIMIT 1), -1) END AS tag_id)
			SELECT w.pattern, w.tag_id, CASE
				WHEN char_length($2) > 2 THEN ARRAY(
					SELECT c.id FROM contacts c
					WHERE c.user_id = $1 AND c.deleted_at IS NULL AND c.name_key LIKE (SELECT pattern FROM w)
					UNION SELECT a.contact_id FROM aliases a
					WHERE a.user_id = $1 AND a.name_key LIKE (SELECT pattern FROM w)
					UNION SELECT c.id FROM contacts c
					WHERE c.user_id = $1 AND c.deleted_at IS NULL AND lower(c.telegram_username) = $4 LIMIT $5)
				WHEN w.tag_id <> 0 THEN ARRAY(
					SELECT m.contact_id FROM contact_tags m
					WHERE m.user_id = $1 AND m.tag_id = (SELECT tag_id FROM w) LIMIT $5)
				END AS ids FROM w
;

-- new step
		SELECT set_config('kith.step', nextval('steps')::text, true)::bigint
;

-- next birthdays
		SELECT * FROM (
			SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM contacts c
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND (c.birthday IS NOT NULL OR c.id IN (
				SELECT contact_id FROM facts WHERE user_id = $1 AND slot = 'birthday'))) c
		WHERE birthday IS NOT NULL
		ORDER BY right(birthday, 5) < $2, right(birthday, 5), full_name LIMIT $3
;

-- next owed message
		SELECT m.user_id, m.id, m.chat_id, m.kind, COALESCE(m.note_id, 0) AS note_id,
	COALESCE(m.contact_id, 0) AS contact_id, m.paced, m.args, COALESCE(m.reply_to, 0) AS reply_to,
	m.wanted, m.shown, COALESCE(m.telegram_message_id, 0) AS telegram_message_id, m.attempts, m.created_at FROM messages m JOIN chats c ON c.user_id = m.user_id
		WHERE m.user_id = $1 AND m.shown < m.wanted AND m.given_up IS NULL
			AND c.claimed_by = $2 AND c.claimed_until > now() AND c.blocked_at IS NULL
			AND (c.rest_until IS NULL OR c.rest_until < now()) AND NOT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now())
		ORDER BY m.id LIMIT 1
;

-- not met on day
		DELETE FROM interactions WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND NOT EXISTS (
			SELECT FROM chat_messages WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND kind <> 'service' AND deleted_at IS NULL)
;

-- note
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n WHERE n.user_id = $1 AND n.id = $2
;

-- note from message
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n
		WHERE n.user_id = $1 AND n.chat_id = $2 AND n.message_id = $3
;

-- notes about
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n
		WHERE n.user_id = $1 AND n.deleted_at IS NULL AND (n.said_at, n.id) < ($3, $4) AND EXISTS (
			SELECT FROM mentions m WHERE m.user_id = $1 AND m.note_id = n.id AND m.contact_id = $2)
		ORDER BY n.said_at DESC, n.id DESC LIMIT $5
;

-- notes metadata
		SELECT id, metadata FROM notes WHERE user_id = $1 AND id = ANY ($2::bigint[])
;

-- notes page
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n
		WHERE n.user_id = $1 AND n.deleted_at IS NULL AND (n.said_at, n.id) < ($2, $3)
		ORDER BY n.said_at DESC, n.id DESC LIMIT $4
;

-- nudge tasks (every user)
		UPDATE tasks t SET nudged_at = now()
		FROM (
			SELECT user_id, id FROM tasks
			WHERE state = 'queued' AND next_try_at <= now() AND kind NOT IN ('sync_telegram_contacts', 'process_telegram_messages')
				AND (nudged_at IS NULL OR nudged_at < now() - $1::interval)
			ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED) d
		WHERE t.user_id = d.user_id AND t.id = d.id
		RETURNING t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at
;

-- open chat
		INSERT INTO chats (user_id, chat_id) VALUES ($1, $2)
		ON CONFLICT (user_id) DO UPDATE SET chat_id = $2, blocked_at = NULL
;

-- open links (every user)
		SELECT u.id AS user_id, COALESCE(l.state, '') AS state, COALESCE(a.id, 0) AS attempt, a.input IS NOT NULL AS input
		FROM users u
			LEFT JOIN links l ON l.user_id = u.id AND l.state <> 'revoked'
			LEFT JOIN link_attempts a ON a.user_id = u.id AND a.step <> 'failed' AND a.expires_at > now()
		WHERE u.disabled_at IS NULL AND (l.user_id IS NOT NULL OR a.user_id IS NOT NULL) AND NOT EXISTS (
			SELECT FROM leases e WHERE e.name = 'telegram/' || u.id AND e.expires_at > now() AND e.owner <> $1)
		ORDER BY u.id
;

-- open sync
		SELECT t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at FROM tasks t WHERE t.user_id = $1 AND t.kind = $2 AND t.state IN ('queued', 'running')
;

-- overview
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))), scored AS (
	SELECT p.*, round((0.3 * recency + 0.3 * engagement + 0.2 * quality + 0.2 * diversity)::numeric, 1)::float8 AS score
	FROM (
		SELECT t.*, GREATEST(0, 100 - 2 * idle) AS recency, LEAST(100, 70.0 * facts / (span + 1))::float8 AS engagement,
			LEAST(100, 100 * confidence) AS quality, LEAST(100, 5 * categories)::float8 AS diversity
		FROM (
			SELECT contact_id, count(*) AS facts, count(DISTINCT category) AS categories,
				round(avg(confidence)::numeric, 6)::float8 AS confidence, max(said_at) AS last_at,
				GREATEST(0, date_part('day', $2::timestamptz - max(said_at))) AS idle,
				date_part('day', max(said_at) - min(said_at)) AS span
			FROM counted GROUP BY contact_id) t) p), healths AS (
	SELECT c.id, c.tier, c.name_key, s.last_at, COALESCE(s.facts, 0) AS facts, COALESCE(s.score, 0) AS score
	FROM contacts c LEFT JOIN scored s ON s.contact_id = c.id
	WHERE c.user_id = $1 AND c.deleted_at IS NULL)
		SELECT count(*) AS contacts, COALESCE(sum(facts), 0)::bigint AS facts,
			COALESCE(round(avg(score)::numeric, 1), 0)::float8 AS average,
			count(*) FILTER (WHERE score >= $3) AS strong, count(*) FILTER (WHERE score < $4) AS weak,
			ARRAY(SELECT id FROM healths WHERE score < $5
				ORDER BY tier, last_at IS NULL, score, name_key, id LIMIT $6) AS neglected
		FROM healths
;

-- owe message
		INSERT INTO messages AS m (user_id, chat_id, kind, note_id, contact_id, paced, args, reply_to)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING m.user_id, m.id, m.chat_id, m.kind, COALESCE(m.note_id, 0) AS note_id,
	COALESCE(m.contact_id, 0) AS contact_id, m.paced, m.args, COALESCE(m.reply_to, 0) AS reply_to,
	m.wanted, m.shown, COALESCE(m.telegram_message_id, 0) AS telegram_message_id, m.attempts, m.created_at
;

-- peer hash
		SELECT access_hash FROM telegram_peers WHERE user_id = $1 AND telegram_id = $2
;

-- profile
		SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at, COALESCE(c.company, (
		SELECT f.value FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'employer' AND f.state = 'kept'
			AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1), '') AS company, COALESCE(c.location, (
		SELECT f.value FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'home' AND f.state = 'kept'
			AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1), '') AS location,
			c.is_verified AS verified, c.is_premium AS premium, c.custom_fields, c.updated_at
		FROM contacts c WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
;

-- progress task
		UPDATE tasks SET progress = $3, message = $4 WHERE user_id = $1 AND id = $2 AND state = 'running'
;

-- purge answers from notes
		UPDATE messages SET args = args - 'answer'
		WHERE user_id = $1 AND kind = 'answer' AND EXISTS (
			SELECT FROM unnest($2::bigint[]) id WHERE args #> '{answer,sources}' @> to_jsonb(id))
;

-- purge audit events
				DELETE FROM audit_events
				WHERE user_id = $1 AND contact_ids && $2::bigint[] AND contact_ids <@ $2::bigint[]
;

-- purge contacts (every user)
			DELETE FROM contacts WHERE (user_id, id) IN (
				SELECT user_id, id FROM contacts
				WHERE deleted_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED)
			RETURNING user_id, id, COALESCE(telegram_id, 0) AS telegram_id
;

-- purge events of notes
		DELETE FROM audit_events e
		WHERE e.user_id = $1 AND (e.entity = 'note' AND e.entity_id = ANY ($2::bigint[])
			OR e.entity IN ('fact', 'mention') AND (COALESCE(e.after, e.before) ->> 'note_id')::bigint = ANY ($2::bigint[])
			OR e.entity = 'alias' AND e.entity_id IN (
				SELECT t.entity_id FROM audit_events t
				WHERE t.user_id = $1 AND t.step = ANY ($3::bigint[]) AND t.entity = 'alias' AND NOT EXISTS (
					SELECT FROM aliases a WHERE a.user_id = $1 AND a.id = t.entity_id)))
;

-- purge notes (every user)
			DELETE FROM notes WHERE (user_id, id) IN (
				SELECT n.user_id, n.id FROM notes n
				WHERE n.deleted_at < now() - $1::interval AND NOT EXISTS (
					SELECT FROM chat_notes c WHERE c.user_id = n.user_id AND c.note_id = n.id)
				LIMIT $2 FOR UPDATE SKIP LOCKED)
			RETURNING user_id, id, step
;

-- reaches
		SELECT kind, value FROM reaches WHERE user_id = $1 AND contact_id = $2 ORDER BY id
;

-- read chat
		SELECT t.chosen, u.timezone, COALESCE(c.id, 0) AS contact_id, COALESCE(c.full_name, '') AS full_name
		FROM telegram_chats t JOIN users u ON u.id = t.user_id LEFT JOIN contacts c ON c.user_id = t.user_id AND c.deleted_at IS NULL AND c.id = COALESCE(
			(SELECT o.id FROM contacts o WHERE o.user_id = $1 AND o.telegram_id = $2 AND o.deleted_at IS NULL),
			(SELECT m.into_id FROM contacts o JOIN merges m ON m.user_id = o.user_id AND m.from_id = o.id AND m.undone_at IS NULL
				WHERE o.user_id = $1 AND o.telegram_id = $2 AND o.deleted_at IS NOT NULL ORDER BY m.id DESC LIMIT 1))
		WHERE t.user_id = $1 AND t.chat_id = $2
;

-- recent contacts
		WITH recent AS (
			SELECT id, said_at FROM notes
			WHERE user_id = $1 AND deleted_at IS NULL AND source = '' ORDER BY said_at DESC LIMIT 50)
		SELECT c.user_id, c.id, c.full_name, c.tier, COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1)) AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at FROM contacts c JOIN (
			SELECT m.contact_id, max(r.said_at) AS at FROM recent r JOIN mentions m ON m.user_id = $1 AND m.note_id = r.id
			WHERE m.contact_id IS NOT NULL GROUP BY m.contact_id) l ON l.contact_id = c.id
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY l.at DESC LIMIT $2
;

-- recheck chats
		UPDATE telegram_chats c SET read_to = 0, reading_to = 0, reading_at = 0, asked_at = now(), days_back = LEAST(365, GREATEST(
			c.days_back, (SELECT current_date - min(m.day) + 2 FROM chat_messages m WHERE m.user_id = $1 AND m.chat_id = c.chat_id)))
		WHERE c.user_id = $1 AND c.chosen
;

-- refile fact
		UPDATE facts SET category = $3, touched_at = now()
		WHERE user_id = $1 AND id = $2 AND category <> $3
;

-- refresh note messages
		UPDATE messages SET wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND note_id = $2 AND kind = 'note'
;

-- relabel relationship
		UPDATE relationships SET label = $3, inverse = $4
		WHERE user_id = $1 AND id = $2
;

-- relationship
		SELECT r.id, r.contact_id, a.full_name AS contact_name, r.other_id, b.full_name AS other_name,
	r.label, r.inverse, r.created_at FROM relationships r
	JOIN contacts a ON a.user_id = r.user_id AND a.id = r.contact_id AND a.deleted_at IS NULL
	JOIN contacts b ON b.user_id = r.user_id AND b.id = r.other_id AND b.deleted_at IS NULL WHERE r.user_id = $1 AND r.id = $2
;

-- relationships
		SELECT r.id, r.contact_id, a.full_name AS contact_name, r.other_id, b.full_name AS other_name,
	r.label, r.inverse, r.created_at FROM relationships r
	JOIN contacts a ON a.user_id = r.user_id AND a.id = r.contact_id AND a.deleted_at IS NULL
	JOIN contacts b ON b.user_id = r.user_id AND b.id = r.other_id AND b.deleted_at IS NULL
		WHERE r.user_id = $1 AND ($2::bigint = 0 OR r.contact_id = $2 OR r.other_id = $2) AND r.id > $3
		ORDER BY r.id LIMIT $4
;

-- release chat
		UPDATE chats SET claimed_by = NULL, claimed_until = NULL
		WHERE user_id = $1 AND claimed_by = $2
;

-- release idle chat
		UPDATE chats SET claimed_by = NULL, claimed_until = NULL
		WHERE user_id = $1 AND claimed_by = $2 AND (
			rest_until >= now() OR blocked_at IS NOT NULL OR NOT NOT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now()) OR NOT EXISTS (
				SELECT FROM messages m WHERE m.user_id = $1 AND m.shown < m.wanted AND m.given_up IS NULL))
;

-- remember update
			INSERT INTO updates (bot_id, update_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
;

-- remove telegram people
		UPDATE telegram_people SET in_contacts = false, removed_at = now()
		WHERE user_id = $1 AND in_contacts AND telegram_id <> ALL ($2::bigint[])
;

-- rename tag
		UPDATE tags SET name = $3 WHERE user_id = $1 AND id = $2
;

-- replica progress
		SELECT pg_is_in_recovery() AS follows,
			COALESCE(pg_last_wal_replay_lsn() >= $2::text::pg_lsn, false) AS past_mark,
			COALESCE(GREATEST(pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()), 0), 0)::bigint AS behind
;

-- reset note messages
		UPDATE messages SET args = '{}', wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND note_id = $2 AND kind = 'note'
;

-- rest bot
		INSERT INTO leases AS l (name, owner, expires_at) VALUES ('calls', 'Telegram', now() + $1)
		ON CONFLICT (name) DO UPDATE SET expires_at = GREATEST(l.expires_at, now() + $1)
;

-- rest chat
		UPDATE chats SET rest_until = GREATEST(rest_until, now() + $2) WHERE user_id = $1
;

-- restore contact
		UPDATE contacts SET deleted_at = NULL, updated_at = now()
		WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL
;

-- resume step
		SELECT set_config('kith.step', $1::bigint::text, true), set_config('kith.actor', $2, true)
;

-- retry task
		UPDATE tasks SET state = 'queued', message = $4, claimed_by = NULL, heartbeat_at = NULL,
			next_try_at = now() + $5, nudged_at = NULL
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3
;

-- revise note
		UPDATE notes n SET text = $3, lang = $4::text::regconfig, revision = revision + 1, state = 'pending', engine = ''
		WHERE n.user_id = $1 AND n.id = $2 AND n.deleted_at IS NULL
		RETURNING n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at
;

-- revive tasks (every user)
		UPDATE tasks SET state = 'queued', claimed_by = NULL, heartbeat_at = NULL, next_try_at = now(), nudged_at = NULL
		WHERE state = 'running' AND heartbeat_at < now() - $1::interval
;

-- revoke link
		UPDATE links SET state = 'revoked', session = NULL, waits_until = NULL, why = $2
		WHERE user_id = $1 AND state <> 'revoked'
;

-- rewrite fact
		UPDATE facts SET text = $3, state = 'kept', confidence = 1, slot = '', value = '', touched_at = now()
		WHERE user_id = $1 AND id = $2
;

-- running
			SELECT EXISTS (SELECT FROM leases WHERE expires_at > now())
;

-- schema version
		SELECT max(version_id) FROM goose_db_version WHERE is_applied
;

-- search facts
		WITH q AS (SELECT (CASE WHEN $4 THEN replace(plainto_tsquery($3::text::regconfig, kith_unaccent($2))::text, '&', '|')::tsquery
		ELSE websearch_to_tsquery($3::text::regconfig, kith_unaccent($2)) END
	&& CASE WHEN $5 = '' THEN '' ELSE
		'''' || replace(replace(NULLIF(kith_fold($5), ''), '\', '\\'), '''', '''''') || ''':*' END::tsquery) AS query),
		new AS MATERIALIZED (
			SELECT f.id FROM q, (
				SELECT id, tsv FROM facts WHERE user_id = $1 AND state = 'kept' ORDER BY id DESC LIMIT $6) f
			WHERE f.tsv @@ q.query LIMIT $7),
		hits AS (
			SELECT id FROM new
			UNION (SELECT f.id FROM q, facts f
				WHERE f.user_id = $1 AND f.tsv @@ q.query AND f.state = 'kept' AND (SELECT count(*) FROM new) < $7 LIMIT $7))
		SELECT f.id, f.note_id, f.contact_id, c.full_name, f.text, f.quote, f.said_at
		FROM hits h JOIN facts f ON f.user_id = $1 AND f.id = h.id
			JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE n.deleted_at IS NULL AND c.deleted_at IS NULL AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))
		ORDER BY f.said_at DESC LIMIT $8
;

-- search notes
		WITH RECURSIVE q AS (SELECT (CASE WHEN $4 THEN replace(plainto_tsquery($3::text::regconfig, kith_unaccent($2))::text, '&', '|')::tsquery
		ELSE websearch_to_tsquery($3::text::regconfig, kith_unaccent($2)) END
	&& CASE WHEN $5 = '' THEN '' ELSE
		'''' || replace(replace(NULLIF(kith_fold($5), ''), '\', '\\'), '''', '''''') || ''':*' END::tsquery) AS query), shelves AS (
			(SELECT said_at AS newest FROM notes WHERE user_id = $1 AND deleted_at IS NULL ORDER BY said_at DESC LIMIT 1)
			UNION ALL
			SELECT n.said_at FROM shelves s, LATERAL (
				SELECT said_at FROM notes WHERE user_id = $1 AND deleted_at IS NULL AND said_at < kith_shelf_begins(s.newest)
				ORDER BY said_at DESC LIMIT 1) n),
		new AS MATERIALIZED (
			SELECT n.id FROM q, (
				SELECT id, tsv FROM notes WHERE user_id = $1 AND deleted_at IS NULL ORDER BY said_at DESC LIMIT $6) n
			WHERE n.tsv @@ q.query LIMIT $7),
		hits AS (
			SELECT id FROM new
			UNION (SELECT n.id FROM q, shelves, LATERAL (
				SELECT n.id FROM notes n
				WHERE (n.user_id = $1) IS TRUE AND n.tsv @@ q.query AND n.deleted_at IS NULL
					AND kith_shelved(kith_shelf(n.user_id, n.said_at), n.tsv) @@ kith_shelved(kith_shelf($1, shelves.newest), q.query)
				LIMIT $7) n
				WHERE (SELECT count(*) FROM new) < $7 LIMIT $7))
		SELECT n.id AS note_id, n.text, n.said_at, ts_rank(n.tsv, q.query) AS rank, ARRAY(
			SELECT c.id FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = n.id AND c.deleted_at IS NULL ORDER BY m.source = 'reply' DESC, m.id) AS about, ARRAY(
			SELECT c.full_name FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = n.id AND c.deleted_at IS NULL ORDER BY m.source = 'reply' DESC, m.id) AS names
		FROM q, hits h JOIN notes n ON n.user_id = $1 AND n.id = h.id
		ORDER BY rank DESC, n.said_at DESC LIMIT $8
;

-- search notes about
		WITH q AS (SELECT (CASE WHEN $4 THEN replace(plainto_tsquery($3::text::regconfig, kith_unaccent($2))::text, '&', '|')::tsquery
		ELSE websearch_to_tsquery($3::text::regconfig, kith_unaccent($2)) END
	&& CASE WHEN $5 = '' THEN '' ELSE
		'''' || replace(replace(NULLIF(kith_fold($5), ''), '\', '\\'), '''', '''''') || ''':*' END::tsquery) AS query)
		SELECT n.id AS note_id, n.text, n.said_at, ts_rank(n.tsv, q.query) AS rank, ARRAY(
			SELECT c.id FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = n.id AND c.deleted_at IS NULL ORDER BY m.source = 'reply' DESC, m.id) AS about, ARRAY(
			SELECT c.full_name FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = n.id AND c.deleted_at IS NULL ORDER BY m.source = 'reply' DESC, m.id) AS names
		FROM q, notes n
		WHERE n.user_id = $1 AND n.tsv @@ q.query AND n.deleted_at IS NULL AND n.id IN (
			SELECT note_id FROM mentions WHERE user_id = $1 AND contact_id = $6 ORDER BY note_id DESC LIMIT $7)
		ORDER BY rank DESC, n.said_at DESC LIMIT $8
;

-- sequences
		SELECT sequencename::text AS name, last_value FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename NOT LIKE 'goose%' AND last_value IS NOT NULL ORDER BY 1
;

-- session (every user)
		SELECT data FROM sessions WHERE token_hash = $1 AND expires_at > now()
;

-- set aside
		INSERT INTO updates_aside (bot_id, update_id, user_id, ref, sealed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING
;

-- set disabled
		UPDATE users SET disabled_at = CASE WHEN $2 THEN COALESCE(disabled_at, now()) END WHERE id = $1
;

-- set fact state
		UPDATE facts SET state = $3, touched_at = now()
		WHERE user_id = $1 AND id = $2 AND state <> $3
;

-- set password
		UPDATE users SET username = $2, password_hash = $3 WHERE id = $1 AND COALESCE(password_hash, '') = $4
;

-- set role
		UPDATE users SET role = $2 WHERE id = $1
;

-- set tiers
		UPDATE contacts SET tier = $3, updated_at = now()
		WHERE user_id = $1 AND id = ANY ($2::bigint[]) AND tier <> $3
;

-- shape
		WITH relation AS (
			SELECT oid, oid::regclass::text AS name FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'goose_db_version')
		SELECT concat_ws(' ', 'column', r.name || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
			CASE WHEN a.attnotnull THEN 'NOT NULL' END, NULLIF(a.attidentity, ''), NULLIF(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid))
		FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		UNION ALL SELECT concat_ws(' ', 'constraint', r.name || '.' || c.conname, pg_get_constraintdef(c.oid))
		FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')
		UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END)
		FROM relation r JOIN pg_index i ON i.indrelid = r.oid
		UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), CASE WHEN t.tgenabled <> 'O' THEN 'DISABLED' END)
		FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
		UNION ALL SELECT concat_ws(' ', 'function', p.oid::regprocedure, md5(pg_get_functiondef(p.oid)))
		FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
			AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
		ORDER BY 1
;

-- shares
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))), scored AS (
	SELECT p.*, round((0.3 * recency + 0.3 * engagement + 0.2 * quality + 0.2 * diversity)::numeric, 1)::float8 AS score
	FROM (
		SELECT t.*, GREATEST(0, 100 - 2 * idle) AS recency, LEAST(100, 70.0 * facts / (span + 1))::float8 AS engagement,
			LEAST(100, 100 * confidence) AS quality, LEAST(100, 5 * categories)::float8 AS diversity
		FROM (
			SELECT contact_id, count(*) AS facts, count(DISTINCT category) AS categories,
				round(avg(confidence)::numeric, 6)::float8 AS confidence, max(said_at) AS last_at,
				GREATEST(0, date_part('day', $2::timestamptz - max(said_at))) AS idle,
				date_part('day', max(said_at) - min(said_at)) AS span
			FROM counted GROUP BY contact_id) t) p), healths AS (
	SELECT c.id, c.tier, c.name_key, s.last_at, COALESCE(s.facts, 0) AS facts, COALESCE(s.score, 0) AS score
	FROM contacts c LEFT JOIN scored s ON s.contact_id = c.id
	WHERE c.user_id = $1 AND c.deleted_at IS NULL), members AS (
			SELECT 'tier' AS kind, h.tier::bigint AS id, '' AS name, '' AS color, h.id AS contact_id FROM healths h
			UNION ALL
			SELECT 'group', g.id, g.name, g.color, m.contact_id
			FROM groups g LEFT JOIN group_members m ON m.user_id = g.user_id AND m.group_id = g.id
			WHERE g.user_id = $1
			UNION ALL
			SELECT 'tag', t.id, t.name, '', m.contact_id
			FROM tags t LEFT JOIN contact_tags m ON m.user_id = t.user_id AND m.tag_id = t.id
			WHERE t.user_id = $1
			UNION ALL
			SELECT 'unknown', 0, '', '', h.id FROM healths h WHERE h.facts = 0),
		parts AS (
			SELECT kind, p.id, name, color, count(h.id) AS size,
				COALESCE(round(avg(h.score)::numeric, 1), 0)::float8 AS average
			FROM members p LEFT JOIN healths h ON h.id = p.contact_id
			GROUP BY kind, p.id, name, color)
		SELECT kind, id, name, color, size, average FROM (
			SELECT *, row_number() OVER (PARTITION BY kind ORDER BY size DESC, name, id) AS place FROM parts) p
		WHERE place <= $3
		UNION ALL
		(SELECT 'strongest', id, '', '', 1, score FROM healths WHERE facts > 0 ORDER BY score DESC, tier, name_key, id LIMIT $4)
		UNION ALL
		(SELECT 'weakest', id, '', '', 1, score FROM healths WHERE facts > 0 ORDER BY score, tier, name_key, id LIMIT $4)
		ORDER BY kind, size DESC, name, id
;

-- show sync
		UPDATE messages SET args = jsonb_set(args, '{sync}', $3), wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND id = $2
;

-- shown note
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id = $2
;

-- shown notes
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id = ANY ($2::bigint[]) ORDER BY n.id
;

-- spend tokens
		INSERT INTO ai_spending AS s (day, spent)
		SELECT (now() AT TIME ZONE 'UTC')::date, GREATEST(0, $1::bigint) WHERE $1::bigint <= $2::bigint
		ON CONFLICT (day) DO UPDATE SET spent = GREATEST(0, s.spent + $1::bigint)
		WHERE s.spent + $1::bigint <= $2::bigint OR $1::bigint < 0
;

-- stats (every user)
		SELECT (SELECT count(*) FROM users) AS users,
			(SELECT count(*) FROM contacts) AS contacts,
			(SELECT count(*) FROM notes) AS notes
;

-- steady
		SELECT set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true),
			set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true),
			set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
;

-- tables
		SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
			ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f
				WHERE f.contype = 'f' AND f.conrelid = c.oid AND f.confrelid <> c.oid) AS parents
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'goose_db_version'
			AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		GROUP BY c.oid, c.relname ORDER BY c.relname
;

-- tag
		SELECT t.id, t.name, lower(t.name) AS name_key, t.created_at, (
	SELECT count(*) FROM contact_tags ct JOIN contacts c ON c.user_id = ct.user_id AND c.id = ct.contact_id
	WHERE ct.user_id = t.user_id AND ct.tag_id = t.id AND c.deleted_at IS NULL) AS contacts FROM tags t WHERE t.user_id = $1 AND t.id = $2
;

-- tag contact
		WITH both_there AS (
			SELECT c.id AS contact_id, t.id AS tag_id FROM contacts c JOIN tags t ON t.user_id = c.user_id
			WHERE c.user_id = $1 AND c.id = $2 AND t.id = $3 AND c.deleted_at IS NULL FOR KEY SHARE OF c, t),
		tagged AS (
			INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT $1, contact_id, tag_id FROM both_there
			ON CONFLICT DO NOTHING)
		SELECT EXISTS (SELECT FROM both_there)
;

-- tag contacts
		INSERT INTO contact_tags (user_id, contact_id, tag_id)
		SELECT $1, id, $3 FROM unnest($2::bigint[]) id ON CONFLICT DO NOTHING
;

-- tags
		SELECT t.id, t.name, lower(t.name) AS name_key, t.created_at, (
	SELECT count(*) FROM contact_tags ct JOIN contacts c ON c.user_id = ct.user_id AND c.id = ct.contact_id
	WHERE ct.user_id = t.user_id AND ct.tag_id = t.id AND c.deleted_at IS NULL) AS contacts FROM tags t WHERE t.user_id = $1 AND (lower(t.name), t.id) > ($2, $3)
		ORDER BY lower(t.name), t.id LIMIT $4
;

-- tags of
		SELECT t.id, t.name FROM contact_tags ct JOIN tags t ON t.user_id = ct.user_id AND t.id = ct.tag_id
		WHERE ct.user_id = $1 AND ct.contact_id = $2 ORDER BY lower(t.name)
;

-- take due days
		UPDATE chat_days d SET due_at = NULL FROM (
			SELECT chat_id, day FROM chat_days WHERE user_id = $1 AND due_at <= now()
			ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) due
		WHERE d.user_id = $1 AND d.chat_id = due.chat_id AND d.day = due.day
		RETURNING d.user_id, d.chat_id, d.day
;

-- take lease
		INSERT INTO leases AS l (name, owner, expires_at) VALUES ($1, $2, now() + $3)
		ON CONFLICT (name) DO UPDATE SET owner = $2, expires_at = now() + $3,
			generation = l.generation + CASE WHEN l.owner = $2 THEN 0 ELSE 1 END
		WHERE l.owner = $2 OR l.expires_at < now()
;

-- task
		SELECT t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at FROM tasks t WHERE t.user_id = $1 AND t.id = $2
;

-- task by public id
		SELECT t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	t.attempts, t.next_try_at, t.progress, t.result, t.message, t.created_at FROM tasks t WHERE t.user_id = $1 AND t.public_id = $2
;

-- task counts (every user)
		SELECT 'queued', count(*) FROM tasks WHERE state = 'queued'
		UNION ALL SELECT 'running', count(*) FROM tasks WHERE state = 'running'
;

-- telegram candidates
		WITH sought AS (
			SELECT id, kith_fold(name) AS key, phone FROM unnest($2::bigint[], $3::text[], $4::text[]) AS w (id, name, phone)),
		found AS (
			SELECT w.id AS seeker, 'id' AS by, f.id AS contact_id FROM sought w, LATERAL (
				SELECT c.id FROM contacts c WHERE c.user_id = $1 AND c.telegram_id BETWEEN w.id AND w.id AND c.deleted_at IS NULL
				ORDER BY c.telegram_id LIMIT 1) f
			UNION ALL
			SELECT w.id, 'id', f.id FROM sought w, LATERAL (
				SELECT c.id FROM contacts c WHERE c.user_id = $1 AND c.telegram_id = w.id AND c.deleted_at IS NOT NULL
					AND c.telegram_id IS NOT NULL ORDER BY c.telegram_id LIMIT 20) f
			UNION ALL
			SELECT w.id, 'phone', f.contact_id FROM sought w, LATERAL (
				SELECT r.contact_id FROM reaches r WHERE r.user_id = $1 AND r.kind = 'phone' AND r.value LIKE '+%'
					AND '+' || regexp_replace(r.value, '\D', '', 'g') = w.phone LIMIT 20) f
			UNION ALL
			SELECT w.id, 'name', f.id FROM sought w, LATERAL (
				SELECT c.id FROM contacts c WHERE c.user_id = $1 AND c.name_key = w.key AND c.deleted_at IS NULL
				ORDER BY c.name_key, c.id LIMIT 20) f
			UNION ALL
			SELECT w.id, 'name', c.id FROM sought w JOIN contacts c ON c.user_id = $1 AND c.name_key = w.key AND c.deleted_at IS NOT NULL
			UNION ALL
			SELECT w.id, 'alias', f.contact_id FROM sought w, LATERAL (
				SELECT a.contact_id FROM aliases a WHERE a.user_id = $1 AND a.name_key = w.key ORDER BY a.name_key LIMIT 20) f)
		SELECT f.seeker, f.by, c.* FROM found f, LATERAL (
			SELECT c.id AS contact_id, COALESCE(c.telegram_id, 0) AS telegram_id, c.full_name,
				(SELECT true FROM reaches r WHERE r.user_id = $1 AND r.contact_id = c.id AND r.kind = 'phone' AND r.value LIKE '+%'
					ORDER BY r.contact_id, r.kind, r.value LIMIT 1) IS NOT NULL AS has_phone,
				c.deleted_at IS NOT NULL AS trashed,
				EXISTS (SELECT FROM merges m WHERE m.user_id = $1 AND m.from_id = c.id AND m.undone_at IS NULL) AS merged
			FROM contacts c WHERE c.user_id = $1 AND c.id = f.contact_id LIMIT 1) c
		ORDER BY f.seeker, c.trashed, c.contact_id
;

-- telegram person known
		SELECT EXISTS (SELECT FROM telegram_people WHERE user_id = $1 AND telegram_id = $2)
;

-- tell user
		INSERT INTO messages AS m (user_id, chat_id, kind, paced, args)
		SELECT c.user_id, c.chat_id, 'phrase', true, $2 FROM chats c WHERE c.user_id = $1
		RETURNING m.id
;

-- ties
		WITH related AS (
			SELECT r.contact_id, r.other_id FROM relationships r
				JOIN contacts a ON a.user_id = r.user_id AND a.id = r.contact_id
				JOIN contacts b ON b.user_id = r.user_id AND b.id = r.other_id
			WHERE r.user_id = $1 AND a.deleted_at IS NULL AND b.deleted_at IS NULL),
		tied AS (
			SELECT contact_id AS id FROM related UNION SELECT other_id FROM related
			UNION SELECT m.contact_id FROM group_members m WHERE m.user_id = $1)
		SELECT (SELECT count(*) FROM related) AS relationships,
			(SELECT count(*) FROM contacts c WHERE c.user_id = $1 AND c.deleted_at IS NULL
				AND NOT EXISTS (SELECT FROM tied WHERE tied.id = c.id)) AS isolated
;

-- tokens
		SELECT t.user_id, t.id, t.name, t.scope, t.created_at, t.expires_at, t.last_used_at FROM tokens t WHERE t.user_id = $1 AND ($2::bigint = 0 OR t.id < $2)
		ORDER BY t.id DESC LIMIT $3
;

-- top categories
		WITH counted AS (
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id))))
		SELECT f.category, count(*) AS facts FROM counted f JOIN contacts c ON c.id = f.contact_id
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		GROUP BY f.category ORDER BY facts DESC, f.category LIMIT $2
;

-- totals
		SELECT (SELECT count(*) FROM notes n WHERE n.user_id = $1 AND n.deleted_at IS NULL) AS notes,
			(SELECT count(*) FROM interactions i WHERE i.user_id = $1 AND i.contact_id IS NOT NULL AND (EXISTS (
	SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = i.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE) AS interactions,
			(SELECT count(*) FROM reminders r WHERE r.user_id = $1 AND r.state = 'open') AS reminders
;

-- touched quotes
		SELECT quote FROM facts WHERE user_id = $1 AND note_id = $2 AND touched_at IS NOT NULL
;

-- trash
		SELECT c.id, c.full_name, c.deleted_at, COALESCE(m.into_id, 0) AS merged_into
		FROM contacts c LEFT JOIN merges m ON m.user_id = c.user_id AND m.from_id = c.id AND m.undone_at IS NULL
		WHERE c.user_id = $1 AND c.deleted_at IS NOT NULL AND (c.deleted_at, c.id) < ($2, $3)
		ORDER BY c.deleted_at DESC, c.id DESC LIMIT $4
;

-- trash note
		UPDATE notes SET deleted_at = now(), revision = revision + 1
		WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL
;

-- trash unused contact
		UPDATE contacts c SET deleted_at = now(), updated_at = now()
		WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL AND NOT EXISTS (
			SELECT FROM mentions m JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
			WHERE m.user_id = $1 AND m.contact_id = $2 AND n.deleted_at IS NULL)
			AND c.tier = 2 AND c.birthday IS NULL AND c.company IS NULL AND c.location IS NULL AND c.custom_fields = '{}'
			AND NOT EXISTS (SELECT FROM reaches r WHERE r.user_id = $1 AND r.contact_id = $2)
			AND NOT EXISTS (SELECT FROM telegram_people t WHERE t.user_id = $1 AND t.telegram_id = c.telegram_id)
			AND NOT EXISTS (SELECT FROM contact_tags t WHERE t.user_id = $1 AND t.contact_id = $2)
			AND NOT EXISTS (SELECT FROM group_members g WHERE g.user_id = $1 AND g.contact_id = $2)
			AND NOT EXISTS (SELECT FROM relationships r WHERE r.user_id = $1 AND $2 IN (r.contact_id, r.other_id))
			AND NOT EXISTS (SELECT FROM merges g WHERE g.user_id = $1 AND g.into_id = $2 AND g.undone_at IS NULL)
;

-- trashed contact
		SELECT c.id, c.full_name, c.deleted_at, COALESCE(m.into_id, 0) AS merged_into
		FROM contacts c LEFT JOIN merges m ON m.user_id = c.user_id AND m.from_id = c.id AND m.undone_at IS NULL
		WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NOT NULL FOR UPDATE OF c
;

-- trashed notes
		SELECT n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at FROM notes n
		WHERE n.user_id = $1 AND n.deleted_at IS NOT NULL AND (n.deleted_at, n.id) < ($2, $3)
		ORDER BY n.deleted_at DESC, n.id DESC LIMIT $4
;

-- undecided people
		SELECT t.telegram_id, t.first_name, t.last_name, t.username, t.phone, t.birthday, t.is_verified, t.is_premium,
	t.given_name, t.given_username, t.given_birthday, t.state, COALESCE(t.candidate_id, 0) AS candidate_id, t.in_contacts FROM telegram_people t
		WHERE t.user_id = $1 AND t.state = 'undecided' AND t.telegram_id > $2 ORDER BY t.telegram_id LIMIT $3
;

-- untag all
			DELETE FROM contact_tags WHERE user_id = $1 AND tag_id = $2
;

-- untag contact
		WITH both_there AS (
			SELECT c.id AS contact_id, t.id AS tag_id FROM contacts c JOIN tags t ON t.user_id = c.user_id
			WHERE c.user_id = $1 AND c.id = $2 AND t.id = $3 AND c.deleted_at IS NULL),
		untagged AS (
			DELETE FROM contact_tags ct USING both_there b
			WHERE ct.user_id = $1 AND ct.contact_id = b.contact_id AND ct.tag_id = b.tag_id)
		SELECT EXISTS (SELECT FROM both_there)
;

-- untag contacts
		DELETE FROM contact_tags WHERE user_id = $1 AND contact_id = ANY ($2::bigint[]) AND tag_id = $3
;

-- use code (every user)
		WITH used AS (DELETE FROM codes WHERE kind = $1 AND code_hash = $2 RETURNING user_id, expires_at)
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at FROM users WHERE disabled_at IS NULL AND id = (
			SELECT user_id FROM used WHERE expires_at > now())
;

-- use invitation
		UPDATE invitations SET used_at = now()
		WHERE code_hash = $1 AND used_at IS NULL AND expires_at > now()
			AND NOT (claim AND EXISTS (SELECT FROM users))
		RETURNING code_hash, role, claim, COALESCE(created_by, 0) AS created_by, expires_at
;

-- use token (every user)
		WITH used AS (
			UPDATE tokens SET last_used_at = now()
			WHERE hash = $1 AND expires_at > now() AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute'))
		SELECT t.user_id, t.id, t.name, t.scope, t.created_at, t.expires_at, t.last_used_at FROM tokens t WHERE t.hash = $1 AND t.expires_at > now()
;

-- user
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at FROM users WHERE id = $1
;

-- user by telegram id
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at FROM users WHERE telegram_id = $1
;

-- users
		SELECT id, COALESCE(telegram_id, 0) AS telegram_id, COALESCE(username, '') AS username,
	name, role, timezone, created_at, last_login_at, disabled_at FROM users ORDER BY id
;

-- users owed (every user)
		SELECT DISTINCT m.user_id FROM messages m JOIN chats c ON c.user_id = m.user_id
		WHERE m.shown < m.wanted AND m.given_up IS NULL
			AND (c.claimed_until IS NULL OR c.claimed_until < now())
			AND (c.rest_until IS NULL OR c.rest_until < now()) AND c.blocked_at IS NULL AND NOT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now())
		LIMIT $1
;

-- vacant
		SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'),
			to_regclass('public.users') IS NOT NULL, to_regclass('public.leases') IS NOT NULL
;

-- version
		SELECT version::text FROM versions WHERE user_id = $1
;

-- version of shape
		SELECT max(version_id) FROM goose_db_version WHERE is_applied
;

-- words of chat day
		SELECT message_id, out, kind, text, at, edited_at FROM chat_messages
		WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND text <> '' ORDER BY message_id