-- 運営基準: what was done for a person, entered and taken back ------------------------------------------------------------
-- The rules are Python (evidence/operating_standard/rules.py). Here stand the facts, and who may enter and read them:
-- the office that makes the person's plan (gate.standard_hindrance), nobody else.

-- The words a fact is made of, as evidence/operating_standard/vocabulary.py has them. records: whether the day is asked
-- on which the result was written down.
CREATE FUNCTION gate.standard_words() RETURNS TABLE (kind text, ways text[], ticks text[], records boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
VALUES ('monitoring',    ARRAY['visit', 'video', 'elsewhere'], ARRAY['user_met', 'special'], true),
       ('assessment',    ARRAY['visit', 'elsewhere'], ARRAY['user_met', 'family_met', 'no_family'], false),
       ('meeting',       ARRAY['together', 'video', 'letter'],
                         ARRAY['user_attends', 'video_agreed', 'letter_reason', 'stable', 'able', 'supplied', 'doctor'],
                         false),
       ('agreement',     ARRAY['writing', 'spoken'], ARRAY['explained'], false),
       ('delivery',      ARRAY['handed'], ARRAY['to_user', 'to_providers'], false),
       ('occasion',      ARRAY['new_plan', 'changed_plan', 'renewal', 'level_change'], ARRAY[]::text[], false),
       ('video_consent', ARRAY['writing', 'spoken'], ARRAY[]::text[], false),
       ('video_end',     ARRAY['writing', 'spoken'], ARRAY[]::text[], false)
$$;

-- Whether an organisation is one whose rules these are: 居宅介護支援. (介護予防支援 has rules of its own.)
CREATE FUNCTION gate.is_standard_office(p_organisation bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM public.registry_organisationservice AS s
                WHERE s.organisation_id = p_organisation AND s.service_id = '43'
                  AND s.starts_on <= p_day AND (s.ends_on IS NULL OR s.ends_on > p_day))
$$;

-- What keeps the caller from entering and reading this of a person; NULL: nothing.
CREATE FUNCTION gate.standard_hindrance(c gate.context, p_key bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN NOT gate.is_standard_office(c.organisation_id, c.today) THEN 'standard:other_office'
            ELSE gate.plan_hindrance(p_key, c.organisation_id, c.now) END;

-- What is wrong with a fact as it was sent; NULL: nothing.
CREATE FUNCTION gate.standard_fault(p_kind text, p_way text, p_ticks text[], p_on date, p_written_on date, p_today date)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM gate.standard_words() AS w
                      WHERE w.kind = p_kind AND p_way = ANY (w.ways) AND p_ticks <@ w.ticks
                        AND array_position(p_ticks, NULL) IS NULL
                        AND (w.records OR p_written_on IS NULL))               THEN 'standard:bad_content'
    WHEN p_on IS NULL OR p_on > p_today OR p_on < DATE '2000-04-01'            THEN 'standard:bad_day'
    WHEN p_written_on < p_on OR p_written_on > p_today                         THEN 'standard:bad_record_day' END
$$;

-- p: kind, way, ticks, on, written_on. The same once more is answered 'same' and is not kept twice.
CREATE FUNCTION gate.decide_standard_record(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                            INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kind text := p ->> 'kind';
    v_way text := p ->> 'way';
    v_ticks text[] := ARRAY(SELECT DISTINCT x.tick FROM jsonb_array_elements_text(coalesce(p -> 'ticks', '[]'))
                                AS x(tick) ORDER BY x.tick);
    v_on date := gate.day(p ->> 'on');
    v_written_on date := gate.day(p ->> 'written_on');
    v_number bigint;
BEGIN
    refusal := coalesce(gate.standard_hindrance(c, p_key),
                        gate.standard_fault(v_kind, v_way, v_ticks, v_on, v_written_on, c.today));
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        SELECT x.id INTO v_number FROM care.standard_fact AS x
         WHERE x.insured_key = p_key AND x.organisation_id = c.organisation_id AND x.mistaken_at IS NULL
           AND x.kind = v_kind AND x.way = v_way AND x.ticks = v_ticks AND x.happened_on = v_on
           AND x.written_on IS NOT DISTINCT FROM v_written_on
         LIMIT 1;
        IF v_number IS NOT NULL THEN
            refusal := 'same';
        ELSE
            INSERT INTO care.standard_fact AS x (insured_key, organisation_id, kind, way, ticks, happened_on,
                                                 written_on, recorded_by)
            VALUES (p_key, c.organisation_id, v_kind, v_way, v_ticks, v_on, v_written_on, c.account_id)
            RETURNING x.id INTO v_number;
        END IF;
        d.numbers := ARRAY[v_number];
        d.day := v_on;
    END IF;
END $$;

-- 登録のまちがい. p: number, reason.
CREATE FUNCTION gate.decide_standard_correct(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_number bigint := (p ->> 'number')::bigint;
    v_reason text := gate.written(p ->> 'reason');
BEGIN
    refusal := coalesce(gate.standard_hindrance(c, p_key),
                        CASE WHEN v_reason = '' THEN 'standard:no_reason' END);
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        UPDATE care.standard_fact AS x SET mistaken_at = c.now
         WHERE x.insured_key = p_key AND x.id = p_number AND x.organisation_id = c.organisation_id
           AND x.mistaken_at IS NULL;
        IF FOUND THEN
            PERFORM gate.note_correction(p_key, 'standard', p_number, v_reason, NULL, c.organisation_id, c.account_id);
        ELSE
            refusal := 'standard:none';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
END $$;
