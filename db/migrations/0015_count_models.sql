-- How many models a registry has and how many versions of them, so that a list of a page of them does
-- not read all.

-- +goose Up

-- The models and their versions by registry and type: the sum of its rows. Writers who meet take a row
-- each, so that none waits for another.
create table model_counts (
    id       bigint generated always as identity primary key,
    place_id bigint not null references places,
    type     text not null,
    models   bigint not null,
    versions bigint not null
) with (fillfactor = 50);
create index model_counts_by_place on model_counts (place_id, type);

-- +goose StatementBegin
create function keep_model_counts() returns trigger language plpgsql as $$
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
-- +goose StatementEnd

create trigger model_counts_kept after insert or delete or update of place_id, kind, type, versions on collections
    for each row execute function keep_model_counts();

insert into model_counts (place_id, type, models, versions)
select place_id, type, count(*), sum(versions) from collections where kind = 'model' group by place_id, type;
