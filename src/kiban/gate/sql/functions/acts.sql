-- 7 Consent, identity, relation: written through the same door -----------------------------------------------------------
-- Each returns 'ok' or the answer that stood in the way ('account:left', 'relation:none', …) and is an entry of the
-- log either way. The account that recorded it comes from the session.

CREATE FUNCTION gate.note(p_action text, c gate.context, p_key bigint, p_refusal text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log := gate.log_row(p_action, c, p_key);
BEGIN
    r.outcome := CASE WHEN p_refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    r.decisions := ARRAY[CASE WHEN p_refusal IS NULL THEN '+' ELSE '-' END || p_action || '|'
                         || coalesce(p_refusal, '')];
    PERFORM gate.write_log(r);
    RETURN coalesce(p_refusal, 'ok');
END $$;

-- What stands in the way of acting for a person: the caller's standing, then the relation (or being the insurer).
CREATE FUNCTION gate.hindrance(c gate.context, p_key bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF c.standing <> '{}' THEN
        RETURN c.standing[1];
    END IF;
    IF c.organisation_kind = 'municipality' THEN
        RETURN CASE WHEN c.organisation_number <> care.insurer_no(p_key) THEN 'relation:other_insurer' END;
    END IF;
    RETURN (SELECT CASE d.relation WHEN 'ok' THEN NULL ELSE 'relation:' || d.relation END
              FROM gate.decide(p_key, ARRAY['person.any'], c.organisation_id, c.organisation_kind, c.organisation_number,
                               c.parties, c.job_type, c.matrix, c.today, c.now) AS d);
END $$;

CREATE FUNCTION gate.give_consent(p_session text, p_certificate text, p_key bigint, p_purpose text, p_given_on date,
                                  p_text_version text, p_signer text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
BEGIN
    IF v_refusal IS NULL AND (p_given_on IS NULL OR p_given_on > c.today) THEN
        v_refusal := 'consent:date_in_future';
    END IF;
    IF v_refusal IS NULL AND p_signer NOT IN ('self', 'scribe', 'legal_agent', 'voluntary_agent', 'family') THEN
        v_refusal := 'consent:unknown_signer';
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by, organisation_id, recorded_by)
        VALUES (p_key, p_given_on, p_text_version, p_signer,
                CASE c.organisation_kind WHEN 'municipality' THEN 'municipality' ELSE 'office' END,
                c.organisation_id, c.account_id)
        ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING;
    END IF;
    RETURN gate.note('consent:give', c, p_key, v_refusal);
END $$;

CREATE FUNCTION gate.withdraw_consent(p_session text, p_certificate text, p_key bigint, p_purpose text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.consent SET withdrawn_at = c.now, withdrawn_by = c.account_id, withdrawn_org = c.organisation_id
         WHERE insured_key = p_key AND withdrawn_at IS NULL;
        IF NOT FOUND THEN
            v_refusal := 'consent:none';
        END IF;
    END IF;
    RETURN gate.note('consent:withdraw', c, p_key, v_refusal);
END $$;

-- 本人確認 and 担当 in one act: the office states the four identifying items; a mismatch tells nothing but that.
-- After ten misses in ten minutes an account must wait: the door is not for guessing.
CREATE FUNCTION gate.register_relation(p_session text, p_certificate text, p_purpose text, p_insurer_no text,
                                       p_insured_no text, p_birth date, p_sex text, p_method text,
                                       p_capacity text, p_viewing_from date, p_viewing_to date,
                                       OUT result text, OUT insured_key bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
    v_key bigint;
BEGIN
    IF v_refusal IS NULL AND (c.organisation_kind <> 'office' OR p_capacity NOT IN ('plan', 'service')
            OR (p_capacity = 'plan' AND NOT 'care_management' = ANY (c.parties))) THEN
        v_refusal := 'relation:other_capacity';
    END IF;
    IF v_refusal IS NULL AND (p_method IS NULL OR p_method NOT IN ('card', 'four_items', 'visual')) THEN
        v_refusal := 'relation:unknown_method';
    END IF;
    IF v_refusal IS NULL AND (p_viewing_from IS NULL OR p_viewing_to <= p_viewing_from
                              OR p_viewing_to <= c.today) THEN
        v_refusal := 'relation:bad_period';
    END IF;
    IF v_refusal IS NULL AND (SELECT count(*) FROM care.access_log AS x
                               WHERE x.insured_key = 0 AND x.at > c.now - interval '10 minutes'
                                 AND x.action = 'relation:register' AND x.account_id = c.account_id) >= 10 THEN
        v_refusal := 'relation:too_many_misses';
    END IF;
    IF v_refusal IS NULL THEN
        IF p_insurer_no ~ '^[0-9]{6}$' AND p_insured_no ~ '^[0-9H][0-9]{9}$' THEN
            SELECT p.insured_key INTO v_key FROM care.person AS p
             WHERE p.insured_key = care.insured_key(p_insurer_no, p_insured_no)
               AND p.birth = p_birth AND p.sex = p_sex;
        END IF;
        IF v_key IS NULL THEN
            v_refusal := 'relation:no_match';
        END IF;
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.identity AS d (insured_key, organisation_id, confirmed_on, method, recorded_by)
        VALUES (v_key, c.organisation_id, c.today, p_method, c.account_id)
        ON CONFLICT DO NOTHING;
        INSERT INTO care.relation AS l (insured_key, organisation_id, capacity, viewing_from, viewing_to, recorded_by)
        VALUES (v_key, c.organisation_id, p_capacity, p_viewing_from, p_viewing_to, c.account_id)
        ON CONFLICT DO NOTHING;
    END IF;
    result := gate.note('relation:register', c, coalesce(v_key, 0), v_refusal);
    insured_key := v_key;
END $$;

CREATE FUNCTION gate.end_relation(p_session text, p_certificate text, p_key bigint, p_purpose text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.relation AS l SET ended_at = c.now, ended_by = c.account_id
         WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.ended_at IS NULL
           AND (l.viewing_to IS NULL OR l.viewing_to > c.today);
        IF NOT FOUND THEN
            v_refusal := 'relation:none';
        END IF;
    END IF;
    RETURN gate.note('relation:end', c, p_key, v_refusal);
END $$;
