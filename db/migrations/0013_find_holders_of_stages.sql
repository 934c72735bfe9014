-- A list of models on a stage, or on none, begins with those that hold it.

-- +goose Up

-- What moves with every version, latest, is left out and costs nothing here.
create index aliases_by_name on aliases (name, collection_id) where name <> 'latest';
