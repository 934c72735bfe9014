package db

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"greenroom/registry"
)

// What a password hash costs: 19 MiB and two passes, as OWASP recommends at the
// least for argon2id.
const (
	hashPasses  = 2
	hashMemory  = 19 * 1024 // KiB
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
)

// HashPassword returns what may be stored of a password, Invalid if it cannot be
// one. Hashes are made one at a time, so that many people signing in take turns
// rather than the machine's memory.
func (db *DB) HashPassword(ctx context.Context, password string) (string, error) {
	if err := registry.CheckPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	sum, err := db.hash(ctx, password, salt)
	if err != nil {
		return "", err
	}
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads, encode(salt), encode(sum)), nil
}

// checkPassword reports whether password is the one that hashed was made from.
// It takes as long for somebody who has none, so that nobody learns who is here.
func (db *DB) checkPassword(ctx context.Context, hashed, password string) (bool, error) {
	parts := strings.Split(hashed, "$")
	if len(parts) != 6 {
		_, err := db.hash(ctx, password, make([]byte, saltLength))
		return false, err
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("db: check password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("db: check password: %w", err)
	}
	sum, err := db.hash(ctx, password, salt)
	return subtle.ConstantTimeCompare(sum, want) == 1, err
}

// hash waits for its turn.
func (db *DB) hash(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case db.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("db: hash password: %w", context.Cause(ctx))
	}
	defer func() { <-db.hashing }()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashThreads, hashLength), nil
}
