package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to date. Several processes may call it at once:
// one works, the others wait.
func (db *DB) Migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	pool, err := sql.Open("postgres", db.address) // whose statements may take as long as they need
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	defer pool.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	for more := true; more; {
		if more, err = db.keepOldValues(ctx); err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
	}
	for more := true; more; {
		if more, err = db.indexOldMedia(ctx); err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
	}
	return nil
}
