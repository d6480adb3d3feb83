-- Papers an office hid as 登録のまちがい, for the insurer --------------------------------------------------------------
-- An office says whose paper it was; that there was one stays known to the municipality, in whose place it was kept.

-- Of one insurer's insured, since a moment.
CREATE FUNCTION gate.hidden_papers(p_number text, p_since timestamptz) RETURNS SETOF care.correction
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT x.* FROM care.correction AS x
 WHERE x.subject = 'scan' AND x.recorded_at >= p_since AND care.insurer_no(x.insured_key) = p_number
$$;

-- How many in the last 30 days, for 今日: a number, nobody's name. NULL for whoever is no municipality.
CREATE FUNCTION gate.own_hidden_papers(p_session text, p_certificate text, p_purpose text) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF c.standing = '{}' AND c.organisation_kind = 'municipality' THEN
        RETURN (SELECT count(*)::integer
                  FROM gate.hidden_papers(c.organisation_number, c.now - interval '30 days'));
    END IF;
    RETURN NULL;
END $$;

-- Whose, by which office and why: of the last year, the newest first, at most 500.
CREATE FUNCTION gate.decide_scan_hidden(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                        INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := CASE WHEN c.organisation_kind <> 'municipality' THEN 'role:not_insurer' END;
    IF refusal IS NULL THEN
        SELECT coalesce(array_agg(DISTINCT x.insured_key), '{}'), coalesce(array_agg(x.id), '{}')
          INTO d.persons, d.numbers
          FROM (SELECT h.insured_key, h.id
                  FROM gate.hidden_papers(c.organisation_number, c.now - interval '1 year') AS h
                 ORDER BY h.recorded_at DESC, h.id DESC LIMIT 500) AS x;
    END IF;
END $$;

CREATE FUNCTION gate.answer_scan_hidden(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('papers', coalesce(json_agg(json_build_object(
           'key', x.insured_key, 'name', p.name, 'kana', p.kana, 'organisation', o.name, 'reason', x.reason,
           'recorded_at', x.recorded_at) ORDER BY x.recorded_at DESC, x.id DESC), '[]'))
  FROM care.correction AS x
  JOIN care.person AS p ON p.insured_key = x.insured_key
  LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
 WHERE x.insured_key = ANY (d.persons) AND x.id = ANY (d.numbers) AND x.subject = 'scan'
$$;
