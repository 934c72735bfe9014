-- A search looks through what changed last before it asks for all that there is.

-- +goose Up

create index models_newest on collections (changed_at desc, id desc) include (place_id, name) where kind = 'model';
create index aliases_set_last on aliases (set_at desc, id desc) where name <> 'latest';
drop index aliases_by_name;

-- +goose StatementBegin
do $$
begin
    create index models_by_trigram on collections using gin (lower(name) gin_trgm_ops) where kind = 'model';
exception when undefined_object then
    raise notice 'searches go without trigrams: %', sqlerrm;
end $$;
-- +goose StatementEnd
