-- Runs move from one project to another: what is kept beside them follows.

-- +goose Up

-- +goose StatementBegin
create or replace function keep_run_tags() returns trigger language plpgsql as $$
begin
    delete from run_tags where run_id = new.id and (new.deleted_at is not null or place_id <> new.place_id or tag <> all (new.tags));
    insert into run_tags (place_id, tag, run_id)
    select distinct new.place_id, tag, new.id from unnest(new.tags) as t (tag) where new.deleted_at is null
    on conflict do nothing;
    return null;
end $$;
-- +goose StatementEnd

drop trigger run_tags_kept on runs;
create trigger run_tags_kept after insert or update of place_id, tags, deleted_at on runs
    for each row execute function keep_run_tags();

-- +goose StatementBegin
create or replace function keep_run_words() returns trigger language plpgsql as $$
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
-- +goose StatementEnd

drop trigger run_words_kept on runs;
create trigger run_words_kept after insert or update of place_id, display_name, tags, group_name, job_type, notes, deleted_at on runs
    for each row execute function keep_run_words();

-- Addresses that moved runs had lead to them.
create index events_of_moved_runs on events ((payload ->> 'from')) where name = 'run.moved';
