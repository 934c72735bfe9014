// Package vault brings bytes and rows together: it gives out the right to upload
// a file, receives it, and hands it back to whoever may have it. Nothing is named
// by a row before its bytes are safe, and nothing is served that no manifest and
// no run's list of files names.
package vault

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/db"
	"greenroom/registry"
)

// Config is what a vault needs to know.
type Config struct {
	BaseURL string // where clients reach this server, such as https://greenroom.example.com
	Key     []byte // signs the addresses of uploads and downloads
	Log     *slog.Logger
}

// Vault keeps the files of artifacts and runs.
type Vault struct {
	db    *db.DB
	store blob.Store
	base  string
	key   []byte
	log   *slog.Logger
	now   func() time.Time
}

// New returns a vault with its rows in d and its bytes in store.
func New(d *db.DB, store blob.Store, c Config) *Vault {
	return &Vault{db: d, store: store, base: strings.TrimSuffix(c.BaseURL, "/"), key: c.Key, log: c.Log, now: time.Now}
}

// Router is what addresses are mounted on: an Echo or a group of one.
type Router interface {
	Add(method, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route
}

// Mount serves the signed addresses that the vault gives out. They need no other
// proof: whoever holds one may use it until it expires.
func (v *Vault) Mount(r Router) {
	r.Add("PUT", uploads+"*", v.answered(v.receive))
	r.Add("GET", files+"*", v.answered(v.send))
	r.Add("HEAD", files+"*", v.answered(v.send))
	r.Add("OPTIONS", files+"*", v.preflight)
}

// bearer is who acts when a signed address is used: Greenroom itself, having
// asked the one who got the address.
var bearer = registry.System(registry.WandB)

// CommitArtifact makes a pending artifact a version of its collection; see
// db.CommitArtifact.
func (v *Vault) CommitArtifact(ctx context.Context, by registry.Actor, ref registry.ArtifactRef) (registry.VersionDetail, error) {
	return v.db.CommitArtifact(ctx, by, ref)
}
