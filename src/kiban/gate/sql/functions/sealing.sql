-- Sealing: what the sealer may know besides the rows' places and leaves. ----------------------------------------------

-- Whose transaction numbers these are: a dump restored elsewhere has others.
CREATE FUNCTION gate.cluster() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT s.system_identifier FROM pg_control_system() AS s);
