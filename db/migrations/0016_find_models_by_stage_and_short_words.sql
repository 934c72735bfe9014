-- A list of models finds and counts those on a stage without looking at all models and all aliases, and
-- those with two letters in their name without reading what else a model is.

-- +goose Up

-- The stages that a model holds; '' is that of a model which holds none.
create table model_stages (
    collection_id bigint not null references collections on delete cascade,
    stage         text not null,
    place_id      bigint not null,
    type          text not null,
    primary key (collection_id, stage)
);
create index model_stages_by_stage on model_stages (stage, place_id, type, collection_id);

-- +goose StatementBegin
create function keep_stages_of(model bigint) returns void language plpgsql as $$
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

create function keep_model_stages() returns trigger language plpgsql as $$
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
-- +goose StatementEnd

create trigger stages_of_model_kept after insert or update of place_id, kind, type on collections
    for each row execute function keep_model_stages();
create trigger stages_held_kept after insert or delete or update of collection_id, name on aliases
    for each row execute function keep_model_stages();
create trigger stages_of_registry_kept after insert or delete or update of place_id, name on stages
    for each row execute function keep_model_stages();

select keep_stages_of(id) from collections where kind = 'model';

drop index models_by_change;
create index models_by_change on collections (place_id, type, changed_at, id) include (name) where kind = 'model';
