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
create index runs_in_place on runs (place_id, id desc) include (state, created_by, created_at, ended_at, group_name, job_type) where deleted_at is null;
create index runs_by_title on runs (place_id, lower(display_name) collate "C", id) where deleted_at is null;
create index runs_by_length on runs (place_id, (ended_at - created_at), id) where deleted_at is null and ended_at is not null;

-- Tags and titles, whole, beside the words that they are part of: a table of runs is
-- filtered by them without reading the runs' wide rows.
alter table run_words add title text not null default '', add tags text[] not null default '{}';
update run_words w set title = r.display_name, tags = r.tags from runs r where r.id = w.run_id;

-- +goose StatementBegin
create or replace function keep_run_words() returns trigger language plpgsql as $$
begin
    if new.deleted_at is not null then
        delete from run_words where run_id = new.id;
        return null;
    end if;
    insert into run_words (run_id, place_id, created_by, created_at, title, tags, words)
    values (new.id, new.place_id, new.created_by, new.created_at, new.display_name, new.tags, lower(concat_ws(' ', new.display_name, new.name,
        array_to_string(new.tags, ' '), new.group_name, new.job_type, left(new.notes, 1000))))
    on conflict (run_id) do update set title = excluded.title, tags = excluded.tags, words = excluded.words
        where (run_words.title, run_words.tags, run_words.words) is distinct from (excluded.title, excluded.tags, excluded.words);
    return null;
end $$;
-- +goose StatementEnd
