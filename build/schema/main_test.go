package main

import "testing"

func TestTidyLeavesOnlyTheSchema(t *testing.T) {
	t.Parallel()
	const dump = `--
-- PostgreSQL database dump
--

\restrict 7cD0

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: refuse(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- a reason of ours
  raise exception 'no';
end $$;


--
-- Name: entities; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.entities (
    id bigint NOT NULL
);

--
-- PostgreSQL database dump complete
--

\unrestrict 7cD0
`
	const want = "-- Generated from db/migrations by `make generate`; do not edit." + `

CREATE FUNCTION public.refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- a reason of ours
  raise exception 'no';
end $$;

CREATE TABLE public.entities (
    id bigint NOT NULL
);
`
	if got := string(tidy([]byte(dump))); got != want {
		t.Errorf("got\n%s", got)
	}
}
