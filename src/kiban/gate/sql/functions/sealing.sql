-- Sealing: what the sealer may know besides the rows' places and leaves. ----------------------------------------------

-- Whose transaction numbers these are: a dump restored elsewhere has others.
CREATE FUNCTION gate.cluster() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT s.system_identifier FROM pg_control_system() AS s);

-- Whether opening is to wait until the log is sealed again (never where nobody asked for it: good_until is null).
CREATE FUNCTION gate.is_unsealed(p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT 1 FROM gate.sealing AS s WHERE s.good_until < p_now);
