package registry

import (
	"path"
	"strings"
)

// ArchiveEntry is a file of a version on its way into an archive, or a reference
// that stays out of it.
type ArchiveEntry struct {
	Content
	Ref string // where a reference points; "" for a file
}

// ArchiveName is the name of an archive of a version, and of the folder in it.
func ArchiveName(collection string, v Version) string { return safeName(collection) + "-" + v.Name() }

// safeName makes a path safe to unpack on every system: parts that lead out of
// the folder, drives and what only some systems take for the end of a part.
func safeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`\:*?"<>|`, r) || r == 0x7f {
			return '_'
		}
		return r
	}, name)
}

// ArchivePath is where a file stands in an archive: within the archive's folder.
func ArchivePath(folder, name string) string { return folder + "/" + safeName(name) }

// packed are endings of files that hardly get smaller.
var packed = map[string]bool{
	"": true, ".safetensors": true, ".pt": true, ".pth": true, ".bin": true, ".ckpt": true, ".h5": true, ".hdf5": true, ".keras": true, ".onnx": true, ".gguf": true,
	".npz": true, ".pkl": true, ".joblib": true, ".parquet": true, ".zip": true, ".gz": true, ".tgz": true, ".bz2": true, ".xz": true, ".zst": true, ".7z": true,
	".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".webp": true, ".avif": true, ".mp3": true, ".ogg": true, ".m4a": true, ".flac": true, ".mp4": true,
	".webm": true, ".mov": true, ".pdf": true,
}

// Packed reports whether a file hardly gets smaller by being compressed.
func Packed(name string) bool { return packed[strings.ToLower(path.Ext(name))] }
