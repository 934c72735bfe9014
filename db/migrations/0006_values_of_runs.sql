-- What runs were told and what they found, so that a project's runs can be filtered, sorted and grouped by it.

-- +goose Up

-- The keys that a project's runs have used: config.lr, summary.val/acc.
create table run_keys (
    id       bigint generated always as identity primary key,
    place_id bigint not null references places,
    name     text not null,
    constraint run_key_name unique (place_id, name)
);

-- An index made from runs.config and run_progress.summary: num for numbers, text
-- for everything else, NaN too, the beginning of what is long. A deleted run has
-- no values.
create table run_values (
    run_id bigint not null references runs on delete cascade,
    key_id bigint not null references run_keys,
    num    double precision,
    text   text,
    primary key (run_id, key_id),
    constraint run_value_is_one check ((num is null) <> (text is null))
);
create index run_values_by_num on run_values (key_id, num, run_id) where num is not null;
create index run_values_by_text on run_values (key_id, text collate "C", run_id) where num is null;

-- Runs that were there before their values were kept; Migrate takes them from here.
create table runs_without_values (run_id bigint primary key references runs on delete cascade);
insert into runs_without_values (run_id) select id from runs where deleted_at is null;

-- Pages of runs in every order they can have. IDs are given in the order in which
-- runs begin.
create index runs_in_place on runs (place_id, id desc) include (state, created_by, created_at, group_name, job_type) where deleted_at is null;
create index runs_by_title on runs (place_id, lower(display_name) collate "C", id) where deleted_at is null;
create index runs_by_length on runs (place_id, (ended_at - created_at), id) where deleted_at is null and ended_at is not null;
