-- The boxes and the month, in numbers: nobody is named ----------------------------------------------------------------

-- A unit as the lists show it: offices, numbers and states, nobody's name or number.
CREATE FUNCTION gate.exchange_told(u care.exchange_unit, p_for bigint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'id', u.id, 'number', o.number, 'name', o.name, 'is_mine', u.sender_id = p_for,
    'sender_service', u.sender_service, 'receiver_service', u.receiver_service, 'sequence', u.sequence,
    'record', u.record, 'is_deletion', u.is_deletion, 'month', u.month, 'users', u.users, 'staged_at', u.staged_at,
    'sent_at', u.sent_at, 'sent_by', a.name, 'by_machine', u.machine_id IS NOT NULL, 'opened_at', u.opened_at,
    'settled_at', u.settled_at, 'outcome', u.outcome, 'withdrawn_at', u.withdrawn_at,
    'state', CASE WHEN u.sent_at IS NULL THEN 'draft' WHEN u.withdrawn_at IS NOT NULL THEN 'withdrawn'
                  WHEN u.outcome IS NOT NULL THEN u.outcome
                  WHEN u.opened_at IS NOT NULL THEN 'opened' ELSE 'unread' END,
    'files', (SELECT json_agg(json_build_object('name', f.name, 'kind', f.kind, 'size', f.size, 'rows', f.rows,
                                                'sha256', encode(f.sha256, 'hex')) ORDER BY f.name)
                FROM care.exchange_file AS f WHERE f.unit_id = u.id))
  FROM public.registry_organisation AS o
  LEFT JOIN public.staff_account AS a ON a.id = u.sent_by AND u.sender_id = p_for
 WHERE o.id = CASE WHEN u.sender_id = p_for THEN u.receiver_id ELSE u.sender_id END
$$;

-- The units of one box: 'in' in the order they are to be taken in (ファイル連番, then the rest of the name), 'out' newest
-- first. p_after: only units with a greater number (what a machine has not seen yet).
CREATE FUNCTION gate.exchange_box(p_session text, p_certificate text, p_purpose text, p_box text, p_month text,
                                  p_after bigint, p_limit integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text;
BEGIN
    PERFORM gate.must_have_written_nothing();
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NOT NULL THEN
        RETURN json_build_object('refusal', v_refusal, 'units', json_build_array(), 'more', false);
    END IF;
    RETURN (
        WITH found AS (
            SELECT u, row_number() OVER (ORDER BY CASE WHEN p_box = 'in' THEN u.sequence || u.tie END,
                                                  CASE WHEN p_box = 'out' THEN u.sent_at END DESC, u.id) AS place
              FROM care.exchange_unit AS u
             WHERE CASE p_box WHEN 'in' THEN u.receiver_id ELSE u.sender_id END = c.organisation_id
               AND u.sent_at IS NOT NULL AND (p_month IS NULL OR u.month = p_month) AND u.id > coalesce(p_after, 0)
               AND p_box IN ('in', 'out'))
        SELECT json_build_object(
            'refusal', NULL, 'more', count(*) > p_limit,
            'units', coalesce(json_agg(gate.exchange_told(u, c.organisation_id) ORDER BY place)
                              FILTER (WHERE place <= p_limit), '[]'))
          FROM found);
END $$;

-- The month with each other office, in numbers: what was sent and came, what holds, whose 実績 are still out.
CREATE FUNCTION gate.exchange_month(p_session text, p_certificate text, p_purpose text, p_month text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text;
BEGIN
    PERFORM gate.must_have_written_nothing();
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NOT NULL THEN
        RETURN json_build_object('refusal', v_refusal, 'offices', json_build_array());
    END IF;
    RETURN (
        WITH pair AS (
            SELECT CASE WHEN u.sender_id = c.organisation_id THEN u.receiver_id ELSE u.sender_id END AS other,
                   count(*) FILTER (WHERE u.receiver_id = c.organisation_id AND u.opened_at IS NULL
                                      AND u.withdrawn_at IS NULL) AS unread,
                   count(*) FILTER (WHERE u.outcome = 'error' AND u.withdrawn_at IS NULL) AS errors,
                   max(u.sent_at) AS last_at
              FROM care.exchange_unit AS u
             WHERE c.organisation_id IN (u.sender_id, u.receiver_id) AND u.sent_at IS NOT NULL AND u.month = p_month
             GROUP BY 1
        ), held AS (
            SELECT p.other, f.mine, f.unit_id, f.insured_key, split_part(f.key, ':', 1) AS record
              FROM pair AS p,
                   LATERAL (SELECT true AS mine, x.*
                              FROM gate.exchange_in_force(c.organisation_id, p.other, p_month) AS x
                            UNION ALL
                            SELECT false, x.*
                              FROM gate.exchange_in_force(p.other, c.organisation_id, p_month) AS x) AS f
        ), waiting AS (  -- planned, and no 実績 the other way
            SELECT h.other, h.mine, h.insured_key FROM held AS h WHERE h.record = 'schedule'
            EXCEPT
            SELECT h.other, NOT h.mine, h.insured_key FROM held AS h WHERE h.record = 'actual'
        )
        SELECT json_build_object('refusal', NULL, 'offices', coalesce(json_agg(json_build_object(
                   'number', o.number, 'name', o.name, 'unread', p.unread, 'errors', p.errors, 'last_at', p.last_at,
                   'schedules_out', n.schedules_out, 'schedules_in', n.schedules_in,
                   'actuals_out', n.actuals_out, 'actuals_in', n.actuals_in, 'units', n.units,
                   'we_wait', (SELECT count(*) FROM waiting AS w WHERE w.other = p.other AND w.mine),
                   'they_wait', (SELECT count(*) FROM waiting AS w WHERE w.other = p.other AND NOT w.mine)
               ) ORDER BY o.number), '[]'))
          FROM pair AS p
          JOIN public.registry_organisation AS o ON o.id = p.other
          CROSS JOIN LATERAL (
               SELECT count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'schedule' AND h.mine) AS schedules_out,
                      count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'schedule' AND NOT h.mine) AS schedules_in,
                      count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'actual' AND h.mine) AS actuals_out,
                      count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'actual' AND NOT h.mine) AS actuals_in,
                      coalesce(json_agg(DISTINCT h.unit_id) FILTER (WHERE h.unit_id IS NOT NULL), '[]') AS units
                 FROM held AS h WHERE h.other = p.other) AS n);
END $$;
