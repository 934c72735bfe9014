-- What people keep at hand, when they last looked, and the orders and filters of
-- the list of registered models. Making the indexes takes a moment where there are
-- many models.

-- +goose Up

create table stars (
    person_id     bigint not null references people on delete cascade,
    collection_id bigint not null references collections on delete cascade,
    starred_at    timestamptz not null,
    primary key (person_id, collection_id)
);
create index stars_by_collection on stars (collection_id);

-- When a person was last here, and since when things are new to them. The event is
-- the newest there was at that moment.
create table visits (
    person_id   bigint primary key references people on delete cascade,
    seen_at     timestamptz not null,
    seen_event  bigint not null,
    since_at    timestamptz not null,
    since_event bigint not null
);

-- A page of models begins anywhere in each order. The last index also counts models
-- and their versions, by registry and type.
create index models_by_change on collections (place_id, type, changed_at, id) where kind = 'model';
create index models_by_creation on collections (place_id, type, created_at, id) where kind = 'model';
create index models_by_name on collections (place_id, type, lower(name), id) where kind = 'model';
create index models_by_versions on collections (place_id, type, versions, id) where kind = 'model';
create index models_by_maker on collections (place_id, created_by) where kind = 'model';

-- The tags of models, so that a list of those there are does not read every model.
create table model_tags (
    place_id      bigint not null,
    tag           text not null,
    collection_id bigint not null references collections on delete cascade,
    primary key (place_id, tag, collection_id)
);
create index model_tags_by_collection on model_tags (collection_id);

-- +goose StatementBegin
create function keep_model_tags() returns trigger language plpgsql as $$
begin
    delete from model_tags where collection_id = new.id and tag <> all (new.tags);
    insert into model_tags (place_id, tag, collection_id)
    select distinct new.place_id, tag, new.id from unnest(new.tags) as t (tag)
    on conflict do nothing;
    return null;
end $$;
-- +goose StatementEnd

create trigger model_tags_kept after insert or update of tags on collections
    for each row when (new.kind = 'model') execute function keep_model_tags();

insert into model_tags (place_id, tag, collection_id)
select distinct place_id, tag, id from collections, unnest(tags) as t (tag) where kind = 'model';
