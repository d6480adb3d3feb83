-- Sessions that end ---------------------------------------------------------------------------------------------------

-- Take sessions away, and by the foreign key what pages remember of them.
CREATE FUNCTION gate.end_sessions(p_keys text[]) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH gone AS (DELETE FROM public.staff_session AS s WHERE s.session_key = ANY (p_keys) RETURNING 1)
    SELECT count(*)::integer FROM gone;
END;
