-- Questions about differences of 予定 and 実績 between two offices with a common user -------------------------------------

-- Whether anything about the user went between the two offices for that month and was not taken back.
CREATE FUNCTION gate.exchange_in_common(p_one bigint, p_other bigint, p_key bigint, p_month text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT 1 FROM care.exchange_entry AS e
                 JOIN care.exchange_unit AS u ON u.id = e.unit_id
                WHERE e.insured_key = p_key AND u.month = p_month AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL
                  AND (u.sender_id, u.receiver_id) IN ((p_one, p_other), (p_other, p_one)));

CREATE FUNCTION gate.exchange_query(p_session text, p_certificate text, p_purpose text, p_key bigint, p_to text,
                                    p_month text, p_body bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.exchange_hindrance(c);
    v_to public.registry_organisation;
BEGIN
    IF v_refusal IS NULL THEN
        SELECT o.* INTO v_to FROM public.registry_organisation AS o WHERE o.kind = 'office' AND o.number = p_to;
        v_refusal := CASE
            WHEN v_to.id IS NULL OR v_to.enrolled_on > c.today THEN 'exchange:receiver_not_here'
            WHEN v_to.ended_on <= c.today                      THEN 'exchange:receiver_closed'
            WHEN NOT gate.exchange_in_common(c.organisation_id, v_to.id, p_key, p_month) THEN 'exchange:stranger' END;
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.exchange_query (insured_key, from_id, to_id, month, body, asked_by)
        VALUES (p_key, c.organisation_id, v_to.id, p_month, p_body, c.account_id);
    END IF;
    RETURN gate.note('exchange:ask', c, p_key, v_refusal, coalesce('to=' || v_to.id, ''));
END $$;

-- The answer, once; only by the office that was asked.
CREATE FUNCTION gate.exchange_reply(p_session text, p_certificate text, p_purpose text, p_key bigint, p_query bigint,
                                    p_body bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.exchange_hindrance(c);
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.exchange_query AS q SET answer = p_body, answered_at = c.now, answered_by = c.account_id
         WHERE q.insured_key = p_key AND q.id = p_query AND q.to_id = c.organisation_id AND q.answered_at IS NULL;
        v_refusal := CASE WHEN NOT FOUND THEN 'exchange:no_query' END;
    END IF;
    RETURN gate.note('exchange:reply', c, p_key, v_refusal, 'query=' || p_query);
END $$;

-- Questions of a month (NULL: all that wait for an answer), asked by or of the caller's office. They name users:
-- logged.
CREATE FUNCTION gate.ask_exchange_queries(p_session text, p_certificate text, p_purpose text, p_month text)
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    r care.access_log := gate.log_row('exchange:queries', c, 0);
    v_refusal text := gate.exchange_hindrance(c);
BEGIN
    PERFORM gate.touch(c);
    IF v_refusal IS NULL THEN
        SELECT coalesce(array_agg(DISTINCT q.insured_key), '{}'),
               'queries=' || coalesce(string_agg(q.id::text, ','), '')
          INTO r.persons, r.detail
          FROM care.exchange_query AS q
         WHERE c.organisation_id IN (q.from_id, q.to_id)
           AND CASE WHEN p_month IS NULL THEN q.answered_at IS NULL ELSE q.month = p_month END;
    END IF;
    r.decisions := ARRAY[CASE WHEN v_refusal IS NULL THEN '+' ELSE '-' END || 'exchange:queries|'
                         || coalesce(v_refusal, '')];
    r.outcome := CASE WHEN v_refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    RETURN gate.write_log(r);
END $$;

CREATE FUNCTION gate.answer_exchange_queries(t gate.ticket)
RETURNS TABLE (id bigint, insured_key bigint, is_mine boolean, number text, name text, month text, body bytea,
               asked_at timestamptz, answer bytea, answered_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log := gate.redeem(t, 'exchange:queries');
BEGIN
    IF r.outcome = 'allowed' THEN
        RETURN QUERY
            SELECT q.id, q.insured_key, q.from_id = r.organisation_id, o.number::text, o.name::text, q.month, q.body,
                   q.asked_at, q.answer, q.answered_at
              FROM care.exchange_query AS q
              JOIN public.registry_organisation AS o
                ON o.id = CASE WHEN q.from_id = r.organisation_id THEN q.to_id ELSE q.from_id END
             WHERE q.insured_key = ANY (r.persons)
               AND q.id = ANY (string_to_array(substring(r.detail FROM 'queries=([0-9,]*)'), ',')::bigint[])
             ORDER BY q.asked_at, q.id;
    END IF;
END $$;
