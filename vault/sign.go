package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"greenroom/registry"
)

// lifetime is how long a signed address is good for: a day, since clients keep
// those of large uploads for hours.
const lifetime = 24 * time.Hour

// Where signed addresses begin.
const (
	uploads = "/-/uploads/"
	files   = "/-/files/"
)

// sign returns an absolute address that is good for one method until it expires.
// The path is signed as it reads, not as it is escaped: clients escape
// differently.
func (v *Vault) sign(method, path string) string {
	expires := strconv.FormatInt(v.now().Add(lifetime).Unix(), 10)
	u := url.URL{Path: path}
	return v.base + u.EscapedPath() + "?e=" + expires + "&s=" + v.signature(method, path, expires)
}

func (v *Vault) signature(method, path, expires string) string {
	mac := hmac.New(sha256.New, v.key)
	mac.Write([]byte("greenroom address\n" + method + "\n" + path + "\n" + expires))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// checkSigned returns what stands behind prefix in a signed address: an ID and a
// name. Returns Denied if the address was not given out here or has expired.
func (v *Vault) checkSigned(r *http.Request, prefix string) (id int64, name string, err error) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	expires, signature := r.URL.Query().Get("e"), r.URL.Query().Get("s")
	if !hmac.Equal([]byte(signature), []byte(v.signature(method, r.URL.Path, expires))) {
		return 0, "", registry.Errorf(registry.Denied, "This address was not given out here, or it was changed on the way. Ask for a new one.")
	}
	// What is signed here is a number; anything else did not pass above.
	if at, err := strconv.ParseInt(expires, 10, 64); err != nil || v.now().Unix() > at {
		return 0, "", registry.Errorf(registry.Denied, "This address has expired. Ask for a new one.")
	}
	digits, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, prefix), "/")
	if id, err = strconv.ParseInt(digits, 10, 64); err != nil {
		return 0, "", registry.ErrNothing
	}
	return id, name, nil
}
