-- Generated from db/migrations by `make generate`; do not edit.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE FUNCTION public.keep_model_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    change record;
    kept bigint;
begin
    if tg_op = 'UPDATE' and (old.place_id, old.kind, old.type, old.versions) = (new.place_id, new.kind, new.type, new.versions) then
        return null;
    end if;
    for change in
        select place_id, type, sum(models) as models, sum(versions) as versions
        from (
            select old.place_id, old.type, -1 as models, -old.versions as versions where tg_op <> 'INSERT' and old.kind = 'model'
            union all
            select new.place_id, new.type, 1, new.versions where tg_op <> 'DELETE' and new.kind = 'model') c
        group by place_id, type
    loop
        select id into kept from model_counts where place_id = change.place_id and type = change.type limit 1 for update skip locked;
        if found then
            update model_counts set models = models + change.models, versions = versions + change.versions where id = kept;
        else
            insert into model_counts (place_id, type, models, versions) values (change.place_id, change.type, change.models, change.versions);
        end if;
    end loop;
    return null;
end $$;

CREATE FUNCTION public.keep_model_stages() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    case tg_table_name
    when 'collections' then
        perform keep_stages_of(new.id);
    when 'aliases' then
        if tg_op <> 'INSERT' then
            perform keep_stages_of(old.collection_id);
        end if;
        if tg_op <> 'DELETE' then
            perform keep_stages_of(new.collection_id);
        end if;
    when 'stages' then
        perform keep_stages_of(id) from collections where kind = 'model' and place_id in (old.place_id, new.place_id);
    end case;
    return null;
end $$;

CREATE FUNCTION public.keep_model_tags() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    delete from model_tags where collection_id = new.id and tag <> all (new.tags);
    insert into model_tags (place_id, tag, collection_id)
    select distinct new.place_id, tag, new.id from unnest(new.tags) as t (tag)
    on conflict do nothing;
    return null;
end $$;

CREATE FUNCTION public.keep_model_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into model_words (collection_id, words)
    values (new.id, lower(concat_ws(' ', new.name, new.type, array_to_string(new.tags, ' '), left(new.description, 4000))))
    on conflict (collection_id) do update set words = excluded.words
        where model_words.words <> excluded.words;
    return null;
end $$;

CREATE FUNCTION public.keep_run_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    change record;
    kept bigint;
begin
    if tg_op = 'UPDATE' and (old.place_id, old.state, old.deleted_at is null) = (new.place_id, new.state, new.deleted_at is null) then
        return null;
    end if;
    for change in
        select old.place_id, old.state, -1 as n where tg_op <> 'INSERT' and old.deleted_at is null
        union all
        select new.place_id, new.state, 1 where tg_op <> 'DELETE' and new.deleted_at is null
    loop
        select id into kept from run_counts where place_id = change.place_id and state = change.state limit 1 for update skip locked;
        if found then
            update run_counts set runs = runs + change.n where id = kept;
        else
            insert into run_counts (place_id, state, runs) values (change.place_id, change.state, change.n);
        end if;
    end loop;
    return null;
end $$;

CREATE FUNCTION public.keep_run_tags() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    delete from run_tags where run_id = new.id and (new.deleted_at is not null or place_id <> new.place_id or tag <> all (new.tags));
    insert into run_tags (place_id, tag, run_id)
    select distinct new.place_id, tag, new.id from unnest(new.tags) as t (tag) where new.deleted_at is null
    on conflict do nothing;
    return null;
end $$;

CREATE FUNCTION public.keep_run_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.deleted_at is not null then
        delete from run_words where run_id = new.id;
        return null;
    end if;
    insert into run_words (run_id, place_id, created_by, created_at, title, words)
    values (new.id, new.place_id, new.created_by, new.created_at, new.display_name, lower(concat_ws(' ', new.display_name, new.name,
        array_to_string(new.tags, ' '), new.group_name, new.job_type, left(new.notes, 1000))))
    on conflict (run_id) do update set place_id = excluded.place_id, title = excluded.title, words = excluded.words
        where (run_words.place_id, run_words.title, run_words.words) is distinct from (excluded.place_id, excluded.title, excluded.words);
    return null;
end $$;

CREATE FUNCTION public.keep_stages_of(model bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    delete from model_stages where collection_id = model;
    insert into model_stages (collection_id, stage, place_id, type)
    select c.id, coalesce(held.name, ''), c.place_id, c.type
    from collections c
    left join lateral (
        select a.name
        from aliases a
        join stages s on s.place_id = c.place_id and s.name = a.name
        where a.collection_id = c.id) held on true
    where c.id = model and c.kind = 'model';
end $$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

CREATE FUNCTION public.unsettle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.settled := false;
    update versions v set figure_keys = null, figure_values = null
    from artifacts a
    where a.run_id = new.run_id and v.artifact_id = a.id and v.figure_keys is not null;
    return new;
end $$;

CREATE TABLE public.aliases (
    id bigint NOT NULL,
    collection_id bigint NOT NULL,
    name text NOT NULL,
    version_id bigint NOT NULL,
    set_by bigint NOT NULL,
    set_at timestamp with time zone NOT NULL
);

ALTER TABLE public.aliases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.aliases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.api_keys (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    hint text NOT NULL,
    scope text NOT NULL,
    place_id bigint,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_key_scope CHECK ((scope = ANY (ARRAY['read'::text, 'log'::text, 'promote'::text, 'admin'::text])))
);

ALTER TABLE public.api_keys ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.artifact_client_ids (
    client_id text NOT NULL,
    artifact_id bigint NOT NULL
);

CREATE TABLE public.artifacts (
    id bigint NOT NULL,
    collection_id bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    digest text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    metadata json DEFAULT '{}'::json NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    aliases_wanted text[] DEFAULT '{}'::text[] NOT NULL,
    size bigint DEFAULT 0 NOT NULL,
    file_count bigint DEFAULT 0 NOT NULL,
    history_step bigint,
    ttl_seconds bigint DEFAULT 0 NOT NULL,
    run_id bigint,
    distributed_id text,
    base_id bigint,
    always_new boolean DEFAULT false NOT NULL,
    same_as bigint,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    committed_at timestamp with time zone,
    CONSTRAINT artifact_state CHECK ((state = ANY (ARRAY['pending'::text, 'committed'::text, 'deleted'::text]))),
    CONSTRAINT committed_when CHECK (((state = 'pending'::text) = (committed_at IS NULL))),
    CONSTRAINT same_when CHECK (((same_as IS NULL) OR (state = 'deleted'::text)))
);

ALTER TABLE public.artifacts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.artifacts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.blobs (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    sha256 bytea NOT NULL,
    md5 bytea NOT NULL,
    size bigint NOT NULL,
    made_at timestamp with time zone NOT NULL
);

ALTER TABLE public.blobs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.blobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.collection_client_ids (
    client_id text NOT NULL,
    collection_id bigint NOT NULL
);

CREATE TABLE public.collections (
    id bigint NOT NULL,
    place_id bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    next_number integer DEFAULT 0 NOT NULL,
    versions integer DEFAULT 0 NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT collection_kind CHECK ((kind = ANY (ARRAY['source'::text, 'model'::text])))
);

ALTER TABLE public.collections ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.collections_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.custom_charts (
    id bigint NOT NULL,
    entity_id bigint NOT NULL,
    name text NOT NULL,
    display_name text NOT NULL,
    type text NOT NULL,
    access text NOT NULL,
    spec text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT chart_access CHECK ((access = ANY (ARRAY['PRIVATE'::text, 'PUBLIC'::text])))
);

ALTER TABLE public.custom_charts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.custom_charts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.entities (
    id bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    organization_id bigint,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT entity_kind CHECK ((kind = ANY (ARRAY['person'::text, 'team'::text, 'organization'::text]))),
    CONSTRAINT only_teams_belong CHECK (((kind = 'team'::text) = (organization_id IS NOT NULL)))
);

ALTER TABLE public.entities ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.entities_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.event_subjects (
    kind text NOT NULL,
    subject_id bigint NOT NULL,
    event_id bigint NOT NULL
);

CREATE TABLE public.events (
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    place_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    actor text NOT NULL,
    door text NOT NULL,
    key_id bigint NOT NULL,
    name text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    payload json NOT NULL
);

ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.former_entity_names (
    name text NOT NULL,
    entity_id bigint NOT NULL,
    CONSTRAINT former_name_lower CHECK ((name = lower(name)))
);

CREATE TABLE public.former_model_names (
    place_id bigint NOT NULL,
    name text NOT NULL,
    collection_id bigint NOT NULL
);

CREATE TABLE public.history_blocks (
    run_id bigint NOT NULL,
    stream text NOT NULL,
    writer text DEFAULT ''::text NOT NULL,
    line0 bigint NOT NULL,
    n integer NOT NULL,
    step0 bigint,
    step1 bigint,
    raw bytea NOT NULL,
    CONSTRAINT block_not_empty CHECK ((n > 0)),
    CONSTRAINT block_stream CHECK ((stream = ANY (ARRAY['history'::text, 'events'::text, 'output'::text])))
);
ALTER TABLE ONLY public.history_blocks ALTER COLUMN raw SET STORAGE EXTERNAL;

CREATE TABLE public.invites (
    id bigint NOT NULL,
    token bytea NOT NULL,
    team_id bigint NOT NULL,
    role text NOT NULL,
    made_by bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_by bigint,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    for_whom text DEFAULT ''::text NOT NULL,
    CONSTRAINT invite_role CHECK ((role = ANY (ARRAY['viewer'::text, 'member'::text, 'admin'::text])))
);

ALTER TABLE public.invites ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.invites_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.lineage (
    run_id bigint NOT NULL,
    artifact_id bigint NOT NULL,
    direction text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT lineage_direction CHECK ((direction = ANY (ARRAY['made'::text, 'used'::text])))
);

CREATE TABLE public.manifest_entries (
    artifact_id bigint NOT NULL,
    path text NOT NULL,
    digest text NOT NULL,
    size bigint DEFAULT 0 NOT NULL,
    ref text,
    blob_id bigint,
    birth_id bigint,
    extra json
);

CREATE TABLE public.manifests (
    id bigint NOT NULL,
    artifact_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    md5 bytea,
    blob_id bigint,
    CONSTRAINT manifest_kind CHECK ((kind = ANY (ARRAY['full'::text, 'patch'::text, 'incremental'::text])))
);

ALTER TABLE public.manifests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.manifests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.media_chunks (
    run_id bigint NOT NULL,
    key text NOT NULL,
    writer text DEFAULT ''::text NOT NULL,
    line0 bigint NOT NULL,
    type text NOT NULL,
    steps bigint[] NOT NULL,
    lines bigint[] NOT NULL,
    CONSTRAINT media_step_has_line CHECK (((cardinality(steps) = cardinality(lines)) AND (cardinality(steps) > 0)))
);

CREATE TABLE public.members (
    entity_id bigint NOT NULL,
    person_id bigint NOT NULL,
    role text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT member_role CHECK ((role = ANY (ARRAY['viewer'::text, 'member'::text, 'admin'::text])))
);

CREATE TABLE public.metric_chunks (
    run_id bigint NOT NULL,
    key text NOT NULL,
    writer text DEFAULT ''::text NOT NULL,
    line0 bigint NOT NULL,
    lines integer NOT NULL,
    n integer NOT NULL,
    step0 bigint NOT NULL,
    stride bigint NOT NULL,
    steps bytea,
    vmin double precision,
    vmax double precision,
    odd integer DEFAULT 0 NOT NULL,
    agg bytea NOT NULL,
    v bytea NOT NULL,
    CONSTRAINT chunk_not_empty CHECK ((n > 0))
);
ALTER TABLE ONLY public.metric_chunks ALTER COLUMN v SET STORAGE EXTERNAL;

CREATE TABLE public.model_counts (
    id bigint NOT NULL,
    place_id bigint NOT NULL,
    type text NOT NULL,
    models bigint NOT NULL,
    versions bigint NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE public.model_counts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.model_counts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.model_stages (
    collection_id bigint NOT NULL,
    stage text NOT NULL,
    place_id bigint NOT NULL,
    type text NOT NULL
);

CREATE TABLE public.model_tags (
    place_id bigint NOT NULL,
    tag text NOT NULL,
    collection_id bigint NOT NULL
);

CREATE TABLE public.model_words (
    collection_id bigint NOT NULL,
    words text NOT NULL
);

CREATE TABLE public.people (
    id bigint NOT NULL,
    full_name text DEFAULT ''::text NOT NULL,
    email text,
    password text,
    admin boolean DEFAULT false NOT NULL,
    default_entity_id bigint NOT NULL
);

CREATE TABLE public.place_members (
    place_id bigint NOT NULL,
    member_id bigint NOT NULL,
    role text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT place_member_role CHECK ((role = ANY (ARRAY['restricted_viewer'::text, 'viewer'::text, 'member'::text, 'admin'::text])))
);

CREATE TABLE public.places (
    id bigint NOT NULL,
    entity_id bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    accepts text[] DEFAULT '{}'::text[] NOT NULL,
    everyone text DEFAULT ''::text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT everyone_role CHECK ((everyone = ANY (ARRAY[''::text, 'restricted_viewer'::text, 'viewer'::text, 'member'::text]))),
    CONSTRAINT place_kind CHECK ((kind = ANY (ARRAY['project'::text, 'registry'::text]))),
    CONSTRAINT projects_are_closed CHECK (((kind = 'registry'::text) OR (everyone = ''::text)))
);

ALTER TABLE public.places ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.places_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.run_counts (
    id bigint NOT NULL,
    place_id bigint NOT NULL,
    state text NOT NULL,
    runs bigint NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE public.run_counts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.run_counts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.run_files (
    run_id bigint NOT NULL,
    name text NOT NULL,
    id bigint NOT NULL,
    blob_id bigint NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

ALTER TABLE public.run_files ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.run_files_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.run_keys (
    id bigint NOT NULL,
    place_id bigint NOT NULL,
    name text NOT NULL
);

ALTER TABLE public.run_keys ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.run_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.run_progress (
    run_id bigint NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    summary text DEFAULT '{}'::text NOT NULL,
    history_lines bigint DEFAULT 0 NOT NULL,
    event_lines bigint DEFAULT 0 NOT NULL,
    output_lines bigint DEFAULT 0 NOT NULL,
    last_step bigint,
    warnings text[] DEFAULT '{}'::text[] NOT NULL,
    settled boolean DEFAULT false NOT NULL,
    metrics bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.run_tags (
    place_id bigint NOT NULL,
    tag text NOT NULL,
    run_id bigint NOT NULL
);

CREATE TABLE public.run_values (
    run_id bigint NOT NULL,
    key_id bigint NOT NULL,
    num double precision,
    text text,
    CONSTRAINT run_value_is_one CHECK (((num IS NULL) <> (text IS NULL)))
);

CREATE TABLE public.run_words (
    run_id bigint NOT NULL,
    place_id bigint NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    words text NOT NULL,
    title text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.runs (
    id bigint NOT NULL,
    place_id bigint NOT NULL,
    name text NOT NULL,
    display_name text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    group_name text DEFAULT ''::text NOT NULL,
    job_type text DEFAULT ''::text NOT NULL,
    host text DEFAULT ''::text NOT NULL,
    program text DEFAULT ''::text NOT NULL,
    commit text DEFAULT ''::text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    config text DEFAULT '{}'::text NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    exit_code integer,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    deleted_at timestamp with time zone,
    stop_asked_at timestamp with time zone,
    CONSTRAINT run_state CHECK ((state = ANY (ARRAY['running'::text, 'finished'::text, 'failed'::text, 'crashed'::text, 'killed'::text, 'preempting'::text, 'preempted'::text, 'pending'::text])))
);

ALTER TABLE public.runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.runs_without_media (
    run_id bigint NOT NULL
);

CREATE TABLE public.runs_without_values (
    run_id bigint NOT NULL
);

CREATE TABLE public.seals (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    from_xid xid8 NOT NULL,
    to_xid xid8 NOT NULL,
    events bigint NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL
);

ALTER TABLE public.seals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.seals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    token bytea NOT NULL,
    person_id bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL
);

ALTER TABLE public.sessions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sign_in_failures (
    name text NOT NULL,
    ip text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.sign_in_links (
    token bytea NOT NULL,
    person_id bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE public.stages (
    place_id bigint NOT NULL,
    name text NOT NULL,
    "position" integer NOT NULL,
    color text NOT NULL
);

CREATE TABLE public.stars (
    person_id bigint NOT NULL,
    collection_id bigint NOT NULL,
    starred_at timestamp with time zone NOT NULL
);

CREATE TABLE public.uploads (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    purpose text NOT NULL,
    artifact_id bigint,
    manifest_id bigint,
    run_id bigint,
    name text NOT NULL,
    md5 bytea,
    blob_id bigint,
    reserved_at timestamp with time zone NOT NULL,
    CONSTRAINT upload_purpose CHECK ((purpose = ANY (ARRAY['artifact file'::text, 'manifest'::text, 'run file'::text]))),
    CONSTRAINT upload_target CHECK ((((purpose = 'artifact file'::text) AND (artifact_id IS NOT NULL)) OR ((purpose = 'manifest'::text) AND (manifest_id IS NOT NULL)) OR ((purpose = 'run file'::text) AND (run_id IS NOT NULL))))
);

ALTER TABLE public.uploads ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.uploads_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.versions (
    id bigint NOT NULL,
    collection_id bigint NOT NULL,
    number integer NOT NULL,
    artifact_id bigint NOT NULL,
    linked_by bigint NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    figure_keys text[],
    figure_values double precision[]
);

ALTER TABLE public.versions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.visits (
    person_id bigint NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    seen_event bigint NOT NULL,
    since_at timestamp with time zone NOT NULL,
    since_event bigint NOT NULL
);

ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT alias_once UNIQUE (collection_id, name);

ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_key_sha256 UNIQUE (sha256);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.artifact_client_ids
    ADD CONSTRAINT artifact_client_ids_pkey PRIMARY KEY (client_id);

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blob_once_per_owner UNIQUE (owner_id, md5, size);

ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.collection_client_ids
    ADD CONSTRAINT collection_client_ids_pkey PRIMARY KEY (client_id);

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collection_name UNIQUE (place_id, name);

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.custom_charts
    ADD CONSTRAINT custom_charts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.entities
    ADD CONSTRAINT entities_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_subjects
    ADD CONSTRAINT event_subjects_pkey PRIMARY KEY (kind, subject_id, event_id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.former_entity_names
    ADD CONSTRAINT former_entity_names_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.former_model_names
    ADD CONSTRAINT former_model_names_pkey PRIMARY KEY (place_id, name);

ALTER TABLE ONLY public.history_blocks
    ADD CONSTRAINT history_blocks_pkey PRIMARY KEY (run_id, stream, writer, line0);

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invite_token UNIQUE (token);

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_pkey PRIMARY KEY (run_id, artifact_id, direction);

ALTER TABLE ONLY public.manifest_entries
    ADD CONSTRAINT manifest_entries_pkey PRIMARY KEY (artifact_id, path);

ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifest_name UNIQUE (artifact_id, name);

ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.media_chunks
    ADD CONSTRAINT media_chunks_pkey PRIMARY KEY (run_id, key, writer, line0);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (entity_id, person_id);

ALTER TABLE ONLY public.metric_chunks
    ADD CONSTRAINT metric_chunks_pkey PRIMARY KEY (run_id, key, writer, line0);

ALTER TABLE ONLY public.model_counts
    ADD CONSTRAINT model_counts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.model_stages
    ADD CONSTRAINT model_stages_pkey PRIMARY KEY (collection_id, stage);

ALTER TABLE ONLY public.model_tags
    ADD CONSTRAINT model_tags_pkey PRIMARY KEY (place_id, tag, collection_id);

ALTER TABLE ONLY public.model_words
    ADD CONSTRAINT model_words_pkey PRIMARY KEY (collection_id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.place_members
    ADD CONSTRAINT place_members_pkey PRIMARY KEY (place_id, member_id);

ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.run_counts
    ADD CONSTRAINT run_counts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.run_files
    ADD CONSTRAINT run_file_id UNIQUE (id);

ALTER TABLE ONLY public.run_files
    ADD CONSTRAINT run_files_pkey PRIMARY KEY (run_id, name);

ALTER TABLE ONLY public.run_keys
    ADD CONSTRAINT run_key_name UNIQUE (place_id, name);

ALTER TABLE ONLY public.run_keys
    ADD CONSTRAINT run_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT run_name UNIQUE (place_id, name);

ALTER TABLE ONLY public.run_progress
    ADD CONSTRAINT run_progress_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.run_tags
    ADD CONSTRAINT run_tags_pkey PRIMARY KEY (place_id, tag, run_id);

ALTER TABLE ONLY public.run_values
    ADD CONSTRAINT run_values_pkey PRIMARY KEY (run_id, key_id);

ALTER TABLE ONLY public.run_words
    ADD CONSTRAINT run_words_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.runs_without_media
    ADD CONSTRAINT runs_without_media_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.runs_without_values
    ADD CONSTRAINT runs_without_values_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.seals
    ADD CONSTRAINT seals_follow_each_other UNIQUE (from_xid);

ALTER TABLE ONLY public.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT session_token UNIQUE (token);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (token);

ALTER TABLE ONLY public.stages
    ADD CONSTRAINT stage_position UNIQUE (place_id, "position") DEFERRABLE;

ALTER TABLE ONLY public.stages
    ADD CONSTRAINT stages_pkey PRIMARY KEY (place_id, name);

ALTER TABLE ONLY public.stars
    ADD CONSTRAINT stars_pkey PRIMARY KEY (person_id, collection_id);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.versions
    ADD CONSTRAINT version_number UNIQUE (collection_id, number);

ALTER TABLE ONLY public.versions
    ADD CONSTRAINT version_once UNIQUE (collection_id, artifact_id);

ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (person_id);

CREATE INDEX aliases_by_trigram ON public.aliases USING gin (lower(name) public.gin_trgm_ops) WHERE (name <> 'latest'::text);

CREATE INDEX aliases_by_version ON public.aliases USING btree (version_id);

CREATE INDEX aliases_newest ON public.aliases USING btree (collection_id, set_at DESC, name);

CREATE INDEX aliases_set_last ON public.aliases USING btree (set_at DESC, id DESC) WHERE (name <> 'latest'::text);

CREATE INDEX api_keys_by_person ON public.api_keys USING btree (person_id);

CREATE INDEX artifact_client_ids_by_artifact ON public.artifact_client_ids USING btree (artifact_id);

CREATE INDEX artifacts_by_collection ON public.artifacts USING btree (collection_id, id DESC);

CREATE INDEX artifacts_by_digest ON public.artifacts USING btree (digest);

CREATE INDEX artifacts_by_run ON public.artifacts USING btree (run_id);

CREATE INDEX blobs_by_sha256 ON public.blobs USING btree (sha256);

CREATE UNIQUE INDEX chart_name ON public.custom_charts USING btree (entity_id, lower(name));

CREATE INDEX collection_client_ids_by_collection ON public.collection_client_ids USING btree (collection_id);

CREATE INDEX collections_changed ON public.collections USING btree (place_id, kind, changed_at DESC, id DESC) INCLUDE (versions);

CREATE INDEX entities_of_organization ON public.entities USING btree (organization_id);

CREATE UNIQUE INDEX entity_name ON public.entities USING btree (lower(name));

CREATE INDEX event_subjects_by_event ON public.event_subjects USING btree (event_id);

CREATE INDEX events_by_place ON public.events USING btree (place_id, id);

CREATE INDEX events_by_xid ON public.events USING btree (xid, id);

CREATE INDEX events_of_moved_runs ON public.events USING btree (((payload ->> 'from'::text))) WHERE (name = 'run.moved'::text);

CREATE INDEX former_model_names_by_model ON public.former_model_names USING btree (collection_id);

CREATE INDEX history_blocks_by_step ON public.history_blocks USING btree (run_id, stream, step0);

CREATE INDEX invites_by_team ON public.invites USING btree (team_id);

CREATE INDEX lineage_newest ON public.lineage USING btree (artifact_id, direction, run_id DESC);

CREATE INDEX manifest_entries_by_blob ON public.manifest_entries USING btree (blob_id, artifact_id);

CREATE INDEX members_by_person ON public.members USING btree (person_id);

CREATE INDEX metric_chunks_by_step ON public.metric_chunks USING btree (run_id, key, step0 DESC, line0 DESC);

CREATE INDEX model_counts_by_place ON public.model_counts USING btree (place_id, type);

CREATE INDEX model_stages_by_stage ON public.model_stages USING btree (stage, place_id, type, collection_id);

CREATE INDEX model_tags_by_collection ON public.model_tags USING btree (collection_id);

CREATE INDEX model_words_by_trigram ON public.model_words USING gin (words public.gin_trgm_ops);

CREATE INDEX models_by_change ON public.collections USING btree (place_id, type, changed_at, id) INCLUDE (name) WHERE (kind = 'model'::text);

CREATE INDEX models_by_creation ON public.collections USING btree (place_id, type, created_at, id) WHERE (kind = 'model'::text);

CREATE INDEX models_by_maker ON public.collections USING btree (place_id, created_by) WHERE (kind = 'model'::text);

CREATE INDEX models_by_name ON public.collections USING btree (place_id, type, lower(name), id) WHERE (kind = 'model'::text);

CREATE INDEX models_by_trigram ON public.collections USING gin (lower(name) public.gin_trgm_ops) WHERE (kind = 'model'::text);

CREATE INDEX models_by_versions ON public.collections USING btree (place_id, type, versions, id) WHERE (kind = 'model'::text);

CREATE INDEX models_newest ON public.collections USING btree (changed_at DESC, id DESC) INCLUDE (place_id, name) WHERE (kind = 'model'::text);

CREATE UNIQUE INDEX person_email ON public.people USING btree (lower(email));

CREATE INDEX place_members_by_member ON public.place_members USING btree (member_id);

CREATE UNIQUE INDEX place_name ON public.places USING btree (entity_id, kind, lower(name));

CREATE INDEX run_counts_by_place ON public.run_counts USING btree (place_id, state);

CREATE INDEX run_tags_by_run ON public.run_tags USING btree (run_id);

CREATE INDEX run_values_by_num ON public.run_values USING btree (key_id, num, run_id) WHERE (num IS NOT NULL);

CREATE INDEX run_values_by_text ON public.run_values USING btree (key_id, text COLLATE "C", run_id) WHERE (num IS NULL);

CREATE INDEX run_words_by_trigram ON public.run_words USING gin (words public.gin_trgm_ops);

CREATE INDEX run_words_newest ON public.run_words USING btree (place_id, created_at DESC, run_id DESC);

CREATE INDEX run_words_newest_of_all ON public.run_words USING btree (created_at DESC, run_id DESC);

CREATE INDEX runs_by_length ON public.runs USING btree (place_id, ((ended_at - created_at)), id) WHERE ((deleted_at IS NULL) AND (ended_at IS NOT NULL));

CREATE INDEX runs_by_state ON public.runs USING btree (place_id, state, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX runs_by_title ON public.runs USING btree (place_id, lower(display_name) COLLATE "C", id) WHERE (deleted_at IS NULL);

CREATE INDEX runs_in_place ON public.runs USING btree (place_id, id DESC) INCLUDE (state, created_by, created_at, ended_at, group_name, job_type) WHERE (deleted_at IS NULL);

CREATE INDEX runs_live ON public.runs USING btree (id) WHERE ((state = ANY (ARRAY['running'::text, 'preempting'::text])) AND (deleted_at IS NULL));

CREATE INDEX runs_newest ON public.runs USING btree (place_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX sessions_by_person ON public.sessions USING btree (person_id);

CREATE INDEX sign_in_failures_by_ip ON public.sign_in_failures USING btree (ip, at);

CREATE INDEX sign_in_failures_by_name ON public.sign_in_failures USING btree (name, at);

CREATE INDEX sources_by_trigram ON public.collections USING gin (lower(((name || ' '::text) || type)) public.gin_trgm_ops) WHERE ((kind = 'source'::text) AND (NOT ((type = ANY ('{job,code,run_table}'::text[])) OR (type ~~ 'wandb-%'::text))));

CREATE INDEX sources_newest ON public.collections USING btree (changed_at DESC, id DESC) WHERE ((kind = 'source'::text) AND (NOT ((type = ANY ('{job,code,run_table}'::text[])) OR (type ~~ 'wandb-%'::text))));

CREATE INDEX stars_by_collection ON public.stars USING btree (collection_id);

CREATE INDEX uploads_by_age ON public.uploads USING btree (reserved_at);

CREATE INDEX uploads_by_artifact ON public.uploads USING btree (artifact_id, md5);

CREATE INDEX versions_by_artifact ON public.versions USING btree (artifact_id);

CREATE INDEX versions_unsettled ON public.versions USING btree (id) WHERE (figure_keys IS NULL);

CREATE TRIGGER event_subjects_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.event_subjects FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER model_counts_kept AFTER INSERT OR DELETE OR UPDATE OF place_id, kind, type, versions ON public.collections FOR EACH ROW EXECUTE FUNCTION public.keep_model_counts();

CREATE TRIGGER model_tags_kept AFTER INSERT OR UPDATE OF tags ON public.collections FOR EACH ROW WHEN ((new.kind = 'model'::text)) EXECUTE FUNCTION public.keep_model_tags();

CREATE TRIGGER model_words_kept AFTER INSERT OR UPDATE OF name, type, tags, description ON public.collections FOR EACH ROW WHEN ((new.kind = 'model'::text)) EXECUTE FUNCTION public.keep_model_words();

CREATE TRIGGER progress_unsettles BEFORE UPDATE ON public.run_progress FOR EACH ROW WHEN ((old.settled AND new.settled)) EXECUTE FUNCTION public.unsettle();

CREATE TRIGGER run_counts_kept AFTER INSERT OR DELETE OR UPDATE OF place_id, state, deleted_at ON public.runs FOR EACH ROW EXECUTE FUNCTION public.keep_run_counts();

CREATE TRIGGER run_tags_kept AFTER INSERT OR UPDATE OF place_id, tags, deleted_at ON public.runs FOR EACH ROW EXECUTE FUNCTION public.keep_run_tags();

CREATE TRIGGER run_words_kept AFTER INSERT OR UPDATE OF place_id, display_name, tags, group_name, job_type, notes, deleted_at ON public.runs FOR EACH ROW EXECUTE FUNCTION public.keep_run_words();

CREATE TRIGGER seals_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.seals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER stages_held_kept AFTER INSERT OR DELETE OR UPDATE OF collection_id, name ON public.aliases FOR EACH ROW EXECUTE FUNCTION public.keep_model_stages();

CREATE TRIGGER stages_of_model_kept AFTER INSERT OR UPDATE OF place_id, kind, type ON public.collections FOR EACH ROW EXECUTE FUNCTION public.keep_model_stages();

CREATE TRIGGER stages_of_registry_kept AFTER INSERT OR DELETE OR UPDATE OF place_id, name ON public.stages FOR EACH ROW EXECUTE FUNCTION public.keep_model_stages();

ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id);

ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.artifact_client_ids
    ADD CONSTRAINT artifact_client_ids_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES public.artifacts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_base_id_fkey FOREIGN KEY (base_id) REFERENCES public.artifacts(id);

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id);

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_same_as_fkey FOREIGN KEY (same_as) REFERENCES public.artifacts(id);

ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.entities(id);

ALTER TABLE ONLY public.collection_client_ids
    ADD CONSTRAINT collection_client_ids_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id);

ALTER TABLE ONLY public.custom_charts
    ADD CONSTRAINT custom_charts_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES public.entities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.entities
    ADD CONSTRAINT entities_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.entities(id);

ALTER TABLE ONLY public.former_entity_names
    ADD CONSTRAINT former_entity_names_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES public.entities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.former_model_names
    ADD CONSTRAINT former_model_names_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.former_model_names
    ADD CONSTRAINT former_model_names_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.history_blocks
    ADD CONSTRAINT history_blocks_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_made_by_fkey FOREIGN KEY (made_by) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.entities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_used_by_fkey FOREIGN KEY (used_by) REFERENCES public.people(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES public.artifacts(id);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);

ALTER TABLE ONLY public.manifest_entries
    ADD CONSTRAINT manifest_entries_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES public.artifacts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.manifest_entries
    ADD CONSTRAINT manifest_entries_blob_id_fkey FOREIGN KEY (blob_id) REFERENCES public.blobs(id);

ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES public.artifacts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_blob_id_fkey FOREIGN KEY (blob_id) REFERENCES public.blobs(id);

ALTER TABLE ONLY public.media_chunks
    ADD CONSTRAINT media_chunks_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES public.entities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.metric_chunks
    ADD CONSTRAINT metric_chunks_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.model_counts
    ADD CONSTRAINT model_counts_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id);

ALTER TABLE ONLY public.model_stages
    ADD CONSTRAINT model_stages_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.model_tags
    ADD CONSTRAINT model_tags_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.model_words
    ADD CONSTRAINT model_words_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_default_entity_id_fkey FOREIGN KEY (default_entity_id) REFERENCES public.entities(id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_id_fkey FOREIGN KEY (id) REFERENCES public.entities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.place_members
    ADD CONSTRAINT place_members_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.entities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.place_members
    ADD CONSTRAINT place_members_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES public.entities(id);

ALTER TABLE ONLY public.run_counts
    ADD CONSTRAINT run_counts_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id);

ALTER TABLE ONLY public.run_files
    ADD CONSTRAINT run_files_blob_id_fkey FOREIGN KEY (blob_id) REFERENCES public.blobs(id);

ALTER TABLE ONLY public.run_files
    ADD CONSTRAINT run_files_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.run_keys
    ADD CONSTRAINT run_keys_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id);

ALTER TABLE ONLY public.run_progress
    ADD CONSTRAINT run_progress_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.run_tags
    ADD CONSTRAINT run_tags_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.run_values
    ADD CONSTRAINT run_values_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.run_keys(id);

ALTER TABLE ONLY public.run_values
    ADD CONSTRAINT run_values_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.run_words
    ADD CONSTRAINT run_words_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id);

ALTER TABLE ONLY public.runs_without_media
    ADD CONSTRAINT runs_without_media_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.runs_without_values
    ADD CONSTRAINT runs_without_values_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stages
    ADD CONSTRAINT stages_place_id_fkey FOREIGN KEY (place_id) REFERENCES public.places(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stars
    ADD CONSTRAINT stars_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stars
    ADD CONSTRAINT stars_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES public.artifacts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_blob_id_fkey FOREIGN KEY (blob_id) REFERENCES public.blobs(id);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_manifest_id_fkey FOREIGN KEY (manifest_id) REFERENCES public.manifests(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.entities(id);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES public.artifacts(id);

ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id);

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;
