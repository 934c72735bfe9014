package vault

import (
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

// Wire reads what W&B clients write into addresses.
type Wire struct {
	ArtifactID func(string) (id int64, ok bool)
	Place      func(entity, project string) registry.PlaceRef
}

// ByDigest serves the addresses that clients make up themselves when a signed
// one fails, all below /artifactsV2/:
//
//	{region}/{entity}/{birth}/{md5}
//	{region}/{entity}/{project}/{collection}/{birth}/{md5}/{name}
//	{region}/{entity}/{project}/{collection}/{artifact}/{birth}/{md5}/{name}
//
// by is who the client proved to be. They must be allowed to download the
// artifact, or the collection, that the address names: knowing an MD5 is not
// enough. An ID may be empty, so the router must not clean double slashes.
func (v *Vault) ByDigest(c echo.Context, by registry.Actor, wire Wire) error {
	ctx := c.Request().Context()
	asked, err := readFallback(c.Request().URL, wire)
	if err != nil {
		return err
	}
	content, err := v.db.ContentByDigest(ctx, by, asked.artifactID, asked.within, asked.md5)
	if err != nil {
		return err
	}
	f, err := v.open(ctx, content)
	if err != nil {
		return err
	}
	return f.Send(c)
}

type fallback struct {
	artifactID int64
	within     *registry.CollectionRef
	md5        []byte
}

func readFallback(u *url.URL, wire Wire) (f fallback, err error) {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/artifactsV2/"), "/")
	for i := range parts {
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return f, registry.ErrNothing
		}
	}
	var id, sum string
	switch len(parts) {
	case 4:
		id, sum = parts[2], parts[3]
	case 7:
		id, sum = parts[4], parts[5]
		f.within = &registry.CollectionRef{Place: wire.Place(parts[1], parts[2]), Name: parts[3]}
	case 8:
		id, sum = parts[4], parts[6]
		if id == "" {
			id = parts[5]
			f.within = &registry.CollectionRef{Place: wire.Place(parts[1], parts[2]), Name: parts[3]}
		}
	}
	if f.md5, err = hex.DecodeString(sum); err != nil || len(f.md5) != 16 {
		return f, registry.ErrNothing
	}
	if id != "" {
		var ok bool
		if f.artifactID, ok = wire.ArtifactID(id); !ok {
			return f, registry.ErrNothing
		}
	} else if f.within == nil {
		return f, registry.ErrNothing
	}
	return f, nil
}
