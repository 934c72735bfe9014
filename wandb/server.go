package wandb

// features are what this server says it can do. Clients take what is not here
// as missing.
var features = []serverFeature{
	{"LARGE_FILENAMES", true},
	{"ARTIFACT_TAGS", true},
	{"CLIENT_IDS", true},
	{"ARTIFACT_REGISTRY_SEARCH", true},
	{"ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE", true},
	{"PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP", true},
	{"ARTIFACT_COLLECTION_MEMBERSHIP_FILES", true},
	{"TOTAL_COUNT_IN_FILE_CONNECTION", true},
	{"ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER", true},
	{"ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID", true},
	{"USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION", true},
	{"ARTIFACT_COLLECTIONS_FILTERING_SORTING", true},
	{"FILESTREAM_GZIP", true},
	{"QUERY_AUTOMATIONS_ON_ENTITY", true},
}

type serverInfo struct {
	CliVersionInfo                 *inlineJSON
	LatestLocalVersionInfo         *latestLocalVersionInfo
	ExposesExplicitRunQueueAckPath *bool
	Features                       *[]*serverFeature
}

type serverFeature struct {
	Name      string
	IsEnabled bool
}

type latestLocalVersionInfo struct {
	OutOfDate                   bool
	LatestVersionString         string
	VersionOnThisInstanceString string
}

// maxClient is a version that no client has reached; older ones warn when they
// are newer than what the server says it knows.
const maxClient = `{"max_cli_version":"99.0.0"}`

// ServerInfo is the query of that name.
func (d *door) ServerInfo() *serverInfo {
	versions := inlineJSON(maxClient)
	list := make([]*serverFeature, len(features))
	for i := range features {
		list[i] = &features[i]
	}
	no := false
	return &serverInfo{
		CliVersionInfo:                 &versions,
		LatestLocalVersionInfo:         &latestLocalVersionInfo{LatestVersionString: "0.80.0", VersionOnThisInstanceString: "0.80.0"},
		ExposesExplicitRunQueueAckPath: &no,
		Features:                       &list,
	}
}

// serverSettings is what old clients ask for with every run.
type serverSettings struct{ ServerMessages []serverMessage }

type serverMessage struct{ UtfText, PlainText, HtmlText, MessageType, MessageLevel *string }
