-- 担当ケアマネ: who in the office looks after a person ------------------------------------------------------------------

-- A care manager who registers somebody for the plan looks after the person, until it is said otherwise.
CREATE FUNCTION gate.look_after(c gate.context, p_key bigint, p_capacity text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO care.responsible (insured_key, organisation_id, account_id, recorded_by)
SELECT p_key, c.organisation_id, c.account_id, c.account_id
 WHERE p_capacity = 'plan' AND c.job_type IN ('care_manager', 'chief_care_manager')
ON CONFLICT (insured_key, organisation_id) WHERE ended_at IS NULL DO NOTHING
$$;

-- For one person or for many (a successor takes over); employment: whose, NULL: nobody's. Anybody of the office may say
-- so, for persons the office has in charge: no right rests on it. All or none.
CREATE FUNCTION gate.decide_assignment_entrust(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                               INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_keys bigint[] := ARRAY(SELECT DISTINCT k.key FROM unnest(gate.numbers(p -> 'keys')) AS k(key) ORDER BY k.key);
    v_employment bigint := (p ->> 'employment')::bigint;
    v_account bigint;
    v_key bigint;
BEGIN
    SELECT e.account_id INTO v_account FROM public.staff_employment AS e
     WHERE e.id = v_employment AND e.organisation_id = c.organisation_id
       AND e.starts_on <= c.today AND (e.ends_on IS NULL OR e.ends_on > c.today);
    refusal := CASE
        WHEN v_employment IS NOT NULL AND v_account IS NULL  THEN 'assignment:not_employed'
        WHEN cardinality(v_keys) NOT BETWEEN 1 AND 500       THEN 'assignment:none'
        WHEN NOT v_keys <@ gate.listable(c, '')
             OR c.organisation_kind = 'municipality'         THEN 'assignment:none' END;
    IF refusal IS NULL THEN
        FOREACH v_key IN ARRAY v_keys LOOP
            PERFORM gate.one_at_a_time('person ' || v_key);
            UPDATE care.responsible SET ended_at = c.now, ended_by = c.account_id
             WHERE insured_key = v_key AND organisation_id = c.organisation_id AND ended_at IS NULL
               AND account_id IS DISTINCT FROM v_account;
            INSERT INTO care.responsible (insured_key, organisation_id, account_id, recorded_by)
            SELECT v_key, c.organisation_id, v_account, c.account_id WHERE v_account IS NOT NULL
            ON CONFLICT (insured_key, organisation_id) WHERE ended_at IS NULL DO NOTHING;
        END LOOP;
    END IF;
    d.persons := CASE WHEN refusal IS NULL THEN v_keys ELSE '{}' END;
END $$;
