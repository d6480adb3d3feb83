-- Plans that come by file and go with it ------------------------------------------------------------------------------

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
