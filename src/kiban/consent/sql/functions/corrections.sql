-- 登録のまちがい: what was recorded of a consent, a refusal, a withdrawal or a paper, and never was so -------------------
-- Only by the organisation that took it. What the mistake had ended is in force again, as if it had not happened.

-- Whose fact it is to correct: of a municipal file the office's it names, else (NULL) the insurer's.
CREATE FUNCTION gate.may_correct(c gate.context, p_organisation bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(p_organisation = c.organisation_id, c.organisation_kind = 'municipality');

-- A consent stands again as before it was taken back. Not where another was given since, or a refusal stands.
CREATE FUNCTION gate.restore_consent(p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE care.consent AS x
       SET withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_org = NULL, withdrawn_load_id = NULL,
           withdrawn_on = NULL, withdrawn_signer = NULL, withdrawn_signer_name = '', withdrawn_witness = '',
           withdrawn_channel = NULL, withdrawn_note = ''
     WHERE x.insured_key = p_key AND x.id = p_number AND x.mistaken_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM care.consent AS o WHERE o.insured_key = p_key AND o.withdrawn_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM care.refusal AS o WHERE o.insured_key = p_key AND o.ended_at IS NULL);
    RETURN FOUND;
END $$;

CREATE FUNCTION gate.correct_consent(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_refusal bigint;
BEGIN
    UPDATE care.consent AS x SET mistaken_at = c.now, withdrawn_at = least(x.withdrawn_at, c.now)
     WHERE x.insured_key = p_key AND x.id = p_number AND x.mistaken_at IS NULL
       AND gate.may_correct(c, x.organisation_id)
    RETURNING x.ended_refusal INTO v_refusal;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE care.refusal AS r SET ended_at = NULL
     WHERE r.insured_key = p_key AND r.id = v_refusal AND r.mistaken_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM care.refusal AS o WHERE o.insured_key = p_key AND o.ended_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM care.consent AS o
                        WHERE o.insured_key = p_key AND o.id > p_number AND o.mistaken_at IS NULL);
    RETURN true;
END $$;

CREATE FUNCTION gate.correct_refusal(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_consent bigint;
BEGIN
    UPDATE care.refusal AS x SET mistaken_at = c.now, ended_at = least(x.ended_at, c.now)
     WHERE x.insured_key = p_key AND x.id = p_number AND x.mistaken_at IS NULL
       AND x.organisation_id = c.organisation_id
    RETURNING x.ended_consent INTO v_consent;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM gate.restore_consent(p_key, v_consent);
    RETURN true;
END $$;

-- A withdrawal that was the other half of a refusal is taken back with that.
CREATE FUNCTION gate.correct_withdrawal(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(bool_or(gate.restore_consent(p_key, x.id)), false)
  FROM care.consent AS x
 WHERE x.insured_key = p_key AND x.id = p_number AND x.withdrawn_at IS NOT NULL AND x.mistaken_at IS NULL
   AND gate.may_correct(c, x.withdrawn_org) AND x.withdrawn_load_id IS NULL  -- a word of a file is mended by a file
   AND NOT EXISTS (SELECT 1 FROM care.refusal AS r
                    WHERE r.insured_key = p_key AND r.ended_consent = x.id AND r.mistaken_at IS NULL)
$$;

CREATE FUNCTION gate.correct_other(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE care.other_consent AS x SET mistaken_at = c.now, withdrawn_at = least(x.withdrawn_at, c.now)
     WHERE x.insured_key = p_key AND x.id = p_number AND x.mistaken_at IS NULL
       AND x.organisation_id = c.organisation_id;
    RETURN FOUND;
END $$;

-- p: subject (consent, withdrawal, refusal, other), number, reason.
CREATE FUNCTION gate.decide_consent_correct(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                            INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_subject text := p ->> 'subject';
    p_number bigint := (p ->> 'number')::bigint;
    v_reason text := gate.written(p ->> 'reason');
    v_was jsonb;
    v_done boolean;
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key), CASE WHEN v_reason = '' THEN 'consent:no_reason' END);
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        v_was := CASE WHEN p_subject = 'withdrawal' THEN (
            SELECT jsonb_build_object('withdrawn_at', x.withdrawn_at, 'withdrawn_on', x.withdrawn_on,
                                      'withdrawn_signer', x.withdrawn_signer, 'withdrawn_by', x.withdrawn_by,
                                      'withdrawn_signer_name', x.withdrawn_signer_name,
                                      'withdrawn_witness', x.withdrawn_witness, 'withdrawn_org', x.withdrawn_org,
                                      'withdrawn_channel', x.withdrawn_channel, 'withdrawn_note', x.withdrawn_note)
              FROM care.consent AS x WHERE x.insured_key = p_key AND x.id = p_number) END;
        v_done := CASE p_subject WHEN 'consent'    THEN gate.correct_consent(c, p_key, p_number)
                                 WHEN 'withdrawal' THEN gate.correct_withdrawal(c, p_key, p_number)
                                 WHEN 'refusal'    THEN gate.correct_refusal(c, p_key, p_number)
                                 WHEN 'other'      THEN gate.correct_other(c, p_key, p_number)
                                 ELSE false END;
        IF v_done THEN
            PERFORM gate.settle_consent(p_key);  -- what the files say stands where the mistake stood in its way
            PERFORM gate.note_correction(p_key, p_subject, p_number, v_reason, v_was, c.organisation_id, c.account_id);
        ELSE
            refusal := 'consent:none';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;

-- A paper of somebody else: nobody opens it any more, and the insurer sees that it was there. p: number, reason.
CREATE FUNCTION gate.decide_scan_correct(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_number bigint := (p ->> 'number')::bigint;
    v_reason text := gate.written(p ->> 'reason');
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key), CASE WHEN v_reason = '' THEN 'consent:no_reason' END);
    IF refusal IS NULL THEN
        UPDATE care.scan AS x SET mistaken_at = c.now
         WHERE x.insured_key = p_key AND x.id = p_number AND x.organisation_id = c.organisation_id
           AND x.mistaken_at IS NULL;
        IF FOUND THEN
            PERFORM gate.note_correction(p_key, 'scan', p_number, v_reason, NULL, c.organisation_id, c.account_id);
        ELSE
            refusal := 'consent:none';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
END $$;
