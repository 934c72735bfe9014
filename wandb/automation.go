package wandb

import graphql "github.com/graph-gophers/graphql-go"

// The types below stand for what Greenroom has none of yet. Clients list them
// and find nothing.

// triggerPage is how clients ask for a page of automations.
type triggerPage struct {
	paging
	Order   *string
	Filters *jsonString
}

// trigger is an automation on the wire.
type trigger struct {
	ID                  graphql.ID
	CreatedAt           dateTime
	UpdatedAt           *dateTime
	LastExecutedAt      *dateTime
	CreatedBy           *user
	Name                string
	Description         *string
	Enabled             bool
	Scope               *triggerScope
	TriggeringCondition triggeringCondition
	TriggeredAction     triggeredAction
}

type triggerScope struct {
	project  *project
	sequence *collection
	entity   *entity
}

func (s *triggerScope) ToProject() (*project, bool) { return s.project, s.project != nil }

func (s *triggerScope) ToArtifactSequence() (*collection, bool) { return s.sequence, s.sequence != nil }

func (s *triggerScope) ToArtifactPortfolio() (*collection, bool) { return nil, false }

func (s *triggerScope) ToEntity() (*entity, bool) { return s.entity, s.entity != nil }

type triggeringCondition struct{ event *filterEvent }

type filterEvent struct {
	EventType string
	Filter    jsonString
}

func (c triggeringCondition) ToFilterEventTriggeringCondition() (*filterEvent, bool) {
	return c.event, c.event != nil
}

type triggeredAction struct{ noOp *noOpAction }

type (
	noOpAction     struct{ NoOp *bool }
	queueJobAction struct {
		Queue    *runQueue
		Template jsonString
	}
	runQueue struct {
		ID   graphql.ID
		Name string
	}
	notificationAction struct {
		Integration    integration
		Title, Message *string
		Severity       *string
	}
	webhookAction struct {
		Integration    integration
		RequestPayload *jsonString
	}
	pushAction struct{ Title, Body *string }
	ariaAction struct{ Prompt *string }
)

func (a triggeredAction) ToNoOpTriggeredAction() (*noOpAction, bool) { return a.noOp, a.noOp != nil }

func (a triggeredAction) ToQueueJobTriggeredAction() (*queueJobAction, bool) { return nil, false }

func (a triggeredAction) ToNotificationTriggeredAction() (*notificationAction, bool) {
	return nil, false
}

func (a triggeredAction) ToGenericWebhookTriggeredAction() (*webhookAction, bool) { return nil, false }

func (a triggeredAction) ToPushNotificationTriggeredAction() (*pushAction, bool) { return nil, false }

func (a triggeredAction) ToARIATriggeredAction() (*ariaAction, bool) { return nil, false }

// integration is a webhook or a Slack channel on the wire.
type integration struct{ ID graphql.ID }

type slackIntegration struct {
	ID                    graphql.ID
	TeamName, ChannelName string
}

type webhookIntegration struct {
	ID                        graphql.ID
	Name, UrlEndpoint         string
	AccessTokenRef, SecretRef *string
	CreatedAt                 dateTime
}

type gitHubIntegration struct{ ID graphql.ID }

func (i integration) ToSlackIntegration() (*slackIntegration, bool) { return nil, false }

func (i integration) ToGenericWebhookIntegration() (*webhookIntegration, bool) { return nil, false }

func (i integration) ToGitHubOAuthIntegration() (*gitHubIntegration, bool) { return nil, false }

// sweep is a search for hyperparameters on the wire.
type sweep struct {
	ID               graphql.ID
	Name             string
	DisplayName      *string
	Method           string
	State            string
	Description      *string
	BestLoss         *float64
	Config           string
	CreatedAt        dateTime
	UpdatedAt        *dateTime
	RunCount         int32
	RunCountExpected *int32
}
