-- Questions about differences of 予定 and 実績 between two offices with a common user -------------------------------------

-- Whether anything about the user went between the two offices for that month and was not taken back.
CREATE FUNCTION gate.exchange_in_common(p_one bigint, p_other bigint, p_key bigint, p_month text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT 1 FROM care.exchange_entry AS e
                 JOIN care.exchange_unit AS u ON u.id = e.unit_id
                WHERE e.insured_key = p_key AND u.month = p_month AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL
                  AND (u.sender_id, u.receiver_id) IN ((p_one, p_other), (p_other, p_one)));

CREATE FUNCTION gate.decide_exchange_ask(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_to text := p ->> 'to';
    p_month text := p ->> 'month';
    p_body bytea := p_files[1];
    v_to public.registry_organisation;
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT o.* INTO v_to FROM public.registry_organisation AS o WHERE o.kind = 'office' AND o.number = p_to;
        refusal := CASE
            WHEN v_to.id IS NULL OR v_to.enrolled_on > c.today THEN 'exchange:receiver_not_here'
            WHEN v_to.ended_on <= c.today                      THEN 'exchange:receiver_closed'
            WHEN NOT gate.exchange_in_common(c.organisation_id, v_to.id, p_key, p_month) THEN 'exchange:stranger' END;
    END IF;
    IF refusal IS NULL THEN
        INSERT INTO care.exchange_query (insured_key, from_id, to_id, month, body, asked_by)
        VALUES (p_key, c.organisation_id, v_to.id, p_month, p_body, c.account_id);
    END IF;
    d.numbers := ARRAY[v_to.id];
END $$;

-- The answer, once; only by the office that was asked.
CREATE FUNCTION gate.decide_exchange_reply(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_query bigint := (p ->> 'query')::bigint;
    p_body bytea := p_files[1];
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        UPDATE care.exchange_query AS q SET answer = p_body, answered_at = c.now, answered_by = c.account_id
         WHERE q.insured_key = p_key AND q.id = p_query AND q.to_id = c.organisation_id AND q.answered_at IS NULL;
        refusal := CASE WHEN NOT FOUND THEN 'exchange:no_query' END;
    END IF;
    d.numbers := ARRAY[p_query];
END $$;

-- Questions of a month (p: month; NULL: all that wait for an answer), asked by or of the caller's office. They name
-- users.
CREATE FUNCTION gate.decide_exchange_queries(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT coalesce(array_agg(DISTINCT q.insured_key), '{}'), coalesce(array_agg(q.id), '{}')
          INTO d.persons, d.numbers
          FROM care.exchange_query AS q
         WHERE c.organisation_id IN (q.from_id, q.to_id)
           AND CASE WHEN p ->> 'month' IS NULL THEN q.answered_at IS NULL ELSE q.month = p ->> 'month' END;
    END IF;
END $$;

-- Bodies are encrypted and go out as they lie there (hex).
CREATE FUNCTION gate.answer_exchange_queries(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'id', x.id, 'insured_key', x.insured_key, 'is_mine', x.from_id = q.organisation_id, 'number', o.number,
           'name', o.name, 'month', x.month, 'body', encode(x.body, 'hex'), 'asked_at', x.asked_at,
           'answer', encode(x.answer, 'hex'), 'answered_at', x.answered_at) ORDER BY x.asked_at, x.id), '[]')
  FROM care.exchange_query AS x
  JOIN public.registry_organisation AS o
    ON o.id = CASE WHEN x.from_id = q.organisation_id THEN x.to_id ELSE x.from_id END
 WHERE x.insured_key = ANY (d.persons) AND x.id = ANY (d.numbers)
$$;
