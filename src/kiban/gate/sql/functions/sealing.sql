-- Sealing: what the sealer may know besides the rows' places and leaves. ----------------------------------------------

-- Whose transaction numbers these are: a dump restored elsewhere has others.
CREATE FUNCTION gate.cluster() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT s.system_identifier FROM pg_control_system() AS s);

-- What this installation has vouched for as a witness (tlog-witness): nothing, or size and root.
CREATE FUNCTION gate.witnessed_head(p_origin text, OUT size bigint, OUT root bytea) RETURNS record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT ROW(w.size, w.root) FROM gate.witnessed AS w WHERE w.origin = p_origin);

-- Remember a head before it is vouched for. False: somebody else was faster. A log never grows smaller here.
CREATE FUNCTION gate.witness(p_origin text, p_old bigint, p_size bigint, p_root bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_size < p_old OR length(p_root) <> 32 OR length(p_origin) > 300 THEN
        RETURN false;
    END IF;
    IF p_old = 0 THEN
        INSERT INTO gate.witnessed (origin, size, root, seen_at) VALUES (p_origin, p_size, p_root, now())
        ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, seen_at = now()
         WHERE witnessed.size = 0;
    ELSE
        UPDATE gate.witnessed AS w SET size = p_size, root = p_root, seen_at = now()
         WHERE w.origin = p_origin AND w.size = p_old;
    END IF;
    RETURN FOUND;
END $$;
