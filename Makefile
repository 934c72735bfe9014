# The words of this house; `make` alone lists them. What takes more than a line or two is in build/.

.PHONY: help run demo test test-sdks dev generate check bench

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 \t/p' $(MAKEFILE_LIST) | expand -t 18

run: ## Start Greenroom here: get Postgres if there is none, build, serve, print the address to open
	@build/need postgres
	@go build -o greenroom .
	@exec ./greenroom serve

demo: ## Serve a Greenroom filled by real training; the first time that takes two minutes more
	@exec build/demo

test: ## Get what the tests need, then run every test, those in a browser and with real clients too
	@go run ./build/alltests

test-sdks: ## Try every generation of the W&B client and what takes too long for every change, for half an hour or more, and write docs/wandb.md
	@build/need postgres
	@build/need clients
	@build/need frameworks
	@build/need faults || true
	@cd e2e && SDKS=all go test -tags sdks -count=1 -timeout=120m -run 'TestGenerations|TestEveryDocumentFitsTheSchema|TestResumeModes|TestSeveralRunsAndScripts|TestVerify|TestFrameworks|TestSolids|TestOfflineRunThatDied|TestKilledAHundredTimes|TestServerRestartedTenTimes|TestFiftyRunsAtOnce|TestRequestsOfAnOldClient|TestSlowDisk|TestDatabaseDiskFull|ClockIsOff|TestArtifactOfAGibibyte|TestHundredThousandKeys|TestHistoryAtVolume' .

dev: ## Serve while you work: templates, styles and Go are rebuilt and the server restarts on every change
	@build/dev

generate: ## Rewrite what is generated: page code, vendored assets, style sheet, db/schema.sql
	@build/generate

check: ## Demand that what is generated is current, and that vet, lint and formatting find nothing
	@build/check

bench: ## Measure the program beside what else does the same work, and write docs/benchmarks.md
	@build/need postgres
	@build/need mlflow
	@build/need nginx
	@build/need python
	@cd bench && go run . -o ../docs/benchmarks.md
