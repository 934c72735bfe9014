-- What training leaves behind, and where it stands.

-- +goose Up

create table runs (
    id           bigint generated always as identity primary key,
    place_id     bigint not null references places,
    name         text not null,
    display_name text not null default '',
    notes        text not null default '',
    group_name   text not null default '',
    job_type     text not null default '',
    host         text not null default '',
    program      text not null default '',
    commit       text not null default '',
    tags         text[] not null default '{}',
    config       text not null default '{}',
    state        text not null default 'running' constraint run_state check (state in
                     ('running', 'finished', 'failed', 'crashed', 'killed', 'preempting', 'preempted', 'pending')),
    exit_code    int,
    created_by   bigint not null,
    created_at   timestamptz not null,
    ended_at     timestamptz,
    deleted_at   timestamptz,
    -- Set when somebody asks the script to stop; it hears of it on its next request.
    stop_asked_at timestamptz,
    -- A deleted run keeps its name, so that a script that still logs to it is told so.
    constraint run_name unique (place_id, name)
);
create index runs_newest on runs (place_id, created_at desc, id desc) where deleted_at is null;
create index runs_live on runs (id) where state in ('running', 'preempting') and deleted_at is null;
-- Pages count runs by state, from this index alone, and list those in one.
create index runs_by_state on runs (place_id, state, created_at desc, id desc) where deleted_at is null;

-- What a search for runs looks through besides the name of who made them, in
-- lower case. Apart from the runs, whose rows are wide.
create table run_words (
    run_id     bigint primary key references runs on delete cascade,
    place_id   bigint not null,
    created_by bigint not null,
    created_at timestamptz not null,
    words      text not null
);
create index run_words_newest on run_words (place_id, created_at desc, run_id desc);

-- +goose StatementBegin
create function keep_run_words() returns trigger language plpgsql as $$
begin
    if new.deleted_at is not null then
        delete from run_words where run_id = new.id;
        return null;
    end if;
    insert into run_words (run_id, place_id, created_by, created_at, words)
    values (new.id, new.place_id, new.created_by, new.created_at, lower(concat_ws(' ', new.display_name, new.name,
        array_to_string(new.tags, ' '), new.group_name, new.job_type, left(new.notes, 1000))))
    on conflict (run_id) do update set words = excluded.words
        where run_words.words <> excluded.words;
    return null;
end $$;
-- +goose StatementEnd

create trigger run_words_kept after insert or update of display_name, tags, group_name, job_type, notes, deleted_at on runs
    for each row execute function keep_run_words();

-- What changes on every request of a live run, kept apart so that the wide row
-- above is not rewritten each time. config and summary are text: W&B's JSON holds
-- NaN and Infinity, which Postgres refuses.
create table run_progress (
    run_id        bigint primary key references runs on delete cascade,
    heartbeat_at  timestamptz not null,
    summary       text not null default '{}',
    history_lines bigint not null default 0,
    event_lines   bigint not null default 0,
    output_lines  bigint not null default 0,
    last_step     bigint,
    warnings      text[] not null default '{}'
) with (fillfactor = 50);

-- The client's lines [line0, line0 + n) of one stream, verbatim, compressed.
-- The truth about a run; metric_chunks is an index made from it.
create table history_blocks (
    run_id bigint not null references runs on delete cascade,
    stream text not null constraint block_stream check (stream in ('history', 'events', 'output')),
    writer text not null default '',
    line0  bigint not null,
    n      int not null constraint block_not_empty check (n > 0),
    step0  bigint,
    step1  bigint,
    raw    bytea not null,
    primary key (run_id, stream, writer, line0)
);
alter table history_blocks alter column raw set storage external;
create index history_blocks_by_step on history_blocks (run_id, stream, step0);

-- The n values of one key in the lines [line0, line0 + lines): float64 little
-- endian in v; min and max pairs per 32 points in agg; steps step0, step0 + stride,
-- … or, where they are uneven, int64 little endian in steps with stride 0. odd
-- counts the values that agg cannot hold: not finite, or beyond float32.
create table metric_chunks (
    run_id bigint not null references runs on delete cascade,
    key    text not null,
    writer text not null default '',
    line0  bigint not null,
    lines  int not null,
    n      int not null constraint chunk_not_empty check (n > 0),
    step0  bigint not null,
    stride bigint not null,
    steps  bytea,
    vmin   double precision,
    vmax   double precision,
    odd    int not null default 0,
    agg    bytea not null,
    v      bytea not null,
    primary key (run_id, key, writer, line0)
);
alter table metric_chunks alter column v set storage external;
-- What a metric was at a step, however long the run went on.
create index metric_chunks_by_step on metric_chunks (run_id, key, step0 desc, line0 desc);

-- Bytes that arrived, once per owner: knowing a digest is not owning the file.
create table blobs (
    id       bigint generated always as identity primary key,
    owner_id bigint not null references entities,
    sha256   bytea not null,
    md5      bytea not null,
    size     bigint not null,
    made_at  timestamptz not null,
    constraint blob_once_per_owner unique (owner_id, md5, size)
);
create index blobs_by_sha256 on blobs (sha256);

create table run_files (
    run_id     bigint not null references runs on delete cascade,
    name       text not null,
    id         bigint generated always as identity constraint run_file_id unique,
    blob_id    bigint not null references blobs,
    updated_at timestamptz not null,
    primary key (run_id, name)
);

-- Sources and registered models. A name stands for one of them in a place,
-- whatever its type.
create table collections (
    id          bigint generated always as identity primary key,
    place_id    bigint not null references places,
    kind        text not null constraint collection_kind check (kind in ('source', 'model')),
    name        text not null,
    type        text not null,
    description text not null default '',
    tags        text[] not null default '{}',
    next_number int not null default 0,
    -- How many versions stand here now: lists tell it of thousands of collections
    -- at once. Whoever adds or removes a version holds this row anyway.
    versions    int not null default 0,
    created_by  bigint not null,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    constraint collection_name unique (place_id, name)
);
create index collections_changed on collections (place_id, kind, changed_at desc, id desc) include (versions);

create table artifacts (
    id             bigint generated always as identity primary key,
    collection_id  bigint not null references collections,
    state          text not null default 'pending' constraint artifact_state check (state in ('pending', 'committed', 'deleted')),
    digest         text not null,
    description    text not null default '',
    metadata       json not null default '{}',
    tags           text[] not null default '{}',
    aliases_wanted text[] not null default '{}',
    size           bigint not null default 0,
    file_count     bigint not null default 0,
    history_step   bigint,
    ttl_seconds    bigint not null default 0,
    run_id         bigint references runs,
    distributed_id text,
    base_id        bigint references artifacts,
    always_new     boolean not null default false,
    -- Of an artifact that was logged while another one with the same content became
    -- a version first: that one. It is deleted, and its ID leads there.
    same_as        bigint references artifacts,
    created_by     bigint not null,
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    committed_at   timestamptz,
    constraint committed_when check ((state = 'pending') = (committed_at is null)),
    constraint same_when check (same_as is null or state = 'deleted')
);
create index artifacts_by_collection on artifacts (collection_id, id desc);
create index artifacts_by_run on artifacts (run_id);
create index artifacts_by_digest on artifacts (digest);

-- Every name a client gave an artifact or a collection; content logged again
-- under a new name leads to the artifact that was there.
create table artifact_client_ids (
    client_id   text primary key,
    artifact_id bigint not null references artifacts on delete cascade
);
create index artifact_client_ids_by_artifact on artifact_client_ids (artifact_id);

create table collection_client_ids (
    client_id     text primary key,
    collection_id bigint not null references collections on delete cascade
);
create index collection_client_ids_by_collection on collection_client_ids (collection_id);

create table versions (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections,
    number        int not null,
    artifact_id   bigint not null references artifacts,
    linked_by     bigint not null,
    linked_at     timestamptz not null,
    constraint version_number unique (collection_id, number),
    constraint version_once unique (collection_id, artifact_id)
);
create index versions_by_artifact on versions (artifact_id);

create table aliases (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections,
    name          text not null,
    version_id    bigint not null references versions on delete cascade,
    set_by        bigint not null,
    set_at        timestamptz not null,
    constraint alias_once unique (collection_id, name)
);
create index aliases_by_version on aliases (version_id);
create index aliases_newest on aliases (collection_id, set_at desc, name);

-- What a search for models looks through besides aliases, in lower case: name,
-- type, tags and the beginning of the card. Apart from the model, whose row
-- changes with every version.
create table model_words (
    collection_id bigint primary key references collections on delete cascade,
    words         text not null
);

-- +goose StatementBegin
create function keep_model_words() returns trigger language plpgsql as $$
begin
    insert into model_words (collection_id, words)
    values (new.id, lower(concat_ws(' ', new.name, new.type, array_to_string(new.tags, ' '), left(new.description, 4000))))
    on conflict (collection_id) do update set words = excluded.words
        where model_words.words <> excluded.words;
    return null;
end $$;
-- +goose StatementEnd

create trigger model_words_kept after insert or update of name, type, tags, description on collections
    for each row when (new.kind = 'model') execute function keep_model_words();

-- Trigrams find what stands inside words without reading every model. pg_trgm
-- comes with Postgres' contrib modules and whoever owns the database may add it;
-- without it searches find the same, only later.
-- +goose StatementBegin
do $$
begin
    create extension if not exists pg_trgm;
    create index model_words_by_trigram on model_words using gin (words gin_trgm_ops);
    create index aliases_by_trigram on aliases using gin (lower(name) gin_trgm_ops) where name <> 'latest';
exception when undefined_file or feature_not_supported or insufficient_privilege or undefined_object then
    raise notice 'searches go without trigrams: %', sqlerrm;
end $$;
-- +goose StatementEnd

-- The manifest as clients upload it, and what it lists. Entries are staged under
-- the pending artifact as they arrive; commit only flips the artifact's state.
create table manifests (
    id          bigint generated always as identity primary key,
    artifact_id bigint not null references artifacts on delete cascade,
    name        text not null,
    kind        text not null constraint manifest_kind check (kind in ('full', 'patch', 'incremental')),
    md5         bytea,
    blob_id     bigint references blobs,
    constraint manifest_name unique (artifact_id, name)
);

create table manifest_entries (
    artifact_id bigint not null references artifacts on delete cascade,
    path        text not null,
    digest      text not null,
    size        bigint not null default 0,
    ref         text,
    blob_id     bigint references blobs,
    birth_id    bigint,
    extra       json,
    primary key (artifact_id, path)
);
create index manifest_entries_by_blob on manifest_entries (blob_id, artifact_id);

-- Who may put which bytes where, for a day. blob_id is set when they have come,
-- or at once when the owner has them already.
create table uploads (
    id          bigint generated always as identity primary key,
    owner_id    bigint not null references entities,
    purpose     text not null constraint upload_purpose check (purpose in ('artifact file', 'manifest', 'run file')),
    artifact_id bigint references artifacts on delete cascade,
    manifest_id bigint references manifests on delete cascade,
    run_id      bigint references runs on delete cascade,
    name        text not null,
    md5         bytea,
    blob_id     bigint references blobs,
    reserved_at timestamptz not null,
    constraint upload_target check (
        (purpose = 'artifact file' and artifact_id is not null) or
        (purpose = 'manifest' and manifest_id is not null) or
        (purpose = 'run file' and run_id is not null))
);
create index uploads_by_artifact on uploads (artifact_id, md5);
create index uploads_by_age on uploads (reserved_at);

create table lineage (
    run_id      bigint not null references runs,
    artifact_id bigint not null references artifacts,
    direction   text not null constraint lineage_direction check (direction in ('made', 'used')),
    at          timestamptz not null,
    primary key (run_id, artifact_id, direction)
);
create index lineage_by_artifact on lineage (artifact_id, direction);
