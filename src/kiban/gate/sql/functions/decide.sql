-- The four answers about a person ---------------------------------------------------------------------------------
-- One home for the rules: what is known of a person (gate.facts_of, once a person) and the answers for items
-- (gate.judge). Both are plain SELECTs, which the planner inlines where a list is made (no SECURITY DEFINER, no SET),
-- and take what they need field by field: a field of a composite value is taken out anew for every row.

-- Everything about a person, and about this organisation and account with the person, that answers rest on.
-- What was taken back as a mistake (mistaken_at) never was. (Without SET, so that it is inlined.)
CREATE FUNCTION gate.facts_of(p_key bigint, p_organisation bigint, p_account bigint, p_today date, p_now timestamptz)
RETURNS TABLE (insurer_no text, insurer_id bigint, started_on date, migrated text[],
               is_assigned boolean, starts_later boolean, capacities text[], assignments bigint[],
               is_identified boolean, consent_id bigint, consents_later boolean, has_consented boolean,
               has_refused boolean, emergency_id bigint)
LANGUAGE sql STABLE AS $$
SELECT k.number, n.id, n.started_on,
       ARRAY(SELECT m.item FROM public.registry_migrateditem AS m
              WHERE m.insurer_id = n.id AND m.migrated_on <= p_today),
       r.known, r.later, r.capacities, r.ids,
       EXISTS (SELECT 1 FROM care.identity AS i
                WHERE i.insured_key = p_key AND i.organisation_id = p_organisation AND i.confirmed_on <= p_today
                 AND i.mistaken_at IS NULL),
       g.id, g.later, g.known,
       EXISTS (SELECT 1 FROM care.refusal AS u WHERE u.insured_key = p_key AND u.ended_at IS NULL
                 AND u.mistaken_at IS NULL),
       (SELECT max(y.id)
          FROM care.emergency AS y
         WHERE y.insured_key = p_key AND y.organisation_id = p_organisation AND y.account_id = p_account
           AND y.opened_at <= p_now AND y.ends_at > p_now)
  FROM (SELECT care.insurer_no(p_key) AS number) AS k
  LEFT JOIN public.registry_insurer AS n ON n.number = k.number
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS known, bool_or(q.viewing_from > p_today) AS later,
              coalesce(array_agg(q.capacity ORDER BY q.id DESC) FILTER (WHERE q.live), '{}') AS capacities,
              array_agg(q.id ORDER BY q.id DESC) FILTER (WHERE q.live) AS ids
         FROM (SELECT l.id, l.capacity, l.viewing_from,
                      l.viewing_from <= p_today AND (l.viewing_to IS NULL OR l.viewing_to > p_today)
                      AND (l.ended_at IS NULL OR l.ended_at > p_now) AS live
                 FROM care.assignment AS l
                WHERE l.insured_key = p_key AND l.organisation_id = p_organisation AND l.mistaken_at IS NULL) AS q) AS r
 CROSS JOIN LATERAL (
       SELECT max(o.id) FILTER (WHERE o.given_on <= p_today
                                  AND (o.withdrawn_at IS NULL OR o.withdrawn_at > p_now)) AS id,
              bool_or(o.withdrawn_at IS NULL AND o.given_on > p_today) AS later, count(*) > 0 AS known
         FROM care.consent AS o WHERE o.insured_key = p_key AND o.mistaken_at IS NULL) AS g
OFFSET 0  -- a fence: what the planner pulls up is computed anew at each use
$$;

-- The 担当 a cell asks for: own (the insurer itself), any, plan, opinion.
CREATE FUNCTION gate.assignment_answer(p_needs text, p_number text, p_insurer_no text, p_is_assigned boolean,
                                       p_starts_later boolean, p_capacities text[], p_is_identified boolean)
RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN p_needs = 'own'                                      THEN CASE WHEN p_number = p_insurer_no THEN 'ok'
                                                                        ELSE 'other_insurer' END
    WHEN NOT p_is_assigned                                    THEN 'none'
    WHEN p_needs <> 'opinion' AND NOT p_is_identified         THEN 'no_identity'
    WHEN p_capacities = '{}' AND p_starts_later               THEN 'not_started'
    WHEN p_capacities = '{}'                                  THEN 'ended'
    WHEN p_needs = 'any' OR p_needs = ANY (p_capacities)      THEN 'ok'
    ELSE 'other_capacity' END;

-- Answers per item:
--   role          ok | no_cell | closed | unconfirmed
--   assignment    ok | emergency | none | no_identity | not_started | ended | other_capacity | other_insurer
--   consent       ok | not_needed | emergency | none | later | refused | withdrawn
--   municipality  ok | unknown_insurer | not_started | starts_later | not_migrated
-- When an organisation stands in several columns of the matrix, the column that opens the item counts; else the one
-- that fails least (between equals the first in the alphabet: any order would do, but it must be one).
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.judge(p_items text[], p_kind text, p_number text, p_parties text[], p_job text, p_matrix text,
                           p_today date, f_insurer_no text, f_insurer_id bigint, f_started_on date, f_migrated text[],
                           f_is_assigned boolean, f_starts_later boolean, f_capacities text[], f_is_identified boolean,
                           f_consent text, f_emergency boolean)
RETURNS TABLE (item text, role text, assignment text, consent text, municipality text, needs text, decision_id bigint)
LANGUAGE sql STABLE AS $$
SELECT DISTINCT ON (a.position) a.item, a.role,
       CASE WHEN a.assignment <> 'ok' AND f_emergency THEN 'emergency' ELSE a.assignment END,
       CASE WHEN a.consent NOT IN ('ok', 'not_needed') AND f_emergency THEN 'emergency' ELSE a.consent END,
       CASE WHEN f_insurer_id IS NULL                    THEN 'unknown_insurer'
            WHEN f_started_on IS NULL                    THEN 'not_started'
            WHEN f_started_on > p_today                  THEN 'starts_later'
            WHEN NOT (a.item = ANY (f_migrated) OR '*' = ANY (f_migrated)) THEN 'not_migrated'
            ELSE 'ok' END,
       a.needs, a.decision_id
  FROM (SELECT i.item, i.position, cell.id AS cell_id, own.id AS decision_id, w.needs,
               CASE WHEN cell.id IS NULL                                THEN 'no_cell'
                    WHEN cell.status = 'published' AND cell.is_open     THEN 'ok'
                    WHEN cell.status = 'published'                      THEN 'closed'
                    WHEN own.is_open                                    THEN 'ok'
                    WHEN own.id IS NOT NULL                             THEN 'closed'
                    ELSE 'unconfirmed' END AS role,
               gate.assignment_answer(w.needs, p_number, f_insurer_no, f_is_assigned, f_starts_later, f_capacities,
                                      f_is_identified) AS assignment,
               CASE WHEN coalesce(own.needs_consent, cell.needs_consent, true) THEN f_consent
                    ELSE 'not_needed' END AS consent
          FROM unnest(p_items) WITH ORDINALITY AS i(item, position)
         CROSS JOIN unnest(CASE WHEN p_parties = '{}' OR p_parties IS NULL THEN ARRAY[''] ELSE p_parties END)
                 AS party(name)
          LEFT JOIN public.gate_cell AS cell
                 ON cell.matrix_id = p_matrix AND cell.party = ANY (p_parties) AND cell.job_type = p_job
                AND cell.party = party.name AND cell.item = i.item  -- at most one (gate_cell_once)
          LEFT JOIN LATERAL (
               SELECT x.id, x.is_open, x.needs_consent
                 FROM public.gate_insurerdecision AS x
                WHERE cell.status = 'unconfirmed' AND x.insurer_id = f_insurer_id AND x.item = i.item
                  AND x.party = party.name AND x.job_type = p_job
                  AND x.starts_on <= p_today AND (x.ends_on IS NULL OR x.ends_on > p_today)
                ORDER BY x.version DESC LIMIT 1) AS own ON true
         CROSS JOIN LATERAL (
               SELECT coalesce(cell.assignment, CASE p_kind WHEN 'municipality' THEN 'own'
                                                WHEN 'medical' THEN 'opinion' ELSE 'any' END) AS needs) AS w
        OFFSET 0) AS a  -- a fence: what the planner pulls up is computed anew at each use
 ORDER BY a.position,
          (a.role <> 'ok')::int
          + (NOT f_emergency)::int * ((a.assignment <> 'ok')::int + (a.consent NOT IN ('ok', 'not_needed'))::int),
          nullif(a.role, 'ok') COLLATE "C" NULLS FIRST, a.assignment COLLATE "C", a.consent COLLATE "C", a.cell_id
$$;

-- How it stands with the consent, where one is needed.
CREATE FUNCTION gate.consent_answer(p_has_refused boolean, p_consent_id bigint, p_later boolean, p_known boolean)
RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p_has_refused             THEN 'refused'
            WHEN p_consent_id IS NOT NULL  THEN 'ok'
            WHEN p_later                   THEN 'later'
            WHEN p_known                   THEN 'withdrawn'
            ELSE 'none' END;

-- A decision as one word of the log: sign, item, every answer that is not plainly 'ok', and the insurer's decision
-- (its number) where one decided the role. (STABLE, as concat_ws is: only so does the planner inline it.)
CREATE FUNCTION gate.word(p_item text, p_role text, p_assignment text, p_consent text, p_municipality text,
                          p_decision bigint) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT CASE WHEN p_role = 'ok' AND p_assignment IN ('ok', 'emergency')
                 AND p_consent IN ('ok', 'not_needed', 'emergency')
                 AND p_municipality = 'ok' THEN '+' ELSE '-' END || p_item || '|' ||
       concat_ws(',', CASE WHEN p_role <> 'ok' THEN 'role:' || p_role END,
                      CASE WHEN p_assignment <> 'ok' THEN 'assignment:' || p_assignment END,
                      CASE WHEN p_consent <> 'ok' THEN 'consent:' || p_consent END,
                      CASE WHEN p_municipality <> 'ok' THEN 'municipality:' || p_municipality END,
                      'decision:' || p_decision)
$$;

-- The words of a decision taken apart: the one place in SQL that knows how they are written.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.words_apart(p_words text[])
RETURNS TABLE (place bigint, item text, allowed boolean, answers text, decision_id bigint)
LANGUAGE sql IMMUTABLE AS $$
SELECT u.place, substr(split_part(u.word, '|', 1), 2), u.word LIKE '+%', split_part(u.word, '|', 2),
       nullif(split_part(split_part(u.word, 'decision:', 2), ',', 1), '')::bigint
  FROM unnest(p_words) WITH ORDINALITY AS u(word, place)
$$;
