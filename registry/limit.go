package registry

// What is taken, at most. docs/limits.md says what becomes of more; a test holds
// its figures to these.
const (
	// MaxName is the longest name of a project, a run, an artifact, a model, an
	// artifact type, an alias, a tag or a custom chart, in characters, as W&B has it.
	MaxName = 128
	// MaxEntityName is the longest name of a person, a team or an organization, in
	// characters.
	MaxEntityName = 64
	// MaxRunText is the longest name, group, job type or tag that a run shows, in
	// bytes.
	MaxRunText = 4 * MaxName
	// MaxTags is how many tags a run or a version has.
	MaxTags = 1000
	// MaxNotes is how long the notes are that a person writes, in bytes.
	MaxNotes = 100_000
	// MaxSentNotes is how long the notes are that a script sends, in bytes.
	MaxSentNotes = 1 << 20

	// MaxAlerts is how many alerts a run sends.
	MaxAlerts = 1000
	// MaxAlertTitle is the longest title of an alert, in characters.
	MaxAlertTitle = 128
	// MaxAlertText is the longest text of an alert, in bytes.
	MaxAlertText = 16 << 10

	// MaxCharts is how many custom charts a person, a team or an organization has.
	MaxCharts = 1000
	// MaxChartSpec is the largest spec of a custom chart, in bytes.
	MaxChartSpec = 256 << 10

	// MaxConfig is the largest config of a run, in bytes.
	MaxConfig = 16 << 20
	// MaxSummary is the largest summary of a run, in bytes.
	MaxSummary = 16 << 20
	// MaxLine is the longest line that is kept of what a run logs, in bytes. The
	// client's own limit is the same.
	MaxLine = 10 << 20
	// MaxNumbers is how many numbers of one line are drawn.
	MaxNumbers = 1 << 17
	// MaxMetrics is how many different numbers of a run are drawn.
	MaxMetrics = 200_000
	// MaxMetricName is the longest name of a number that is drawn, in bytes: names
	// are indexed.
	MaxMetricName = 1024
	// MaxValueName is the longest name, in bytes, of a value that can stand in a table
	// of runs and be looked for.
	MaxValueName = 512
	// MaxWarnings is how many different warnings a run keeps.
	MaxWarnings = 20

	// MaxFiles is how many files a version has.
	MaxFiles = 2_000_000
	// MaxManifest is how long a manifest is, in bytes: that of so many files. It is
	// held in memory while it is read.
	MaxManifest = 512 << 20
	// MaxPath is the longest path of a file in a version or a run, in bytes.
	MaxPath = 4096
	// MaxReference is the longest address that a reference leads to, in bytes.
	MaxReference = 16 << 10
	// MaxMetadata is the most metadata an artifact has, in bytes.
	MaxMetadata = 4 << 20
	// MaxDescription is the longest description of an artifact or a collection, in
	// bytes. The log keeps each as it was and as it became.
	MaxDescription = 1 << 20

	// MaxRequest is the largest request of a client, inflated, in bytes; files are
	// not meant. A run's whole config is sent at once.
	MaxRequest = 64 << 20
	// MaxRequestValues is how many values a client's request holds: decoded, each
	// takes many times its length.
	MaxRequestValues = 1_000_000

	// KeyRate is how many requests a second an API key may make, or a person in a
	// browser, unless the server is told otherwise.
	KeyRate = 300
	// AddressRate is how many requests a second an address may make that nobody is
	// known behind, unless the server is told otherwise.
	AddressRate = 100
	// RateBurst is how many seconds' worth of requests may come at once.
	RateBurst = 10
)

// CheckFiles returns Invalid if a version would have more files than any has.
func CheckFiles(n int64) error {
	if n > MaxFiles {
		return Errorf(Invalid, "The artifact has more than %d files. Log them as several artifacts, or as archives.", MaxFiles)
	}
	return nil
}

// CheckTags returns Invalid for more tags than anything has.
func CheckTags(n int) error {
	if n > MaxTags {
		return InField("tags", "These are %d tags; there can be %d. Keep what is longer in the config or in metadata.", n, MaxTags)
	}
	return nil
}
