-- What waits in the exchange, in numbers ------------------------------------------------------------------------------
-- How many, never who, as gate.assignment_due: numbers need no log row.

-- drafts, unread, errors: units. to_send, to_come: users with a plan of last month whose 実績 this office has not sent,
-- or not been sent; and with how many offices. arrived: offices that sent their 実績 of last month. queries: unanswered.
CREATE FUNCTION gate.exchange_due(p_organisation bigint, p_today date)
RETURNS TABLE (drafts integer, unread integer, errors integer, to_send integer, to_send_offices integer,
               to_come integer, to_come_offices integer, arrived integer, queries integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
WITH asked AS (
    SELECT to_char(date_trunc('month', p_today::timestamp) - interval '1 month', 'YYYYMM') AS month
), pair AS (
    SELECT DISTINCT CASE WHEN u.sender_id = p_organisation THEN u.receiver_id ELSE u.sender_id END AS other
      FROM care.exchange_unit AS u, asked
     WHERE p_organisation IN (u.sender_id, u.receiver_id) AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL
       AND u.month = asked.month
), held AS MATERIALIZED (
    SELECT p.other, f.mine, f.insured_key, split_part(f.key, ':', 1) AS record
      FROM pair AS p, asked,
           LATERAL (SELECT true AS mine, x.* FROM gate.exchange_in_force(p_organisation, p.other, asked.month) AS x
                    UNION ALL
                    SELECT false, x.* FROM gate.exchange_in_force(p.other, p_organisation, asked.month) AS x) AS f
), waiting AS (  -- planned, and no 実績 the other way
    SELECT h.other, h.mine, h.insured_key FROM held AS h WHERE h.record = 'schedule'
    EXCEPT
    SELECT h.other, NOT h.mine, h.insured_key FROM held AS h WHERE h.record = 'actual'
)
SELECT (SELECT count(*)::integer FROM care.exchange_unit AS u WHERE u.sender_id = p_organisation AND u.sent_at IS NULL),
       (SELECT count(*)::integer FROM care.exchange_unit AS u
         WHERE u.receiver_id = p_organisation AND u.sent_at IS NOT NULL AND u.opened_at IS NULL
           AND u.withdrawn_at IS NULL),
       -- Until the receiver could take it in, it was withdrawn, or something newer was sent in its place.
       (SELECT count(*)::integer FROM care.exchange_unit AS u
         WHERE u.sender_id = p_organisation AND u.outcome = 'error' AND u.withdrawn_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM care.exchange_unit AS v
                            WHERE v.sender_id = u.sender_id AND v.receiver_id = u.receiver_id AND v.record = u.record
                              AND v.month = u.month AND v.sequence > u.sequence AND v.sent_at IS NOT NULL
                              AND v.withdrawn_at IS NULL)),
       (SELECT count(DISTINCT w.insured_key)::integer FROM waiting AS w WHERE NOT w.mine),
       (SELECT count(DISTINCT w.other)::integer FROM waiting AS w WHERE NOT w.mine),
       (SELECT count(DISTINCT w.insured_key)::integer FROM waiting AS w WHERE w.mine),
       (SELECT count(DISTINCT w.other)::integer FROM waiting AS w WHERE w.mine),
       (SELECT count(DISTINCT h.other)::integer FROM held AS h WHERE h.record = 'actual' AND NOT h.mine),
       (SELECT count(*)::integer FROM care.exchange_query AS q WHERE q.to_id = p_organisation AND q.answered_at IS NULL)
$$;

-- Of the caller's own office; no row for somebody whose standing is not right.
CREATE FUNCTION gate.own_exchange_due(p_session text, p_certificate text, p_purpose text)
RETURNS TABLE (drafts integer, unread integer, errors integer, to_send integer, to_send_offices integer,
               to_come integer, to_come_offices integer, arrived integer, queries integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF gate.exchange_hindrance(c) IS NULL THEN
        RETURN QUERY SELECT * FROM gate.exchange_due(c.organisation_id, c.today);
    END IF;
END $$;

-- What came and nobody looked at, beside ケアプラン連携 on every page: units not opened, questions not answered.
CREATE FUNCTION gate.own_exchange_unseen(p_session text, p_certificate text, p_purpose text) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF gate.exchange_hindrance(c) IS NULL THEN
        RETURN (SELECT count(*)::integer FROM care.exchange_unit AS u
                 WHERE u.receiver_id = c.organisation_id AND u.sent_at IS NOT NULL AND u.opened_at IS NULL
                   AND u.withdrawn_at IS NULL)
             + (SELECT count(*)::integer FROM care.exchange_query AS q
                 WHERE q.to_id = c.organisation_id AND q.answered_at IS NULL);
    END IF;
    RETURN NULL;
END $$;

-- Of every office that takes part in the exchange: for the daily e-mail, which the worker sends.
CREATE FUNCTION gate.all_exchange_due(p_today date)
RETURNS TABLE (organisation_id bigint, drafts integer, unread integer, errors integer, to_send integer,
               to_send_offices integer, to_come integer, to_come_offices integer, arrived integer, queries integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT o.id, d.*
  FROM public.registry_organisation AS o
 CROSS JOIN LATERAL gate.exchange_due(o.id, p_today) AS d
 WHERE o.kind = 'office'
   AND EXISTS (SELECT 1 FROM care.exchange_unit AS u WHERE o.id IN (u.sender_id, u.receiver_id))
$$;
