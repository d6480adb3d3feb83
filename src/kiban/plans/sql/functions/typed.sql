-- Plans typed in at a screen ------------------------------------------------------------------------------------------

-- Typed in or corrected at a screen. p_base: '<history_no>.<version>' of the version the form was made from, '' for a
-- new plan: what somebody else has written meanwhile is not covered up. 'ok', 'same', or what stands in the way.
CREATE FUNCTION gate.decide_plan_put(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                     INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_content jsonb := nullif(p -> 'content', 'null');
    p_made_on date := gate.day(p ->> 'made_on');
    p_base text := p ->> 'base';
    p_reason text := p ->> 'reason';
    v_now care.record;
    v_is_same boolean := false;
BEGIN
    refusal := coalesce(gate.plan_hindrance(p_key, c.organisation_id, c.now),
                        gate.plan_fault(p_content, c.organisation_number, p_made_on));
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        v_now := gate.plan_in_force(p_key, c.organisation_number, p_made_on);
        v_is_same := v_now.version IS NOT NULL AND v_now.content = p_content;
        refusal := CASE
            WHEN v_is_same                                                       THEN NULL
            WHEN v_now.version IS NOT NULL AND coalesce(p_base, '') = ''         THEN 'plan:exists'
            WHEN coalesce(p_base, '') <> coalesce(v_now.history_no || '.' || v_now.version, '')
                                                                                 THEN 'plan:changed'
            WHEN v_now.version IS NOT NULL AND gate.written(p_reason) = ''       THEN 'plan:no_reason' END;
    END IF;
    IF refusal IS NULL AND NOT v_is_same THEN
        PERFORM gate.write_plan(p_key, c.organisation_number, c.account_id, p_content, p_made_on, p_reason, false);
    END IF;
    IF refusal IS NULL THEN
        DELETE FROM care.plan_draft AS x
         WHERE x.insured_key = p_key AND x.organisation_id = c.organisation_id AND x.account_id = c.account_id
           AND x.plan = CASE WHEN coalesce(p_base, '') = '' THEN '' ELSE to_char(p_made_on, 'YYYY-MM-DD') END;
    END IF;
    d.day := CASE WHEN refusal IS NULL THEN p_made_on END;
    IF v_is_same THEN
        refusal := 'same';
    END IF;
END $$;

-- How long what was typed and not stored can be gone on with.
CREATE FUNCTION gate.plan_draft_lifetime() RETURNS interval LANGUAGE sql IMMUTABLE RETURN interval '14 days';

-- Older ones, taken away by the worker's daily step.
CREATE FUNCTION gate.tidy_plan_drafts() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
WITH gone AS (
    DELETE FROM care.plan_draft WHERE saved_at < clock_timestamp() - gate.plan_draft_lifetime() RETURNING 1
)
SELECT count(*)::integer FROM gone
$$;

-- Keep what was typed so far; p_typed NULL: it is not wanted any more. p_plan: the day of the plan that is corrected.
CREATE FUNCTION gate.decide_plan_draft(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                       INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_plan date := gate.day(p ->> 'plan');
    p_typed jsonb := nullif(p -> 'typed', 'null');
    v_plan text := coalesce(to_char(p_plan, 'YYYY-MM-DD'), '');
BEGIN
    refusal := coalesce(gate.plan_hindrance(p_key, c.organisation_id, c.now),
                        CASE WHEN octet_length(p_typed::text) > 1000000 THEN 'plan:bad_content' END);
    IF refusal IS NULL THEN
        DELETE FROM care.plan_draft AS x
         WHERE p_typed IS NULL AND x.insured_key = p_key AND x.organisation_id = c.organisation_id
           AND x.account_id = c.account_id AND x.plan = v_plan;
        IF p_typed IS NOT NULL THEN
            INSERT INTO care.plan_draft (insured_key, organisation_id, account_id, plan, typed)
            VALUES (p_key, c.organisation_id, c.account_id, v_plan, p_typed)
            ON CONFLICT (insured_key, organisation_id, account_id, plan)
            DO UPDATE SET typed = excluded.typed, saved_at = excluded.saved_at;
        END IF;
    END IF;
END $$;
