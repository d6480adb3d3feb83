-- Plans (居宅サービス計画) an office writes itself --------------------------------------------------------------------

-- A plan is a record like any other (item careplan.plan) and has its versions as intake makes them: nothing is changed
-- but superseded_at. Only the office that makes the person's plan writes one, and only under its own number.

-- The JSON kiban.records.versions.canonical makes: names in order, nothing between, characters as they are.
CREATE FUNCTION gate.canonical_json(p_value jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE jsonb_typeof(p_value)
    WHEN 'object' THEN '{' || coalesce((SELECT string_agg(to_json(e.key)::text || ':' || gate.canonical_json(e.value),
                                                          ',' ORDER BY e.key COLLATE "C")
                                          FROM jsonb_each(p_value) AS e), '') || '}'
    WHEN 'array'  THEN '[' || coalesce((SELECT string_agg(gate.canonical_json(e.value), ',' ORDER BY e.position)
                                          FROM jsonb_array_elements(p_value) WITH ORDINALITY AS e(value, position)),
                                       '') || ']'
    ELSE p_value::text END
$$;

-- The digest of a version (kiban.records.versions.digest): what intake loads and what is written here are the same.
CREATE FUNCTION gate.record_digest(p_from date, p_to date, p_content jsonb) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT sha256(convert_to(coalesce(to_char(p_from, 'YYYY-MM-DD'), '') || '|' || coalesce(to_char(p_to, 'YYYY-MM-DD'), '')
                         || '|' || gate.canonical_json(p_content), 'UTF8'))
$$;

-- What is registered about a plan afterwards and stands in no file of the exchange.
CREATE FUNCTION gate.plan_facts() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['agreed_on', 'agreed_by', 'delivered_on', 'delivered_to'];

-- What keeps an organisation from writing the person's plan on a day; NULL: nothing.
CREATE FUNCTION gate.plan_hindrance(p_key bigint, p_organisation bigint, p_now timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE WHEN NOT gate.makes_plans(p_organisation, t.today)   THEN 'plan:not_plan_office'
            WHEN NOT coalesce(l.known, false)                    THEN 'assignment:none'
            WHEN NOT EXISTS (SELECT 1 FROM care.identity AS d
                              WHERE d.insured_key = p_key AND d.organisation_id = p_organisation
                                AND d.confirmed_on <= t.today AND d.mistaken_at IS NULL) THEN 'assignment:no_identity'
            WHEN l.plan                                          THEN NULL
            WHEN l.live                                          THEN 'assignment:other_capacity'
            WHEN l.later                                         THEN 'assignment:not_started'
            ELSE 'assignment:ended' END
  FROM (SELECT (p_now AT TIME ZONE 'Asia/Tokyo')::date AS today) AS t
 CROSS JOIN LATERAL (
       SELECT bool_or(true) AS known, bool_or(q.live) AS live, bool_or(q.live AND q.capacity = 'plan') AS plan,
              bool_or(q.viewing_from > t.today) AS later
         FROM (SELECT x.capacity, x.viewing_from,
                      x.viewing_from <= t.today AND (x.viewing_to IS NULL OR x.viewing_to > t.today)
                      AND (x.ended_at IS NULL OR x.ended_at > p_now) AS live
                 FROM care.assignment AS x
                WHERE x.insured_key = p_key AND x.organisation_id = p_organisation AND x.mistaken_at IS NULL) AS q) AS l
$$;

-- Whether a content may be kept as a plan of this office. Its fields are checked before (kiban.records.kinds); here
-- only what says whose plan it is, and from when.
CREATE FUNCTION gate.plan_fault(p_content jsonb, p_number text, p_valid_from date) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN p_content IS NULL OR jsonb_typeof(p_content) <> 'object' OR p_valid_from IS NULL
         OR p_content ->> 'made_on' IS DISTINCT FROM to_char(p_valid_from, 'YYYY-MM-DD')
         OR octet_length(p_content::text) > 1000000                             THEN 'plan:bad_content'
    WHEN p_number IS NULL OR p_content ->> 'office_number' IS DISTINCT FROM p_number THEN 'plan:other_office'
END;

-- The version of a plan in force. None: all its fields are NULL.
CREATE FUNCTION gate.plan_in_force(p_key bigint, p_number text, p_made_on date) RETURNS care.record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT e.* FROM care.record AS e
 WHERE e.insured_key = p_key AND e.item = 'careplan.plan' AND e.superseded_at IS NULL
   AND e.entry = p_number || '/' || to_char(p_made_on, 'YYYY-MM-DD')
 ORDER BY e.history_no DESC LIMIT 1
$$;

-- The next version of a plan. p_ended: it is over as soon as it is written (the plan was withdrawn; it says why).
CREATE FUNCTION gate.write_plan(p_key bigint, p_number text, p_account bigint, p_content jsonb, p_valid_from date,
                                p_reason text, p_ended boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_at timestamptz := clock_timestamp();
    v_entry text := p_number || '/' || to_char(p_valid_from, 'YYYY-MM-DD');
    v_history integer;
    v_version smallint;
BEGIN
    -- Also after a plan was withdrawn: numbers are not given twice.
    SELECT e.history_no, e.version INTO v_history, v_version FROM care.record AS e
     WHERE e.insured_key = p_key AND e.item = 'careplan.plan' AND e.entry = v_entry
     ORDER BY e.superseded_at IS NULL DESC, e.history_no DESC, e.version DESC LIMIT 1;
    UPDATE care.record AS e SET superseded_at = v_at
     WHERE e.insured_key = p_key AND e.item = 'careplan.plan' AND e.entry = v_entry AND e.superseded_at IS NULL
       AND (p_ended OR e.history_no = v_history);
    INSERT INTO care.record (insured_key, item, entry, history_no, version, valid_from, source, registered_at,
                             superseded_at, reason, digest, content, recorded_by)
    VALUES (p_key, 'careplan.plan', v_entry, coalesce(v_history, 1), coalesce(v_version, 0) + 1, p_valid_from,
            'office:' || p_number, v_at, CASE WHEN p_ended THEN v_at END, gate.written(p_reason),
            gate.record_digest(p_valid_from, NULL, p_content), p_content, p_account);
END $$;
