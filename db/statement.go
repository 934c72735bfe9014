package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/lib/pq"
)

// preparing connects so that what is asked again is not parsed and planned again, which takes Postgres several times as
// long as answering it. Every statement of ours is a constant, or says that it is composed, so there is an end to what
// connections remember.
type preparing struct {
	driver.Connector
	asked *atomic.Int64 // statements, on all connections
}

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{driverConn: c.(driverConn), statements: map[string]statement{}, asked: p.asked}, nil
}

// driverConn is what lib/pq's connections can do.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// statement is what lib/pq's prepared statements can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A connection prepares what it is asked for the second time.
type connection struct {
	driverConn
	statements map[string]statement // by their text; nil for those asked once
	begun      bool                 // a transaction, which is not over
	outdated   bool                 // the database has changed under what was prepared
	asked      *atomic.Int64
}

// BeginTx begins, as database/sql wants it.
func (c *connection) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	t, err := c.driverConn.BeginTx(ctx, options)
	c.begun = err == nil
	return transaction{t, c}, err
}

// A transaction tells its connection when it is over.
type transaction struct {
	driver.Tx
	c *connection
}

// Commit ends it, as database/sql wants it.
func (t transaction) Commit() error {
	t.c.begun = false
	return t.Tx.Commit()
}

// Rollback ends it, as database/sql wants it.
func (t transaction) Rollback() error {
	t.c.begun = false
	return t.Tx.Rollback()
}

// watched is the context to do one thing under. Inside a transaction its own is watched already, from beginning to end:
// another watcher for each statement would only cost time.
func (c *connection) watched(ctx context.Context) context.Context {
	if c.begun {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// QueryContext asks, as database/sql wants it.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	ctx = c.watched(ctx)
	s, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.driverConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	return rows, c.noticed(err)
}

// ExecContext does, as database/sql wants it.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	ctx = c.watched(ctx)
	s, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.driverConn.ExecContext(ctx, query, args)
	}
	result, err := s.ExecContext(ctx, args)
	return result, c.noticed(err)
}

// IsValid says whether the pool may go on using the connection.
func (c *connection) IsValid() bool { return !c.outdated && c.driverConn.IsValid() }

// prepared returns the prepared statement, or nil for what is asked the first time, is composed or has no arguments:
// the latter may be several statements in one text, as migrations are.
func (c *connection) prepared(ctx context.Context, query string, args []driver.NamedValue) (statement, error) {
	c.asked.Add(1)
	if len(args) == 0 || strings.HasPrefix(query, composed) {
		return nil, nil //nolint:nilnil // see above
	}
	s, asked := c.statements[query]
	if s != nil {
		return s, nil
	}
	if !asked {
		c.statements[query] = nil
		return nil, nil //nolint:nilnil // likewise
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s = made.(statement)
	c.statements[query] = s
	return s, nil
}

// noticed looks whether a statement failed because another version of the program has changed a table that it reads, or
// because somebody between us and Postgres has forgotten it. Then the pool replaces the connection.
func (c *connection) noticed(err error) error {
	if broken, ok := errors.AsType[*pq.Error](err); ok {
		switch broken.Code {
		case "0A000", "26000": // feature_not_supported, which a changed row type is to Postgres; invalid_sql_statement_name
			c.outdated = true
		}
	}
	return err
}
