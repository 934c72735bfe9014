-- A search over everything looks at the newest runs first, and finds older ones
-- by their trigrams.

-- +goose Up

create index run_words_newest_of_all on run_words (created_at desc, run_id desc);

-- Where trigrams are missing, 0002 has said so; older runs are then not found
-- sooner than all are read.
-- +goose StatementBegin
do $$
begin
    create index run_words_by_trigram on run_words using gin (words gin_trgm_ops);
exception when undefined_object then
    raise notice 'searches for runs go without trigrams: %', sqlerrm;
end $$;
-- +goose StatementEnd
