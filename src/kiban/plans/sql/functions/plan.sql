-- Plans (居宅サービス計画) an office writes itself -------------------------------------------------------------------------
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
                                AND d.confirmed_on <= t.today)   THEN 'assignment:no_identity'
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
                WHERE x.insured_key = p_key AND x.organisation_id = p_organisation) AS q) AS l
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

-- A plan that came by file (called by the function that sends the files, in its transaction; never by the web process).
-- 'stored', 'same' or what stands in the way. The files say nothing of agreement and delivery: what was registered of
-- them stays.
CREATE FUNCTION gate.store_plan(p_key bigint, p_organisation bigint, p_office_number text, p_account bigint,
                                p_content jsonb, p_valid_from date, p_reason text, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_refusal text := coalesce(gate.plan_hindrance(p_key, p_organisation, p_now),
                               gate.plan_fault(p_content, p_office_number, p_valid_from),
                               CASE WHEN NOT EXISTS (SELECT 1 FROM public.registry_organisation AS o
                                                      WHERE o.id = p_organisation AND o.kind = 'office'
                                                        AND o.number = p_office_number) THEN 'plan:other_office' END);
    v_content jsonb := p_content;
    v_now care.record;
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    PERFORM gate.one_at_a_time('person ' || p_key);
    v_now := gate.plan_in_force(p_key, p_office_number, p_valid_from);
    IF v_now.version IS NOT NULL THEN
        v_content := (SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(v_now.content) AS e
                       WHERE e.key = ANY (gate.plan_facts())) || v_content;
        IF v_now.content = v_content THEN
            RETURN 'same';
        END IF;
        IF gate.written(p_reason) = '' THEN
            RETURN 'plan:no_reason';
        END IF;
    END IF;
    PERFORM gate.write_plan(p_key, p_office_number, p_account, v_content, p_valid_from, p_reason, false);
    RETURN 'stored';
END $$;

-- A plan that is taken back by file. 'removed', or what stands in the way ('plan:none': there is no such plan).
CREATE FUNCTION gate.remove_plan(p_key bigint, p_organisation bigint, p_office_number text, p_account bigint,
                                 p_made_on date, p_reason text, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_refusal text := coalesce(gate.plan_hindrance(p_key, p_organisation, p_now),
                               CASE WHEN gate.written(p_reason) = '' THEN 'plan:no_reason'
                                    WHEN NOT EXISTS (SELECT 1 FROM public.registry_organisation AS o
                                                      WHERE o.id = p_organisation AND o.kind = 'office'
                                                        AND o.number = p_office_number) THEN 'plan:other_office' END);
    v_now care.record;
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    PERFORM gate.one_at_a_time('person ' || p_key);
    v_now := gate.plan_in_force(p_key, p_office_number, p_made_on);
    IF v_now.version IS NULL THEN
        RETURN 'plan:none';
    END IF;
    PERFORM gate.write_plan(p_key, p_office_number, p_account, v_now.content, p_made_on, p_reason, true);
    RETURN 'removed';
END $$;

-- Typed in or corrected at a screen. p_base: '<history_no>.<version>' of the version the form was made from, '' for a
-- new plan: what somebody else has written meanwhile is not covered up. 'ok', 'same', or what stands in the way.
CREATE FUNCTION gate.put_plan(p_session text, p_certificate text, p_key bigint, p_purpose text, p_content jsonb,
                              p_made_on date, p_base text, p_reason text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(c.standing[1], gate.plan_hindrance(p_key, c.organisation_id, c.now),
                               gate.plan_fault(p_content, c.organisation_number, p_made_on));
    v_now care.record;
    v_is_same boolean := false;
BEGIN
    IF v_refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        v_now := gate.plan_in_force(p_key, c.organisation_number, p_made_on);
        v_is_same := v_now.version IS NOT NULL AND v_now.content = p_content;
        v_refusal := CASE
            WHEN v_is_same                                                       THEN NULL
            WHEN v_now.version IS NOT NULL AND coalesce(p_base, '') = ''         THEN 'plan:exists'
            WHEN coalesce(p_base, '') <> coalesce(v_now.history_no || '.' || v_now.version, '')
                                                                                 THEN 'plan:changed'
            WHEN v_now.version IS NOT NULL AND gate.written(p_reason) = ''       THEN 'plan:no_reason' END;
    END IF;
    IF v_refusal IS NULL AND NOT v_is_same THEN
        PERFORM gate.write_plan(p_key, c.organisation_number, c.account_id, p_content, p_made_on, p_reason, false);
    END IF;
    IF v_refusal IS NULL THEN
        DELETE FROM care.plan_draft AS x
         WHERE x.insured_key = p_key AND x.organisation_id = c.organisation_id AND x.account_id = c.account_id
           AND x.plan = CASE WHEN coalesce(p_base, '') = '' THEN '' ELSE to_char(p_made_on, 'YYYY-MM-DD') END;
    END IF;
    v_refusal := gate.note('plan:put', c, p_key, v_refusal, gate.plan_detail(p_made_on, v_refusal));
    RETURN CASE WHEN v_is_same THEN 'same' ELSE v_refusal END;
END $$;

-- Keep what was typed so far; p_typed NULL: it is not wanted any more. p_plan: the day of the plan that is corrected.
CREATE FUNCTION gate.keep_plan_draft(p_session text, p_certificate text, p_key bigint, p_purpose text, p_plan date,
                                     p_typed jsonb)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_plan text := coalesce(to_char(p_plan, 'YYYY-MM-DD'), '');
    v_refusal text := coalesce(c.standing[1], gate.plan_hindrance(p_key, c.organisation_id, c.now),
                               CASE WHEN octet_length(p_typed::text) > 1000000 THEN 'plan:bad_content' END);
BEGIN
    IF v_refusal IS NULL THEN
        DELETE FROM care.plan_draft AS x
         WHERE x.saved_at < c.now - interval '14 days'
            OR (p_typed IS NULL AND x.insured_key = p_key AND x.organisation_id = c.organisation_id
                AND x.account_id = c.account_id AND x.plan = v_plan);
        IF p_typed IS NOT NULL THEN
            INSERT INTO care.plan_draft (insured_key, organisation_id, account_id, plan, typed)
            VALUES (p_key, c.organisation_id, c.account_id, v_plan, p_typed)
            ON CONFLICT (insured_key, organisation_id, account_id, plan)
            DO UPDATE SET typed = excluded.typed, saved_at = excluded.saved_at;
        END IF;
    END IF;
    RETURN gate.note('plan:draft', c, p_key, v_refusal);
END $$;

-- Which plan a row of the log speaks of.
CREATE FUNCTION gate.plan_detail(p_made_on date, p_refusal text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p_refusal IS NULL THEN 'made_on=' || coalesce(to_char(p_made_on, 'YYYY-MM-DD'), '') ELSE '' END;

-- 同意・確認用登録 (p_act 'agree': on which day who agreed) and 交付用登録 ('deliver': on which day to whom), each a version
-- of its own. What is delivered is the plan that was agreed to.
CREATE FUNCTION gate.mark_plan(p_session text, p_certificate text, p_key bigint, p_purpose text, p_made_on date,
                               p_base text, p_act text, p_on date, p_who text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_is_agreement boolean := p_act = 'agree';
    v_refusal text := coalesce(c.standing[1], gate.plan_hindrance(p_key, c.organisation_id, c.now),
                               CASE WHEN p_on IS NULL OR p_on > c.today THEN 'plan:bad_date'
                                    WHEN v_is_agreement AND coalesce(p_who, '') NOT IN ('self', 'agent', 'family')
                                    THEN 'plan:unknown_signer'
                                    WHEN length(p_who) > 400 THEN 'plan:bad_content' END);
    v_now care.record;
BEGIN
    IF p_act IS NULL OR p_act NOT IN ('agree', 'deliver') THEN
        RAISE EXCEPTION 'not an act' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        v_now := gate.plan_in_force(p_key, c.organisation_number, p_made_on);
        v_refusal := CASE
            WHEN v_now.version IS NULL                                            THEN 'plan:none'
            WHEN p_base IS DISTINCT FROM v_now.history_no || '.' || v_now.version THEN 'plan:changed'
            WHEN NOT v_is_agreement AND NOT v_now.content ? 'agreed_on'           THEN 'plan:not_agreed'
            WHEN NOT v_is_agreement AND v_now.content ->> 'agreed_on' > to_char(p_on, 'YYYY-MM-DD')
                                                                                  THEN 'plan:bad_date' END;
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.write_plan(
            p_key, c.organisation_number, c.account_id,
            v_now.content || CASE
                WHEN v_is_agreement THEN jsonb_build_object('agreed_on', to_char(p_on, 'YYYY-MM-DD'),
                                                            'agreed_by', p_who)
                WHEN gate.written(p_who) = '' THEN jsonb_build_object('delivered_on', to_char(p_on, 'YYYY-MM-DD'))
                ELSE jsonb_build_object('delivered_on', to_char(p_on, 'YYYY-MM-DD'),
                                        'delivered_to', gate.written(p_who)) END,
            p_made_on, CASE WHEN v_is_agreement THEN '同意・確認用登録' ELSE '交付用登録' END, false);
    END IF;
    RETURN gate.note('plan:' || p_act, c, p_key, v_refusal, gate.plan_detail(p_made_on, v_refusal));
END $$;

-- The own plan is taken back: nobody is shown it any more as a plan in force. Its versions stay.
CREATE FUNCTION gate.withdraw_plan(p_session text, p_certificate text, p_key bigint, p_purpose text, p_made_on date,
                                   p_reason text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
BEGIN
    IF v_refusal IS NULL THEN
        v_refusal := nullif(gate.remove_plan(p_key, c.organisation_id, c.organisation_number, c.account_id, p_made_on,
                                             p_reason, c.now), 'removed');
    END IF;
    RETURN gate.note('plan:withdraw', c, p_key, v_refusal, gate.plan_detail(p_made_on, v_refusal));
END $$;

-- The own plans of a person, to be corrected or sent (gate.read, 'plan:read').
CREATE FUNCTION gate.answer_plans(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana, 'birth', p.birth, 'sex', p.sex,
                                        'insurer_no', care.insurer_no(p.insured_key),
                                        'insured_no', care.insured_no(p.insured_key), 'insurer_name', n.name)
                 FROM care.person AS p
                 LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                WHERE p.insured_key = r.insured_key),
    'drafts', (SELECT coalesce(json_agg(json_build_object('plan', x.plan, 'typed', x.typed, 'saved_at', x.saved_at)
                                        ORDER BY x.saved_at DESC), '[]')
                 FROM care.plan_draft AS x
                WHERE x.insured_key = r.insured_key AND x.organisation_id = r.organisation_id
                  AND x.account_id = r.account_id),
    'plans', (SELECT coalesce(json_agg(json_build_object(
                         'base', e.history_no || '.' || e.version, 'made_on', e.valid_from, 'version', e.version,
                         'registered_at', e.registered_at, 'reason', e.reason, 'account', a.name,
                         'content', e.content) ORDER BY e.valid_from DESC, e.history_no DESC), '[]')
                FROM public.registry_organisation AS o
                JOIN care.record AS e ON e.insured_key = r.insured_key AND e.item = 'careplan.plan'
                                     AND e.superseded_at IS NULL
                                     AND e.entry = o.number || '/' || to_char(e.valid_from, 'YYYY-MM-DD')
                LEFT JOIN public.staff_account AS a ON a.id = e.recorded_by
               WHERE o.id = r.organisation_id))
$$;
