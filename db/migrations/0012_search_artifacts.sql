-- Searches over everything find what scripts logged by its name and type, the
-- last changed first. What clients log by themselves, an artifact per run, is left
-- out and takes no room in the indexes. Without trigrams searches find the same,
-- only later.

-- +goose Up

create index sources_newest on collections (changed_at desc, id desc)
    where kind = 'source' and not (type = any ('{job,code,run_table}') or type like 'wandb-%');

-- +goose StatementBegin
do $$
begin
    create index sources_by_trigram on collections using gin (lower(name || ' ' || type) gin_trgm_ops)
        where kind = 'source' and not (type = any ('{job,code,run_table}') or type like 'wandb-%');
exception when undefined_object then
    raise notice 'searches go without trigrams: %', sqlerrm;
end $$;
-- +goose StatementEnd
