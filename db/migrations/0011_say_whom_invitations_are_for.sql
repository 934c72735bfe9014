-- Whom an invitation is for, in the words of who made it: several open ones are
-- told apart by nothing else.

-- +goose Up

alter table invites add column for_whom text not null default '';
