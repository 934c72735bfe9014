-- A list of models shows how their versions did, many at once; a run that is over tells of that nothing new.

-- +goose Up

-- The numbers of the summary of the run that made a version, as they were when it did: null while the
-- run may still change them.
alter table versions
    add column figure_keys   text[],
    add column figure_values double precision[];
create index versions_unsettled on versions (id) where figure_keys is null;

-- Whether figures of versions were kept from what stands here.
alter table run_progress add column settled boolean not null default false;

-- +goose StatementBegin
create function unsettle() returns trigger language plpgsql as $$
begin
    new.settled := false;
    update versions v set figure_keys = null, figure_values = null
    from artifacts a
    where a.run_id = new.run_id and v.artifact_id = a.id and v.figure_keys is not null;
    return new;
end $$;
-- +goose StatementEnd

create trigger progress_unsettles before update on run_progress
    for each row when (old.settled and new.settled) execute function unsettle();
