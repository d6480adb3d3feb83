-- What a caller could set for its own connection does not reach into a function that runs as its owner. Run after the
-- functions are put in place; a function more needs nothing more.
DO $$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN SELECT p.oid FROM pg_proc AS p WHERE p.pronamespace = 'gate'::regnamespace AND p.prosecdef LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp'
                       ' SET standard_conforming_strings = on SET debug_print_parse = off'
                       ' SET debug_print_rewritten = off SET debug_print_plan = off SET "DateStyle" = ISO, YMD'
                       ' SET plan_cache_mode = force_generic_plan', v_routine);
    END LOOP;
END $$;
