-- How many runs a project has and which of them have a tag, so that its page reads neither from every run.

-- +goose Up

-- The runs of a project by state, deleted ones left out: the sum of its rows. Writers
-- who meet take a row each, so that none waits for another.
create table run_counts (
    id       bigint generated always as identity primary key,
    place_id bigint not null references places,
    state    text not null,
    runs     bigint not null
) with (fillfactor = 50);
create index run_counts_by_place on run_counts (place_id, state);

-- +goose StatementBegin
create function keep_run_counts() returns trigger language plpgsql as $$
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
-- +goose StatementEnd

create trigger run_counts_kept after insert or delete or update of place_id, state, deleted_at on runs
    for each row execute function keep_run_counts();

insert into run_counts (place_id, state, runs)
select place_id, state, count(*) from runs where deleted_at is null group by place_id, state;

-- The tags of runs. A deleted run has none.
create table run_tags (
    place_id bigint not null,
    tag      text not null,
    run_id   bigint not null references runs on delete cascade,
    primary key (place_id, tag, run_id)
);
create index run_tags_by_run on run_tags (run_id);

-- +goose StatementBegin
create function keep_run_tags() returns trigger language plpgsql as $$
begin
    delete from run_tags where run_id = new.id and (new.deleted_at is not null or tag <> all (new.tags));
    insert into run_tags (place_id, tag, run_id)
    select distinct new.place_id, tag, new.id from unnest(new.tags) as t (tag) where new.deleted_at is null
    on conflict do nothing;
    return null;
end $$;
-- +goose StatementEnd

create trigger run_tags_kept after insert or update of tags, deleted_at on runs
    for each row execute function keep_run_tags();

insert into run_tags (place_id, tag, run_id)
select distinct place_id, tag, id from runs, unnest(tags) as t (tag) where deleted_at is null;

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
    on conflict (run_id) do update set title = excluded.title, words = excluded.words
        where (run_words.title, run_words.words) is distinct from (excluded.title, excluded.words);
    return null;
end $$;
-- +goose StatementEnd
alter table run_words drop column tags;
