-- The four answers about a person -------------------------------------------------------------------------------------
-- One home for the rules: the planner inlines this function both where one record is opened and, per person, where
-- a list is made. It must therefore stay one plain SELECT (no SECURITY DEFINER, no SET), and it takes the context
-- field by field: a field of a composite value is taken out anew for every row. Answers per item:
--   role          ok | no_cell | closed | unconfirmed
--   assignment      ok | emergency | none | no_identity | not_started | ended | other_capacity | other_insurer
--   consent       ok | not_needed | emergency | none | later | refused | withdrawn
--   municipality  ok | unknown_insurer | not_started | starts_later | not_migrated
-- When an organisation stands in several columns of the matrix, the column that opens the item counts; else the one
-- that fails least (between equals the first in the alphabet: any order would do, but it must be one).

CREATE FUNCTION gate.decide(p_key bigint, p_items text[], p_organisation bigint, p_kind text, p_number text,
                            p_parties text[], p_job text, p_matrix text, p_account bigint, p_today date,
                            p_now timestamptz)
RETURNS TABLE (item text, role text, assignment text, consent text, municipality text,
               assignment_id bigint, consent_id bigint, emergency_id bigint, cell_id bigint, decision_id bigint)
LANGUAGE sql STABLE AS $$
SELECT i.item, best.role, best.assignment, best.consent,
       CASE WHEN n.id IS NULL                     THEN 'unknown_insurer'
            WHEN n.started_on IS NULL             THEN 'not_started'
            WHEN n.started_on > p_today         THEN 'starts_later'
            WHEN NOT h.migrated                   THEN 'not_migrated'
            ELSE 'ok' END,
       r.ids[array_position(r.capacities, best.needs)], g.id, e.id, best.cell_id,
       best.decision_id
  FROM unnest(p_items) AS i(item)
 CROSS JOIN (SELECT care.insurer_no(p_key) AS number) AS k
  LEFT JOIN public.registry_insurer AS n ON n.number = k.number
 -- count(*) > 0 and not EXISTS, here and below: a subquery the planner pulls up is computed at each use.
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS migrated
         FROM public.registry_migrateditem AS m
        WHERE m.insurer_id = n.id AND m.item IN (i.item, '*') AND m.migrated_on <= p_today) AS h
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS known, bool_or(q.viewing_from > p_today) AS later,
              coalesce(array_agg(q.capacity ORDER BY q.id DESC) FILTER (WHERE q.live), '{}') AS capacities,
              array_agg(q.id ORDER BY q.id DESC) FILTER (WHERE q.live) AS ids
         FROM (SELECT l.id, l.capacity, l.viewing_from,
                      l.viewing_from <= p_today AND (l.viewing_to IS NULL OR l.viewing_to > p_today)
                      AND (l.ended_at IS NULL OR l.ended_at > p_now) AS live
                 FROM care.assignment AS l
                WHERE l.insured_key = p_key AND l.organisation_id = p_organisation) AS q) AS r
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS known
         FROM care.identity AS d
        WHERE d.insured_key = p_key AND d.organisation_id = p_organisation
          AND d.confirmed_on <= p_today) AS d
 CROSS JOIN LATERAL (
       SELECT max(o.id) FILTER (WHERE o.given_on <= p_today
                                  AND (o.withdrawn_at IS NULL OR o.withdrawn_at > p_now)) AS id,
              bool_or(o.withdrawn_at IS NULL AND o.given_on > p_today) AS later, count(*) > 0 AS known
         FROM care.consent AS o WHERE o.insured_key = p_key) AS g
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS known
         FROM care.refusal AS x WHERE x.insured_key = p_key AND x.ended_at IS NULL) AS refusal
 CROSS JOIN LATERAL (
       SELECT max(x.id) AS id
         FROM care.emergency AS x
        WHERE x.insured_key = p_key AND x.organisation_id = p_organisation AND x.account_id = p_account
          AND x.opened_at <= p_now AND x.ends_at > p_now) AS e
 CROSS JOIN LATERAL (
       SELECT a.role, CASE WHEN a.assignment <> 'ok' AND e.id IS NOT NULL THEN 'emergency'
                           ELSE a.assignment END AS assignment,
              CASE WHEN a.consent NOT IN ('ok', 'not_needed') AND e.id IS NOT NULL THEN 'emergency'
                   ELSE a.consent END AS consent,
              a.cell_id, a.decision_id, a.needs
         FROM (
           SELECT CASE WHEN cell.id IS NULL                                       THEN 'no_cell'
                       WHEN cell.status = 'published' AND cell.is_open             THEN 'ok'
                       WHEN cell.status = 'published'                              THEN 'closed'
                       WHEN own.is_open                                           THEN 'ok'
                       WHEN own.id IS NOT NULL                                    THEN 'closed'
                       ELSE 'unconfirmed' END AS role,
                  CASE WHEN w.needs = 'own' THEN CASE WHEN p_number = k.number THEN 'ok'
                                                      ELSE 'other_insurer' END
                       WHEN NOT r.known                                  THEN 'none'
                       WHEN w.needs <> 'opinion' AND NOT d.known         THEN 'no_identity'
                       WHEN r.ids IS NULL AND r.later                    THEN 'not_started'
                       WHEN r.ids IS NULL                                THEN 'ended'
                       WHEN w.needs = 'any' OR w.needs = ANY (r.capacities) THEN 'ok'
                       ELSE 'other_capacity' END AS assignment,
                  CASE WHEN NOT coalesce(own.needs_consent, cell.needs_consent, true) THEN 'not_needed'
                       WHEN refusal.known                                THEN 'refused'
                       WHEN g.id IS NOT NULL                             THEN 'ok'
                       WHEN g.later                                      THEN 'later'
                       WHEN g.known                                      THEN 'withdrawn'
                       ELSE 'none' END AS consent,
                  cell.id AS cell_id, own.id AS decision_id,
                  CASE WHEN w.needs IN ('own', 'any') THEN r.capacities[1] ELSE w.needs END AS needs
             FROM (SELECT unnest(CASE WHEN p_parties = '{}' OR p_parties IS NULL THEN ARRAY['']
                                      ELSE p_parties END) AS name) AS party
             -- At most one cell (gate_cell_once); LIMIT has it looked up, where a join would read all parties' cells.
             LEFT JOIN LATERAL (
                  SELECT x.id, x.status, x.is_open, x.needs_consent, x.assignment
                    FROM public.gate_cell AS x
                   WHERE x.matrix_id = p_matrix AND x.party = party.name AND x.item = i.item AND x.job_type = p_job
                   LIMIT 1) AS cell ON true
             LEFT JOIN LATERAL (
                  SELECT x.id, x.is_open, x.needs_consent
                    FROM public.gate_insurerdecision AS x
                   WHERE cell.status = 'unconfirmed' AND x.insurer_id = n.id AND x.item = i.item
                     AND x.party = party.name AND x.job_type = p_job
                     AND x.starts_on <= p_today AND (x.ends_on IS NULL OR x.ends_on > p_today)
                   ORDER BY x.version DESC LIMIT 1) AS own ON true
            CROSS JOIN LATERAL (
                  SELECT coalesce(cell.assignment, CASE p_kind WHEN 'municipality' THEN 'own'
                                                 WHEN 'medical' THEN 'opinion' ELSE 'any' END) AS needs) AS w
         ) AS a
        ORDER BY (a.role <> 'ok')::int
                 + (e.id IS NULL)::int * ((a.assignment <> 'ok')::int + (a.consent NOT IN ('ok', 'not_needed'))::int),
                 a.role <> 'ok', a.role COLLATE "C", a.assignment COLLATE "C", a.consent COLLATE "C", a.cell_id
        LIMIT 1) AS best
$$;

-- A decision as one word of the log: sign, item, every answer that is not plainly 'ok', and the insurer's decision
-- (its number) where one decided the role. (STABLE, as concat_ws is:
-- only so does the planner inline it.)
CREATE FUNCTION gate.word(p_item text, p_role text, p_assignment text, p_consent text, p_municipality text,
                          p_decision bigint, p_standing boolean) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT CASE WHEN p_standing AND p_role = 'ok' AND p_assignment IN ('ok', 'emergency')
                 AND p_consent IN ('ok', 'not_needed', 'emergency')
                 AND p_municipality = 'ok' THEN '+' ELSE '-' END || p_item || '|' ||
       concat_ws(',', CASE WHEN p_role <> 'ok' THEN 'role:' || p_role END,
                      CASE WHEN p_assignment <> 'ok' THEN 'assignment:' || p_assignment END,
                      CASE WHEN p_consent <> 'ok' THEN 'consent:' || p_consent END,
                      CASE WHEN p_municipality <> 'ok' THEN 'municipality:' || p_municipality END,
                      'decision:' || p_decision)
$$;

CREATE FUNCTION gate.log_row(p_action text, c gate.context, p_key bigint) RETURNS care.access_log
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log;
BEGIN
    r.action := p_action;                 r.insured_key := p_key;
    r.account_id := c.account_id;         r.employment_id := c.employment_id;
    r.organisation_id := c.organisation_id; r.delegation_id := c.delegation_id;
    r.session := c.session;               r.purpose := c.purpose;
    r.matrix := c.matrix;                 r.standing := c.standing;
    -- A fingerprint is 64 hexadecimal digits; anything else is not written into the log.
    r.certificate := CASE WHEN c.certificate ~ '^[0-9a-f]{64}$' THEN c.certificate END;
    r.persons := '{}';                    r.decisions := '{}';
    r.detail := '';                       r.outcome := 'denied';
    RETURN r;
END $$;
