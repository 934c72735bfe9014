-- What a registered model was called leads to it, until another one takes the name.

-- +goose Up

create table former_model_names (
    place_id      bigint not null references places on delete cascade,
    name          text not null,
    collection_id bigint not null references collections on delete cascade,
    primary key (place_id, name)
);
create index former_model_names_by_model on former_model_names (collection_id);
